"""Writes the access log: every opened record of somebody else, every export, every refusal."""

from collections.abc import Mapping

from lms.people.models import AccessEntry, User


def opened(actor: User, person: User, what: str) -> None:
    """A named record was opened. Looking at oneself leaves no entry."""
    if actor != person:
        AccessEntry.objects.create(actor=actor, person=person, what=what)


def listed(actor: User, what: str, selection: Mapping[str, str], count: int) -> None:
    """A list of named people was shown."""
    AccessEntry.objects.create(actor=actor, what=what, selection=dict(selection), count=count)


def searched(actor: User, what: str, words: str, count: int) -> None:
    """The same after a search. Of its words stays only that there were any: they are mostly a name, and no log forgets it."""
    listed(actor, what, {"q": "…"} if words else {}, count)


def exported(actor: User, what: str, selection: Mapping[str, str], count: int, purpose: str) -> None:
    AccessEntry.objects.create(actor=actor, what=what, selection=dict(selection), count=count, purpose=purpose)


def refused(actor: User, what: str, person: User | None = None) -> None:
    AccessEntry.objects.create(actor=actor, person=person, what=what, was_refused=True)


def decided(
    actor: User,
    what: str,
    selection: Mapping[str, str],
    *,
    purpose: str,
    person: User | None = None,
    count: int | None = None,
) -> None:
    """Something was decided or looked at for a reason, which is kept."""
    AccessEntry.objects.create(actor=actor, person=person, what=what, selection=dict(selection), purpose=purpose, count=count)
