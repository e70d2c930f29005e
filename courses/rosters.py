"""Whose people may come to a group session, and who is meant by a name or a staff number."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from courses.models import Course
from lms.people import access
from lms.people.models import Posting, User
from lms.people.names import folded


def structures_of(user: User, day: date) -> set[int]:
    """Of whose people she may hold sessions: a focal point of her structure and those below, a trainer of her own and below."""
    found = access.reach(user, "P11", "W")
    hers = Posting.objects.on(day).filter(person=user).values_list("structure", flat=True) if found.keys else []
    return set(found.structures) | access.rights(user).tree_on(day).below(*hers)


def may_hold(user: User, course: Course, structure: int, day: date) -> bool:
    """A focal point any course, a trainer those that she is given for."""
    found = access.reach(user, "P11", "W")
    return structure in found.structures or (course.key in found and structure in structures_of(user, day))


def in_post(user: User, structure: int, day: date) -> QuerySet[User]:
    """Who serves in the structure or below it on that day, as `user` sees the tree."""
    below = access.rights(user).tree_on(day).below(structure)
    serving = Posting.objects.on(day).filter(structure__in=below)
    return User.objects.filter(is_active=True, pk__in=serving.values("person")).order_by("official_name", "pk")


def find(lines: Iterable[str], people: Iterable[User], *, where: str) -> tuple[list[User], list[str]]:
    """Who is meant by each line, and sentences about the others. A line is a staff number, or a name in whatever order and case.

    Somebody outside is answered as somebody who does not exist.
    """
    by_number: dict[str, User] = {}
    by_name: dict[tuple[str, ...], set[User]] = defaultdict(set)
    for person in people:
        by_number[(person.staff_number or "").casefold()] = person
        for name in (person.official_name, person.display_name):
            by_name[tuple(folded(name))].add(person)
    found: list[User] = []
    faults: list[str] = []
    for line in filter(None, (line.strip() for line in lines)):
        numbered = by_number.get(line.casefold())
        meant = {numbered} if numbered else by_name.get(tuple(folded(line)), set())
        if not meant:
            faults.append(_("Nobody of %(where)s has this name or staff number: %(line)s.") % {"where": where, "line": line})
        elif len(meant) > 1:
            faults.append(_("More than one person has this name, so write the staff number: %(line)s.") % {"line": line})
        elif meant & set(found):
            faults.append(_("This person stands there twice: %(line)s.") % {"line": line})
        else:
            found += meant
    return found, faults
