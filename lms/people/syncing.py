"""Brings people and structures in line with the staff feed. The staff number is the key; nothing of a person is deleted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from lms.people.hr_feed import Codes, FeedRow, Refusal, parse
from lms.people.models import ContractType, FunctionGroup, PersonAlias, Posting, Structure, StructurePeriod, User


class TooManyLeavers(ValueError):
    """The feed would end the access of more people than one feed may."""


@dataclass
class Report:
    """What a feed did, or, as a dry run, would do: staff numbers by outcome."""

    new: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)


class _DryRun(Exception):
    pass


def sync_staff(lines: Iterable[str], *, day: date, dry_run: bool = False) -> Report:
    """Applies the feed as of `day`, all or nothing.

    Who stands in no line has left, unless her line was refused. Raises UnreadableFeed and TooManyLeavers.
    """
    rows, refusals, dropped = parse(lines, _codes(day))
    report = Report(refused=refusals, dropped_columns=dropped)
    try:
        with transaction.atomic():
            _apply(rows, report, day)
            if dry_run:
                raise _DryRun
    except _DryRun:
        return report
    return report


def sync_structures(records: Iterable[dict[str, str]], *, day: date) -> int:
    """Makes the structures that do not exist yet: code, kind, name, parent (a code above it in the file). Returns how many."""
    made = 0
    with transaction.atomic():
        for record in records:
            structure, is_new = Structure.objects.get_or_create(code=record["code"], defaults={"kind": record["kind"]})
            if is_new:
                parent = Structure.objects.get(code=record["parent"]) if record["parent"] else None
                StructurePeriod.objects.create(
                    structure=structure, names={"en": record["name"]}, parent=parent, starts_on=record["from"] or day
                )
                made += 1
    return made


def _codes(day: date) -> Codes:
    return Codes(
        structures=set(StructurePeriod.objects.on(day).values_list("structure__code", flat=True)),
        function_groups=set(FunctionGroup.values),
        contract_types=set(ContractType.values),
        languages=set(dict(settings.LANGUAGES)),
    )


def _apply(rows: list[FeedRow], report: Report, day: date) -> None:
    people = {user.staff_number: user for user in User.objects.select_for_update().filter(source=User.Source.FEED)}
    open_postings = {posting.person_id: posting for posting in Posting.objects.filter(ends_on__isnull=True)}
    _refuse_leavers_beyond_limit(rows, report, people)
    rows = _without_taken_addresses(rows, report, people)
    _free_addresses(rows, people)
    for row in rows:
        known = people.get(row.staff_number)
        people[row.staff_number] = _write_person(row, known, report)
    structures = {structure.code: structure for structure in Structure.objects.all()}
    managers = _managers(rows, people, report)
    for row in rows:
        person = people[row.staff_number]
        _write_posting(row, person, structures[row.structure], managers.get(row.staff_number), open_postings.get(person.pk), day, report)
    _end_leavers(rows, people, open_postings, report, day)


def _refuse_leavers_beyond_limit(rows: list[FeedRow], report: Report, people: dict[str, User]) -> None:
    named = {row.staff_number for row in rows} | {refusal.staff_number for refusal in report.refused}
    active = [user for user in people.values() if user.is_active]
    leavers = [user for user in active if user.staff_number not in named]
    refused = [user for user in active if user.staff_number in {refusal.staff_number for refusal in report.refused}]
    limit = settings.FEED_LEAVER_LIMIT
    if len(active) >= 10 and (len(leavers) + len(refused)) * 100 > len(active) * limit:
        raise TooManyLeavers(
            f"{len(leavers)} of {len(active)} people stand in no line of this file and {len(refused)} in a line that cannot "
            f"be read; more than {limit} per cent. Nothing was applied. Check that the file is whole, then send it again."
        )


def _without_taken_addresses(rows: list[FeedRow], report: Report, people: dict[str, User]) -> list[FeedRow]:
    """An address may pass from one person of the feed to another, but not from somebody whom the feed does not name."""
    named = {people[row.staff_number].pk for row in rows if row.staff_number in people}
    holders = dict(User.objects.exclude(pk__in=named).values_list("email", "pk"))
    kept = []
    for row in rows:
        if row.email in holders:
            report.refused.append(Refusal(row.line, row.staff_number, "This e-mail belongs to another account."))
        else:
            kept.append(row)
    return kept


def _free_addresses(rows: list[FeedRow], people: dict[str, User]) -> None:
    """Two people may have exchanged addresses: they are taken away first, then given."""
    for row in rows:
        known = people.get(row.staff_number)
        if known and known.email != row.email:
            User.objects.filter(pk=known.pk).update(email=f"{known.uuid}@moving.invalid")


def _write_person(row: FeedRow, known: User | None, report: Report) -> User:
    if known is None:
        person = User(
            staff_number=row.staff_number,
            email=row.email,
            official_name=row.official_name,
            display_name=row.official_name,
            language=row.language,
        )
        person.set_unusable_password()
        person.save()
        PersonAlias.objects.create(uuid=person.uuid, person=person)
        report.new.append(row.staff_number)
        return person
    changes = {"email": row.email, "official_name": row.official_name}
    if known.display_name == known.official_name:
        changes["display_name"] = row.official_name
    is_changed = any(getattr(known, name) != value for name, value in changes.items())
    if not known.is_active:
        changes["is_active"] = True
        report.returned.append(row.staff_number)
    elif is_changed:
        report.changed.append(row.staff_number)
    for name, value in changes.items():
        setattr(known, name, value)
    known.save(update_fields=list(changes))
    return known


def _managers(rows: list[FeedRow], people: dict[str, User], report: Report) -> dict[str, User]:
    """Manager by staff number. An unknown or circular one is left out and named; the person herself comes in."""
    chosen = {row.staff_number: row.manager for row in rows if row.manager}
    managers = {}
    for row in rows:
        if not row.manager:
            continue
        if row.manager not in people:
            report.refused.append(Refusal(row.line, row.staff_number, f"Manager {row.manager!r} is not known: left empty."))
        elif _is_circle(row.staff_number, chosen):
            report.refused.append(Refusal(row.line, row.staff_number, "The line of managers leads back to her: left empty."))
        else:
            managers[row.staff_number] = people[row.manager]
    return managers


def _is_circle(start: str, chosen: dict[str, str]) -> bool:
    seen, current = set(), chosen.get(start)
    while current is not None and current not in seen:
        if current == start:
            return True
        seen.add(current)
        current = chosen.get(current)
    return False


def _write_posting(
    row: FeedRow, person: User, structure: Structure, manager: User | None, current: Posting | None, day: date, report: Report
) -> None:
    # The last day of a contract still counts as a day in post; rows are half-open.
    ends_on = row.ends_on + timedelta(days=1) if row.ends_on else None
    values = {
        "structure": structure,
        "duty_station": row.duty_station,
        "function_group": row.function_group,
        "contract_type": row.contract_type,
        "manager": manager,
        "entered_on": row.entered_on,
    }
    last = current or Posting.objects.filter(person=person).order_by("starts_on").last()
    is_same = last is not None and all(getattr(last, name) == value for name, value in values.items())
    if is_same and last.ends_on == ends_on:
        report.unchanged += row.staff_number not in {*report.new, *report.changed, *report.returned}
    elif last is not None and (last.starts_on >= day or (is_same and last.is_open_on(day))):
        # Only the end changed, or a row is corrected that was not yet in force for a whole day.
        _change(last, ends_on=ends_on, **values)
        report.changed.append(row.staff_number)
    else:
        if last is not None and last.is_open_on(day):
            _change(last, ends_on=day)
        starts_on = row.entered_on if last is None else max(day, row.entered_on)
        if ends_on is None or ends_on > starts_on:
            Posting.objects.create(person=person, starts_on=starts_on, ends_on=ends_on, **values)
        if last is not None and row.staff_number not in report.returned:
            report.moved.append(row.staff_number)


def _change(posting: Posting, **values: Any) -> None:
    for name, value in values.items():
        setattr(posting, name, value)
    posting.save(update_fields=list(values))


def _end_leavers(
    rows: list[FeedRow], people: dict[str, User], open_postings: dict[int, Posting], report: Report, day: date
) -> None:
    named = {row.staff_number for row in rows} | {refusal.staff_number for refusal in report.refused}
    for staff_number, person in people.items():
        if staff_number in named or not person.is_active:
            continue
        person.is_active = False
        person.save(update_fields=["is_active"])
        posting = open_postings.get(person.pk)
        if posting is not None:
            _change(posting, ends_on=max(day, posting.starts_on + timedelta(days=1)))
        report.left.append(staff_number)


def make_local_person(*, email: str, name: str, language: str = "en") -> User:
    """An account that no feed speaks of: the first administrator of a new installation."""
    with transaction.atomic():
        person = User(email=email.lower(), official_name=name, display_name=name, language=language, source=User.Source.LOCAL)
        person.set_unusable_password()
        person.save()
        PersonAlias.objects.create(uuid=person.uuid, person=person)
    return person
