"""Brings people and structures in line with the staff feed. The staff number is the key; nothing of a person is deleted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower

from lms.people import placing
from lms.people.hr_feed import Codes, FeedRow, Refusal, parse
from lms.people.models import ContractType, FunctionGroup, PersonAlias, Posting, Structure, StructurePeriod, User
from lms.people.signals import access_ended, staff_changed

OUTCOMES = ("new", "returned", "moved", "changed")  # the first that holds is the one that is reported


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

    def count(self, staff_number: str, *outcomes: str) -> None:
        first = next((name for name in OUTCOMES if name in outcomes), None)
        if first is None:
            self.unchanged += 1
        else:
            getattr(self, first).append(staff_number)

    @property
    def unreadable(self) -> set[str]:
        """Whose line was refused: the feed says that they are there, and nothing else about them."""
        return {refusal.staff_number for refusal in self.refused}


class _Staff:
    """Everybody of whom the feed spoke before, as they stand on `day`: the person by staff number, her last posting by key."""

    def __init__(self, day: date) -> None:
        self.day = day
        # In the order of keys, so that two feeds cannot block each other; rows that name these people go on being written.
        held = User.objects.select_for_update(no_key=True).filter(source=User.Source.FEED).order_by("pk")
        self.people = {user.staff_number: user for user in held}
        postings = Posting.objects.filter(person__source=User.Source.FEED).select_related("structure", "manager")
        self.last = {posting.person_id: posting for posting in postings.order_by("starts_on")}

    def serves(self, person: User) -> bool:
        """In post on the day."""
        last = self.last.get(person.pk)
        return last is not None and last.starts_on <= self.day and last.is_open_on(self.day)

    def is_closed_by_hand(self, person: User) -> bool:
        """An administrator closed the account of somebody who serves. (Who left has no posting that runs.)"""
        return not person.is_active and self.serves(person) and self.last[person.pk].starts_on < self.day


def sync_staff(lines: Iterable[str], *, day: date, dry_run: bool = False) -> Report:
    """Applies the feed as of `day`, all or nothing.

    Who stands in no line has left, unless her line was refused. Raises UnreadableFeed and TooManyLeavers.
    """
    rows, refusals, dropped = parse(lines, _codes(day))
    report = Report(refused=refusals, dropped_columns=dropped)
    with transaction.atomic():
        _apply(rows, report, day)
        staff_changed.send(sender=User)
        if dry_run:
            transaction.set_rollback(True)
    return report


def sync_structures(records: Iterable[dict[str, str]], *, day: date) -> int:
    """Makes the structures that do not exist yet: code, kind, name, parent (a code above it in the file). Returns how many.

    Raises KeyError for a missing column, ValueError for a kind, a day or a parent that is not known.
    """
    known = {structure.code: structure for structure in Structure.objects.all()}
    made = 0
    with transaction.atomic():
        for record in records:
            code, parent = record["code"], record["parent"]
            if code in known:
                continue
            if parent and parent not in known:
                raise ValueError(f"The parent {parent!r} of {code!r} is neither here nor above it in the file.")
            starts_on = date.fromisoformat(record["from"]) if record["from"] else day
            known[code] = Structure.objects.create(code=code, kind=Structure.Kind(record["kind"]))
            StructurePeriod.objects.create(
                structure=known[code], names={"en": record["name"]}, parent=known.get(parent), starts_on=starts_on
            )
            made += 1
    return made


def make_local_person(*, email: str, name: str, language: str = "en") -> User:
    """An account that no feed speaks of: the first administrator of a new installation."""
    with transaction.atomic():
        return _make(email=email.lower(), name=name, language=language, source=User.Source.LOCAL, staff_number=None)


def _codes(day: date) -> Codes:
    return Codes(
        structures=set(StructurePeriod.objects.on(day).values_list("structure__code", flat=True)),
        function_groups=set(FunctionGroup.values),
        contract_types=set(ContractType.values),
        languages=set(dict(settings.LANGUAGES)),
    )


def _apply(rows: list[FeedRow], report: Report, day: date) -> None:
    staff = _Staff(day)
    _refuse_too_many_leavers(rows, report, staff)
    rows = _without_taken_addresses(rows, report, staff)
    _free_addresses(rows, staff)
    outcomes = {row.staff_number: _bring_in(row, staff) for row in rows}
    managers = _managers(rows, report, staff)
    structures = {structure.code: structure for structure in Structure.objects.all()}
    for row in rows:
        person = staff.people[row.staff_number]
        placed = placing.place(
            person,
            row,
            last=staff.last.get(person.pk),
            structure=structures[row.structure],
            manager=managers.get(row.staff_number),
            day=day,
        )
        report.count(row.staff_number, outcomes[row.staff_number], placed)
    _end_leavers(rows, report, staff)


def _refuse_too_many_leavers(rows: list[FeedRow], report: Report, staff: _Staff) -> None:
    """Counts whoever would lose access by this file: by a missing line, or by a line whose end is past."""
    serving = {number for number, person in staff.people.items() if person.is_active and staff.serves(person)}
    staying = {row.staff_number for row in rows if row.ends_on is None or row.ends_on >= staff.day}
    unreadable = serving & report.unreadable
    leavers = serving - staying - unreadable
    limit = settings.FEED_LEAVER_LIMIT
    if len(serving) >= 10 and (len(leavers) + len(unreadable)) * 100 > len(serving) * limit:
        raise TooManyLeavers(
            f"Of {len(serving)} people in post {len(leavers)} stand in no line of this file or in one whose end is past, and "
            f"{len(unreadable)} in a line that cannot be read; more than {limit} per cent. Nothing was applied. Check that the "
            "file is whole, then send it again."
        )


def _without_taken_addresses(rows: list[FeedRow], report: Report, staff: _Staff) -> list[FeedRow]:
    """An address may pass from one person of this file to another, but not from an account of which it says nothing."""
    holders = dict(User.objects.values_list(Lower("email"), "pk"))
    kept, taken = rows, rows
    while taken:  # who is refused keeps her address, which another line may want
        named = {staff.people[row.staff_number].pk for row in kept if row.staff_number in staff.people}
        taken = [row for row in kept if row.email in holders and holders[row.email] not in named]
        report.refused += [Refusal(row.line, row.staff_number, "This e-mail belongs to another account.") for row in taken]
        kept = [row for row in kept if row not in taken]
    return kept


def _free_addresses(rows: list[FeedRow], staff: _Staff) -> None:
    """Two people may have exchanged addresses: they are taken away first, then given."""
    for row in rows:
        known = staff.people.get(row.staff_number)
        if known and known.email != row.email:
            User.objects.filter(pk=known.pk).update(email=f"{known.uuid}@moving.invalid")


def _bring_in(row: FeedRow, staff: _Staff) -> str:
    """Makes or changes the person. Returns one of OUTCOMES, or "" where nothing differed."""
    known = staff.people.get(row.staff_number)
    if known is None:
        staff.people[row.staff_number] = _make(
            email=row.email,
            name=row.official_name,
            language=row.language,
            source=User.Source.FEED,
            staff_number=row.staff_number,
        )
        return "new"
    values: dict[str, str | bool] = {"email": row.email, "official_name": row.official_name}
    if known.display_name == known.official_name:
        values["display_name"] = row.official_name
    is_back = not known.is_active and not staff.is_closed_by_hand(known)
    if is_back:
        values["is_active"] = True
    if all(getattr(known, name) == value for name, value in values.items()):
        return ""
    for name, value in values.items():
        setattr(known, name, value)
    known.save(update_fields=list(values))
    return "returned" if is_back else "changed"


def _make(*, email: str, name: str, language: str, source: User.Source, staff_number: str | None) -> User:
    person = User(email=email, official_name=name, display_name=name, language=language, source=source, staff_number=staff_number)
    person.set_unusable_password()
    person.save()
    PersonAlias.objects.create(uuid=person.uuid, person=person)
    return person


def _managers(rows: list[FeedRow], report: Report, staff: _Staff) -> dict[str, User]:
    """Manager by staff number. An unknown or circular one is left out and named; the person herself comes in."""
    chosen = {row.staff_number: row.manager for row in rows if row.manager}
    managers = {}
    for row in rows:
        if row.manager and row.manager not in staff.people:
            report.refused.append(Refusal(row.line, row.staff_number, f"Manager {row.manager!r} is not known: left empty."))
        elif _is_circle(row.staff_number, chosen):
            report.refused.append(Refusal(row.line, row.staff_number, "The line of managers leads back to her: left empty."))
        elif row.manager:
            managers[row.staff_number] = staff.people[row.manager]
    return managers


def _is_circle(start: str, chosen: dict[str, str]) -> bool:
    seen: set[str] = set()
    current = chosen.get(start)
    while current is not None and current not in seen:
        if current == start:
            return True
        seen.add(current)
        current = chosen.get(current)
    return False


def _end_leavers(rows: list[FeedRow], report: Report, staff: _Staff) -> None:
    named = {row.staff_number for row in rows} | report.unreadable
    for staff_number, person in staff.people.items():
        if staff_number in named:
            continue
        last = staff.last.get(person.pk)
        if last is not None and last.is_open_on(staff.day):
            placing.take_out(last, day=staff.day)
        if person.is_active:
            person.is_active = False
            person.save(update_fields=["is_active"])
            access_ended.send(sender=User, person=person)
            report.left.append(staff_number)
