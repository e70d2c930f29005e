"""Brings people in line with the staff feed. The staff number is the key; nothing of a person is deleted."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower

from lms.people import closing, placing
from lms.people.hr_feed import Codes, FeedRow, Refusal, Sheet, judge
from lms.people.journaling import Journal
from lms.people.models import (
    ContractType,
    FunctionGroup,
    PersonAlias,
    PersonJoin,
    Posting,
    RoleGrant,
    Structure,
    StructurePeriod,
    User,
)
from lms.people.signals import staff_changed

OUTCOMES = ("new", "returned", "moved", "changed")  # the first that holds is the one that is reported


class TooManyLeavers(ValueError):
    """The feed would end the access of more people than one feed may, unless a second person agrees."""


@dataclass
class Report:
    """What a feed did, or, as a dry run, would do: staff numbers by outcome."""

    new: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    unchanged: int = 0
    unmatched: list[Refusal] = field(default_factory=list)  # belong to an account that another source keeps
    refused: list[Refusal] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)
    # By staff number what was written, as `Journal.changes` gives it, and the key of the person.
    changes: dict[str, dict[str, Any]] = field(default_factory=dict, compare=False, repr=False)
    people: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    def count(self, staff_number: str, *outcomes: str) -> None:
        first = next((name for name in OUTCOMES if name in outcomes), None)
        if first is None:
            self.unchanged += 1
        else:
            getattr(self, first).append(staff_number)

    @property
    def unreadable(self) -> set[str]:
        """Whose line was refused: the feed says that they are there, and nothing else about them."""
        return {refusal.staff_number for refusal in (*self.refused, *self.unmatched)}


class _Staff:
    """Everybody of whom the feed spoke before, as they stand on `day`: the person by staff number, her postings by key."""

    def __init__(self, day: date) -> None:
        self.day = day
        # In the order of keys, so that two feeds cannot block each other; rows that name these people go on being written.
        held = User.objects.select_for_update(no_key=True).filter(source=User.Source.FEED).order_by("pk")
        # A record that was joined to another one is not spoken of any more.
        self.joined = set(PersonJoin.objects.standing().values_list("other__staff_number", flat=True))
        self.people = {user.staff_number: user for user in held if user.staff_number and user.staff_number not in self.joined}
        others = User.objects.exclude(source=User.Source.FEED).filter(staff_number__isnull=False)
        self.others = {user.staff_number: user for user in others if user.staff_number}
        self.history: dict[int, list[Posting]] = defaultdict(list)
        for posting in Posting.objects.filter(person__source=User.Source.FEED).order_by("starts_on", "pk"):
            self.history[posting.person_id].append(posting)

    def find(self, staff_number: str) -> User | None:
        """Whatever source keeps her: a manager may come by another one."""
        return self.people.get(staff_number) or self.others.get(staff_number)

    def serves(self, person: User) -> bool:
        """In post on the day."""
        history = self.history.get(person.pk, [])
        return bool(history) and history[-1].starts_on <= self.day and history[-1].is_open_on(self.day)

    def is_closed_by_hand(self, person: User) -> bool:
        """An administrator closed the account of somebody who serves. (Who left has no posting that runs.)"""
        return not person.is_active and self.serves(person) and self.history[person.pk][-1].starts_on < self.day


def sync_staff(sheet: Sheet, *, day: date, dry_run: bool = False, is_agreed: bool = False) -> Report:
    """Applies the feed as of `day`, all or nothing.

    Who stands in no line has left, unless her line was refused. Raises TooManyLeavers, unless a second person agreed to it.
    """
    rows, refusals = judge(sheet, codes(day))
    report = Report(refused=refusals, dropped_columns=list(sheet.dropped))
    with transaction.atomic():
        _apply(rows, report, day, is_agreed=is_agreed)
        staff_changed.send(sender=User)
        if dry_run:
            transaction.set_rollback(True)
    return report


def make_local_person(*, email: str, name: str, language: str = "en") -> User:
    """An account that no feed speaks of: the first administrator of a new installation."""
    person = _person(email=email.lower(), name=name, language=language, source=User.Source.LOCAL, staff_number=None)
    with transaction.atomic():
        person.save()
        PersonAlias.objects.create(uuid=person.uuid, person=person)
    return person


def codes(day: date) -> Codes:
    """What the coded columns of a feed may hold on that day."""
    return Codes(
        structures=set(StructurePeriod.objects.on(day).values_list("structure__code", flat=True)),
        function_groups=set(FunctionGroup.values),
        contract_types=set(ContractType.values),
        languages=set(dict(settings.LANGUAGES)),
    )


def _apply(rows: list[FeedRow], report: Report, day: date, *, is_agreed: bool) -> None:
    staff, journal = _Staff(day), Journal()
    if not is_agreed:
        _refuse_too_many_leavers(rows, report, staff)
    rows = _without_other_sources(rows, report, staff)
    rows = _without_lost_addresses(rows, report, staff)
    rows = _without_taken_addresses(rows, report, staff)
    outcomes = {row.staff_number: _bring_in(row, staff, journal) for row in rows}
    leavers = _leavers(rows, report, staff)
    left = {person.pk for person in leavers if journal.change(person, is_active=False)}
    journal.write_people()
    managers = _managers(rows, report, staff)
    structures = {structure.code: structure for structure in Structure.objects.all()}
    for row in rows:
        person = staff.people[row.staff_number]
        placed = placing.place(
            journal,
            person,
            row,
            history=staff.history.get(person.pk, []),
            structure=structures[row.structure],
            manager=managers.get(row.staff_number),
            day=day,
        )
        report.count(row.staff_number, outcomes[row.staff_number], placed)
    for person in leavers:
        history = staff.history.get(person.pk, [])
        if history and history[-1].is_open_on(day) and placing.take_out(journal, history, day=day):
            left.add(person.pk)
    journal.write_postings()
    gone = [person for person in leavers if person.pk in left]
    report.left += [person.staff_number or "" for person in gone]
    closing.end_access(gone)
    changes = journal.changes()
    report.people = {number: person.pk for number, person in staff.people.items() if person.pk in changes}
    report.changes = {number: changes[key] for number, key in report.people.items()}


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


def _without_other_sources(rows: list[FeedRow], report: Report, staff: _Staff) -> list[FeedRow]:
    """Each person has one source: an account that came by another way is never touched."""
    kept = []
    for row in rows:
        other = staff.others.get(row.staff_number)
        if row.staff_number in staff.joined:
            report.unmatched.append(Refusal(row.line, row.staff_number, "This record was joined to another one: leave it out."))
        elif other is None:
            kept.append(row)
        else:
            report.unmatched.append(Refusal(row.line, row.staff_number, _kept_elsewhere("staff number", other.source)))
    return kept


def _kept_elsewhere(what: str, source: str) -> str:
    if source == User.Source.GUEST:
        return f"This {what} belongs to a guest: end her stay and say that she joins the staff; the next feed brings her in."
    return f"This {what} belongs to an account that another source keeps ({source}): the feed leaves it alone."


def _without_lost_addresses(rows: list[FeedRow], report: Report, staff: _Staff) -> list[FeedRow]:
    """Who holds a role signs in by her address alone: an empty cell does not take it from her."""
    losing = {
        row.staff_number: staff.people[row.staff_number] for row in rows if not row.email and row.staff_number in staff.people
    }
    people = [person for person in losing.values() if person.email]
    held = RoleGrant.objects.in_force(staff.day).filter(person__in=people)
    holders = set(held.values_list("person__staff_number", flat=True)) if people else set()
    reason = "She holds a role and signs in by her e-mail: name it, or end the role first."
    report.refused += [Refusal(row.line, row.staff_number, reason) for row in rows if row.staff_number in holders]
    return [row for row in rows if row.staff_number not in holders]


def _without_taken_addresses(rows: list[FeedRow], report: Report, staff: _Staff) -> list[FeedRow]:
    """An address may pass from one person of this file to another, but not from an account of which it says nothing."""
    known = User.objects.filter(email__isnull=False).values_list(Lower("email"), "pk", "source")
    holders: dict[str | None, tuple[int, str]] = {address: (key, source) for address, key, source in known}
    kept = rows
    while True:  # who is refused keeps her address, which another line may want
        named = {staff.people[row.staff_number].pk for row in kept if row.staff_number in staff.people}
        taken = [row for row in kept if row.email in holders and holders[row.email][0] not in named]
        if not taken:
            return kept
        for row in taken:
            source = holders[row.email][1]
            if source == User.Source.FEED:
                report.refused.append(Refusal(row.line, row.staff_number, "This e-mail belongs to another account."))
            else:
                report.unmatched.append(Refusal(row.line, row.staff_number, _kept_elsewhere("e-mail", source)))
        lines = {row.line for row in taken}
        kept = [row for row in kept if row.line not in lines]


def _bring_in(row: FeedRow, staff: _Staff, journal: Journal) -> str:
    """Makes or changes the person. Returns one of OUTCOMES, or "" where nothing differed."""
    known = staff.people.get(row.staff_number)
    if known is None:
        made = _person(
            email=row.email,
            name=row.official_name,
            language=row.language,
            source=User.Source.FEED,
            staff_number=row.staff_number,
        )
        staff.people[row.staff_number] = made
        journal.make_person(made)
        return "new"
    values: dict[str, str | bool | None] = {"email": row.email, "official_name": row.official_name}
    if known.display_name == known.official_name:
        values["display_name"] = row.official_name
    is_back = not known.is_active and not staff.is_closed_by_hand(known)
    if is_back:
        values["is_active"] = True
    if not journal.change(known, **values):
        return ""
    return "returned" if is_back else "changed"


def _person(*, email: str | None, name: str, language: str, source: User.Source, staff_number: str | None) -> User:
    person = User(email=email, official_name=name, display_name=name, language=language, source=source, staff_number=staff_number)
    person.set_unusable_password()
    return person


def _managers(rows: list[FeedRow], report: Report, staff: _Staff) -> dict[str, User]:
    """Manager by staff number. An unknown or circular one is left out and named; the person herself comes in."""
    chosen = {row.staff_number: row.manager for row in rows if row.manager}
    managers = {}
    for row in rows:
        manager = staff.find(row.manager) if row.manager else None
        if row.manager and manager is None:
            report.refused.append(Refusal(row.line, row.staff_number, f"Manager {row.manager!r} is not known: left empty."))
        elif _is_circle(row.staff_number, chosen):
            report.refused.append(Refusal(row.line, row.staff_number, "The line of managers leads back to her: left empty."))
        elif manager is not None:
            managers[row.staff_number] = manager
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


def _leavers(rows: list[FeedRow], report: Report, staff: _Staff) -> list[User]:
    """Everybody of the feed of whom this one says nothing."""
    named = {row.staff_number for row in rows} | report.unreadable
    return [person for number, person in staff.people.items() if number not in named]
