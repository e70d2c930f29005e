"""Who may go on with what a focal point or a trainer held: the nearest structure first, there the main one before the deputy."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from courses import rosters
from courses.models import GroupSession
from lms.people import access
from lms.people.models import Posting, Role, RoleGrant, Tree, User

ORDER = (Role.FOCAL_POINT, Role.DEPUTY)


class Successors:
    """The focal points, and then the trainers, of one day; two queries and the tree, and a few for each who is asked about."""

    def __init__(self, day: date):
        self.day = day
        self.tree = Tree(day)
        working = User.objects.active_on(day)
        grants = RoleGrant.objects.in_force(day).filter(role__in=[*ORDER, Role.TRAINER], person__in=working)
        self._grants = list(grants.select_related("person").order_by("starts_on", "pk"))
        self._people = {grant.person_id: grant.person for grant in self._grants}

    def of_structure(self, structure: int | None) -> list[User]:
        """Its focal points and those above it."""
        found: dict[int, User] = {}
        for key in self.tree.upwards(structure):
            for role in ORDER:
                for grant in self._grants:
                    if grant.structure_id == key and grant.role == role:
                        found[grant.person_id] = self._people[grant.person_id]
        return list(found.values())

    def of_session(self, session: GroupSession, seated: Collection[int], *, first: User | None = None) -> User | None:
        """Who may hold it and does not sit in it herself; `first` if she is one of these."""
        for candidate in self._of_session(session, first):
            if candidate.pk not in seated and rosters.may_hold(candidate, session.course, session.structure_id, self.day):
                return candidate
        return None

    def of_recommendation(self, person: int, structure: int | None, *, first: User | None = None) -> User | None:
        """Who may end it: not the person herself, to whom it was recommended."""
        nearest = self.of_structure(structure)
        if first is not None and access.people(first, "P3", "W").filter(pk=person).exists():
            nearest = [first, *nearest]
        return next((candidate for candidate in nearest if candidate.pk != person), None)

    def beside(self, grant: RoleGrant) -> list[User]:
        """Who may take over from somebody with that role: focal points of its structure, of hers for a trainer, and trainers."""
        place = (
            grant.structure_id
            or Posting.objects.on(self.day).filter(person=grant.person).values_list("structure", flat=True).first()
        )
        others = [one.person for one in self._grants if grant.role == Role.TRAINER == one.role]
        people = {one.pk: one for one in [*self.of_structure(place), *others]}
        return [one for one in people.values() if one.pk != grant.person_id]

    def _of_session(self, session: GroupSession, first: User | None) -> Iterator[User]:
        if first is not None:
            yield first
        yield from self.of_structure(session.structure_id)
        for grant in self._grants:
            if grant.role == Role.TRAINER and str(session.course.key) in grant.object_keys:
                yield self._people[grant.person_id]
