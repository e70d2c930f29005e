"""Field operations that have no main focal point, or will have none within thirty days, as the dated grants say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lms.people.models import Posting, Role, RoleGrant, Structure, Tree, User

KINDS = frozenset({Structure.Kind.MISSION})  # one position a mission
AHEAD = timedelta(days=30)
Span = tuple[date, date | None]  # half-open; None: no end


@dataclass(frozen=True)
class Vacancy:
    """`from_on`: the first day without one, today or later. `since`: the day on which the last one ended, if there was one."""

    structure: int
    code: str
    name: str
    day: date
    from_on: date
    since: date | None

    @property
    def is_vacant(self) -> bool:
        return self.from_on == self.day

    @property
    def days(self) -> int | None:
        """For how long it is vacant; None where nobody knows."""
        return (self.day - self.since).days if self.since else None


def vacancies(day: date, tree: Tree, *, within: Collection[int] | None = None) -> list[Vacancy]:
    """By code, those of `within`, which names structures, or all. Three queries."""
    missions = [key for key in tree.periods if tree.kind(key) in KINDS and (within is None or key in within)]
    spans = _spans(missions, day)
    found = []
    for key in missions:
        bare = first_bare_day(spans[key], day)
        if bare is not None and bare <= day + AHEAD:
            found.append(Vacancy(key, tree.code(key), tree.name(key), day, bare, last_end(spans[key], day)))
    return found


def first_bare_day(spans: Iterable[Span], day: date) -> date | None:
    """The first day from `day` on that none of the spans covers; None where there is none."""
    reached = day
    for start, end in sorted(spans, key=lambda span: span[0]):
        if start <= reached:
            if end is None:
                return None
            reached = max(reached, end)
    return reached


def last_end(spans: Iterable[Span], day: date) -> date | None:
    """The day on which the last span ended that is over by `day`."""
    return max((end for _start, end in spans if end is not None and end <= day), default=None)


def _spans(structures: Collection[int], day: date) -> dict[int, list[Span]]:
    """From when to when each had a focal point who could work as one. The grant of who left counts until her posting ended."""
    grants = list(RoleGrant.objects.agreed().filter(role=Role.FOCAL_POINT, structure__in=structures))
    holders = {grant.person_id for grant in grants}
    working = set(User.objects.active_on(day).filter(pk__in=holders).values_list("pk", flat=True))
    left: dict[int, date | None] = dict(
        Posting.objects.filter(person__in=holders - working, ends_on__lte=day)
        .order_by("ends_on")
        .values_list("person", "ends_on")
    )
    spans: dict[int, list[Span]] = defaultdict(list)
    for grant in grants:
        ends = [end for end in (grant.ends_on, left.get(grant.person_id)) if end is not None]
        end = min(ends, default=None)
        is_known = grant.person_id in working or end is not None and end <= day
        if is_known and grant.structure_id is not None and (end is None or end > grant.starts_on):
            spans[grant.structure_id].append((grant.starts_on, end))
    return spans
