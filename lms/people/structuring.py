"""Brings the structures in line with a file: new ones, new names, closures. The past is never rewritten."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from lms.people.models import Structure, StructurePeriod

DAY = timedelta(days=1)


@dataclass
class StructureReport:
    """What a file of structures did, by code."""

    made: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)  # or placed elsewhere, from a day on
    closed: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)  # the file tells their past otherwise


def sync_structures(records: Iterable[Mapping[str, str]], *, day: date) -> StructureReport:
    """Each record is one name of one structure from one day to another, the older ones first.

    Obligatory: code, kind, name, parent (a code above it), from. May be there: to (the last day), seat, successor of (a code
    above it), note, note on the name, and the name in other languages as "name ru". A structure that is there already gets names
    that begin later than its last one, and its end; a line without a first day says nothing new about it.

    Raises KeyError for a missing column, ValueError for a kind, a day, a parent or a predecessor that is not known.
    """
    report = StructureReport()
    with transaction.atomic():
        known = {structure.code: structure for structure in Structure.objects.select_for_update().order_by("pk")}
        history: dict[int, list[StructurePeriod]] = defaultdict(list)
        for period in StructurePeriod.objects.order_by("starts_on"):
            history[period.structure_id].append(period)
        for record in records:
            _apply(record, known, history, report, day)
    return report


def _apply(
    record: Mapping[str, str],
    known: dict[str, Structure],
    history: dict[int, list[StructurePeriod]],
    report: StructureReport,
    day: date,
) -> None:
    code = record["code"]
    values = {"names": _names(record), "parent": _found(record, "parent", known), "seat": record.get("seat") or ""}
    about = {
        "successor_of": _found(record, "successor of", known),
        "note": record.get("note") or "",
        "name_note": record.get("note on the name") or "",
    }
    starts_on = date.fromisoformat(record["from"]) if record["from"] else None
    ends_on = date.fromisoformat(record["to"]) + DAY if record.get("to") else None
    if code not in known:
        known[code] = Structure.objects.create(code=code, kind=Structure.Kind(record["kind"]), **about)
        report.made.append(code)
        _begin(history, known[code], starts_on=starts_on or day, ends_on=ends_on, **values)
        return
    structure = known[code]
    _complete(structure, about)
    if starts_on is not None:
        _follow(history, structure, report, starts_on=starts_on, ends_on=ends_on, **values)


def _follow(
    history: dict[int, list[StructurePeriod]],
    structure: Structure,
    report: StructureReport,
    *,
    starts_on: date,
    ends_on: date | None,
    **values: Any,
) -> None:
    """A name or a place from a day on ends the one before; the same again may close it."""
    rows = history[structure.pk]
    last = rows[-1]
    if starts_on > last.starts_on:
        if last.is_open_on(starts_on):
            _end(last, starts_on)
        _begin(history, structure, starts_on=starts_on, ends_on=ends_on, **values)
        if structure.code not in (*report.made, *report.renamed):
            report.renamed.append(structure.code)
        return
    same = next((row for row in rows if row.starts_on == starts_on), None)
    if same is None or any(getattr(same, name) != value for name, value in values.items()):
        report.left_alone.append(structure.code)
    elif same is last and same.ends_on is None and ends_on is not None:
        _end(last, ends_on)
        report.closed.append(structure.code)


def _begin(history: dict[int, list[StructurePeriod]], structure: Structure, **values: Any) -> None:
    history[structure.pk].append(StructurePeriod.objects.create(structure=structure, **values))


def _end(period: StructurePeriod, ends_on: date) -> None:
    period.ends_on = ends_on
    period.save(update_fields=["ends_on"])


def _complete(structure: Structure, about: dict[str, Any]) -> None:
    """What nobody wrote down yet; what stands there stays."""
    missing = {name: value for name, value in about.items() if value and not getattr(structure, name)}
    for name, value in missing.items():
        setattr(structure, name, value)
    if missing:
        structure.save(update_fields=list(missing))


def _names(record: Mapping[str, str]) -> dict[str, str]:
    others = {code: record.get(f"name {code}") or "" for code, _label in settings.LANGUAGES if code != "en"}
    return {"en": record["name"], **{code: name for code, name in others.items() if name}}


def _found(record: Mapping[str, str], column: str, known: Mapping[str, Structure]) -> Structure | None:
    code = record["parent"] if column == "parent" else record.get(column)
    if code and code not in known:
        what = "parent" if column == "parent" else "predecessor"
        raise ValueError(f"The {what} {code!r} of {record['code']!r} is neither here nor above it in the file.")
    return known[code] if code else None
