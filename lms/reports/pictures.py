"""The pictures of a page of numbers, each with its words: what it shows, and how that is to be read by who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.reports import charts
from lms.reports.coverage import Coverage
from lms.reports.totals import Totals


@dataclass(frozen=True)
class Picture:
    drawing: charts.Heat | charts.Curve | charts.Bars
    title: str
    description: str


def pictures(page: Coverage | Totals) -> dict[str, Picture | None]:
    """None where there is nothing to draw."""
    late = [(str(one), one.people.value) for one in page.late]
    lapses = [(str(one), one.people.value) for one in page.lapses]
    states = [(str(label), number.value) for label, number in page.joiners_by_state]
    return {
        "heat": _heat(page),
        "trend": _trend(page),
        "late": _bars(_("Overdue, by days"), late),
        "lapses": _bars(_("What lapses soon"), lapses),
        "joiners": _bars(_("New joiners, by state"), states),
    }


def _heat(page: Coverage | Totals) -> Picture | None:
    codes = [_("all"), *(course.code for course in page.courses)]
    shares = [(line.name, [line.whole, *line.shares]) for line in page.lines]
    cells = [
        (share.percent, name, code)
        for name, found in shares
        for share, code in zip(found, codes, strict=True)
        if share is not None
    ]
    if not cells:
        return None
    rows = [(name, [None if share is None else share.percent for share in found]) for name, found in shares]
    (least, *at_least), (most, *at_most) = min(cells), max(cells)
    said = _("From {least} per cent ({where}) to {most} per cent ({there}). All numbers are in the table below.")
    said = said.format(least=least, where=", ".join(at_least), most=most, there=", ".join(at_most))
    return Picture(charts.heat(codes, rows), _("Coverage by group and course"), said)


def _trend(page: Coverage | Totals) -> Picture | None:
    points = [(point.percent, date_format(point.day, "M Y")) for point in page.trend]
    if len(points) < 2:
        return None
    (first, since), (last, until) = points[0], points[-1]
    said = _("Share of people with everything that is asked of them: {first} per cent in {since}, {last} per cent in {until}.")
    return Picture(
        charts.curve(points),
        _("Month by month"),
        said.format(first=first, since=since, last=last, until=until),
    )


def _bars(title: str, numbers: Sequence[tuple[str, int]]) -> Picture | None:
    if not numbers:
        return None
    return Picture(charts.bars(numbers), title, "; ".join(f"{label}: {number}" for label, number in numbers) + ".")
