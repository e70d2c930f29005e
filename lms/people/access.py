"""Who may see and do what: the only implementation of `permissions.md`; its table is in `permissions.py`.

Roles of one person add up; `is_superuser` is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from lms.days import today
from lms.people.models import Case, GuestStay, Posting, Role, RoleGrant, StandIn, Tree, User
from lms.people.models.dated import holds_on
from lms.people.permissions import CELLS as CELLS
from lms.people.permissions import FOCAL, HEAD, scopes_of
from lms.people.permissions import LEARNER as LEARNER
from lms.people.permissions import MANAGER as MANAGER
from lms.people.permissions import NAMED as NAMED
from lms.people.permissions import OWNER as OWNER
from lms.people.permissions import PUBLISHER as PUBLISHER
from lms.people.permissions import TRAINER as TRAINER
from lms.people.permissions import Scope as Scope


@dataclass(frozen=True)
class Reach:
    """How far a right goes: the scopes, with the structures and keys that the grants name."""

    scopes: frozenset[Scope]
    structures: frozenset[int] = frozenset()
    keys: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.scopes)

    def __contains__(self, key: object) -> bool:
        """Whether a course or guide with that key is among the given ones."""
        return Scope.ALL in self.scopes or (Scope.GIVEN in self.scopes and str(key) in self.keys)


class Rights:
    """What one person may do on one day. Read once a request, so that a grant that ended counts at the next."""

    def __init__(self, user: User, day: date):
        self.user = user
        self.day = day
        self._trees: dict[date, Tree] = {}

    @cached_property
    def grants(self) -> list[RoleGrant]:
        if not self.user.is_authenticated or getattr(self.user, "is_appointed", None) is False:
            return []  # most people hold no role, and the request's user says so already
        return list(RoleGrant.objects.in_force(self.day).filter(person=self.user))

    @cached_property
    def roles(self) -> frozenset[str]:
        if not self.user.is_authenticated:
            return frozenset()
        leads = getattr(self.user, "leads", None)
        if leads is None:
            leads = User.objects.with_duties(self.day).filter(pk=self.user.pk, leads=True).exists()
        return frozenset({LEARNER, *([MANAGER] if leads else []), *(grant.role for grant in self.grants)})

    def tree_on(self, day: date) -> Tree:
        """The structures as they stood on a day."""
        if day not in self._trees:
            self._trees[day] = Tree(day)
        return self._trees[day]

    def scopes(self, column: str, action: str = "R") -> frozenset[Scope]:
        return frozenset().union(*(scopes_of(column, role, action) for role in self.roles))

    def reach(self, column: str, action: str = "R") -> Reach:
        structures: set[int] = set()
        keys: set[str] = set()
        for grant in self.grants:
            found = scopes_of(column, grant.role, action)
            if Scope.STRUCTURE in found and grant.structure_id is not None:
                structures |= self.tree_on(self.day).below(grant.structure_id)
            if Scope.GIVEN in found:
                keys |= set(grant.object_keys)
        return Reach(self.scopes(column, action), frozenset(structures), frozenset(keys))

    # For menus, which must cost nothing to people without duties.
    @property
    def has_duties(self) -> bool:
        return bool(getattr(self.user, "leads", False) or getattr(self.user, "is_appointed", False))

    @property
    def needs_second_factor(self) -> bool:
        return self.has_duties and any(Role(grant.role).needs_second_factor for grant in self.grants)

    @property
    def sees_reports(self) -> bool:
        return self.has_duties and bool(self.scopes("P3") & (NAMED | {Scope.TOTAL}))

    @property
    def takes_everything(self) -> bool:
        return self.has_duties and Scope.ALL in self.scopes("P3", "X")

    @property
    def keeps_guides(self) -> bool:
        return self.has_duties and Scope.GIVEN in self.scopes("V1")

    @property
    def administers(self) -> bool:
        return self.has_duties and bool(self.scopes("R5", "W"))

    @property
    def sees_roles(self) -> bool:
        return self.has_duties and all(self.scopes(column) & NAMED for column in ("P1", "R5"))

    @property
    def explores(self) -> bool:
        return self.has_duties and Scope.ALL in self.scopes("P5")

    @property
    def has_cases(self) -> bool:
        return self.has_duties and (Scope.GIVEN in self.scopes("P5") or self.administers)

    @property
    def sees_clients(self) -> bool:
        return self.has_duties and bool(self.scopes("R6"))

    @property
    def exempts(self) -> bool:
        return self.has_duties and bool(self.scopes("P7", "A"))

    @property
    def answers_about_data(self) -> bool:
        return self.has_duties and bool(self.scopes("P12", "A"))

    @property
    def recommends(self) -> bool:
        return self.has_duties and bool(self.scopes("P3", "W"))

    @property
    def arranges(self) -> bool:
        return self.has_duties and bool(self.scopes("P8", "A"))

    @property
    def sees_matrix(self) -> bool:
        return self.has_duties and bool(self.scopes("R2") & {Scope.ALL, Scope.STRUCTURE})

    @property
    def audits(self) -> bool:
        return self.has_duties and bool(self.scopes("R7"))

    @property
    def sees_jobs(self) -> bool:
        return self.has_duties and bool(self.scopes("R8"))

    @property
    def sees_team(self) -> bool:
        return self.has_duties and bool(self.scopes("P3") & {Scope.TEAM, Scope.STRUCTURE})

    @property
    def names_stand_ins(self) -> bool:
        return self.has_duties and Scope.ALL in self.scopes("R11", "W")

    @property
    def hands_over(self) -> bool:
        return self.has_duties and bool(self.scopes("R12", "W"))

    @property
    def brings_in(self) -> bool:
        return self.has_duties and bool(self.scopes("R1", "W"))

    @property
    def sees_feeds(self) -> bool:
        return self.has_duties and bool(self.scopes("R1"))

    @property
    def sees_structures(self) -> bool:
        return self.has_duties and bool(self.scopes("P2") & {Scope.STRUCTURE, Scope.ALL})

    @property
    def has_guests(self) -> bool:
        return self.has_duties and bool(self.scopes("P13"))

    @property
    def holds_sessions(self) -> bool:
        return self.has_duties and bool(self.scopes("P11"))

    @property
    def agrees_to_names(self) -> bool:
        return self.has_duties and bool(self.scopes("P1", "A"))

    @property
    def edits(self) -> bool:
        return self.has_duties and any(self.scopes(column, "W") - {Scope.OWN} for column in ("C1", "C3", "C5", "C6"))


def rights(user: User) -> Rights:
    """The rights of the one who is signed in, kept with the request's user object."""
    day = today()
    holder: Any = user  # somebody who is not signed in has rights as well: none
    kept = getattr(holder, "_rights", None)
    if kept is None or kept.day != day:
        kept = holder._rights = Rights(user, day)
    return kept


def opens(user: User, cells: Iterable[tuple[str, str]]) -> bool:
    """Whether she has a right in any of these cells, each a column and an action."""
    return any(rights(user).scopes(column, action) for column, action in cells)


def reach(user: User, column: str, action: str = "R") -> Reach:
    return rights(user).reach(column, action)


def people(user: User, column: str, action: str = "R", *, within: Collection[Scope] = tuple(Scope)) -> QuerySet[User]:
    """Everybody about whom `user` may do that by one of the scopes `within`. Totals grant nobody by name."""
    found = reach(user, column, action)
    scopes = found.scopes & {*within}
    if Scope.ALL in scopes:
        return User.objects.all()
    in_post = holds_on(rights(user).day)
    who = Q(pk__in=[])
    if Scope.OWN in scopes:
        who |= Q(pk=user.pk)
    if Scope.TEAM in scopes:
        who |= Q(pk__in=led_by(user))
    if Scope.STRUCTURE in scopes and found.structures:
        who |= Q(pk__in=Posting.objects.filter(in_post, structure__in=found.structures).values("person"))
    return User.objects.filter(who)


def led_by(user: User) -> QuerySet[Any]:
    """The keys of her team, and of the teams of those for whom she stands in herself; never her own."""
    day = rights(user).day
    away = StandIn.objects.in_force(day).filter(person=user).values("leader")
    teams = Posting.objects.on(day).filter(Q(manager=user) | Q(manager__in=away))
    return teams.exclude(person=user).values("person")


def leaders() -> QuerySet[User]:
    """Who leads a team today, or stands in for who does, and may use the platform."""
    teams = Posting.objects.on(today()).filter(manager__isnull=False).values("manager")
    in_their_place = StandIn.objects.in_force(today()).filter(leader__in=teams).values("person")
    return User.objects.active_on(today()).filter(Q(pk__in=teams) | Q(pk__in=in_their_place)).order_by("pk")


def keepers_of_structures() -> QuerySet[User]:
    """Focal points, deputies and heads who may use the platform today."""
    held = RoleGrant.objects.in_force(today()).filter(role__in=[FOCAL, Role.DEPUTY, HEAD])
    return User.objects.active_on(today()).filter(pk__in=held.values("person")).order_by("pk")


def stays(user: User, action: str = "R") -> QuerySet[GuestStay]:
    """The stays of guests about whom she may do that: all, or those that her structures host."""
    found = reach(user, "P13", action)
    if Scope.ALL in found.scopes:
        return GuestStay.objects.all()
    return GuestStay.objects.filter(structure__in=found.structures)


def hosts(user: User) -> dict[int, str]:
    """Where she may let guests in, by key and name, in the order of codes."""
    found, tree = reach(user, "P13", "W"), rights(user).tree_on(rights(user).day)
    return {key: tree.name(key) for key in tree.periods if Scope.ALL in found.scopes or key in found.structures}


def holders(role: Role) -> QuerySet[User]:
    """Who holds a role today."""
    return User.objects.filter(pk__in=RoleGrant.objects.in_force(today()).filter(role=role).values("person"))


def given_cases(user: User, column: str) -> QuerySet[Case]:
    """The cases that she may look into today."""
    mine = Case.objects.open_on(rights(user).day).filter(auditor=user)
    return mine if Scope.GIVEN in rights(user).scopes(column) else mine.none()


def listed_cases(user: User) -> QuerySet[Case]:
    """All cases for those who open them, her own open ones for an auditor."""
    return Case.objects.all() if Scope.ALL in rights(user).scopes("R5", "W") else given_cases(user, "P5")
