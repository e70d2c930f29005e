"""Writes, changes and ends the lines of the matrix. Nothing is overwritten: a change ends one version and begins the next."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import tasks
from courses.histories import NOW, Places
from courses.models import Course, DueFrom, Requirement, Strength
from lms.people.models import ContractType, FunctionGroup, Role, Structure, User
from lms.refusals import NotAllowed

STRENGTHS = {"M": Strength.MANDATORY, "R": Strength.RECOMMENDED}


def ask(*, by: User | None, day: date, **values: Any) -> Requirement:
    """A new line, with the fields of Requirement. `by` is None on the server's own command line. Raises NotAllowed."""
    line = drafted(by=by, day=day, **values)
    with transaction.atomic():
        line.save()
        transaction.on_commit(tasks.apply_rules)
    return line


def drafted(*, by: User | None, day: date, **values: Any) -> Requirement:
    """A line that could be asked, without writing it. Raises NotAllowed."""
    line = Requirement(recorded_by=by, **values)
    _refuse_impossible(line, day)
    return line


def change(line: Requirement, *, by: User, day: date, **values: Any) -> Requirement:
    """From `day` on the line asks something else: fields of Requirement by name. Safe to repeat. Raises NotAllowed."""
    with transaction.atomic():
        locked = _known(line)
        if all(getattr(locked, name) == value for name, value in values.items()):
            return locked
        begins = max(day, locked.starts_on)
        if begins > locked.starts_on:
            _replace(locked, by=by, ends_on=begins)
        else:
            _supersede(locked)
        after = _copy(locked, by=by, starts_on=begins, **values)
        _refuse_impossible(after, day)
        after.save()
        transaction.on_commit(tasks.apply_rules)
    return after


def end(line: Requirement, *, by: User, day: date) -> None:
    """From `day` on nothing is asked by this line; one that had not begun is taken out. Safe to repeat."""
    with transaction.atomic():
        locked = _known(line)
        if not locked.is_open_on(day):
            return
        if day <= locked.starts_on:
            _supersede(locked)
        else:
            _replace(locked, by=by, ends_on=day)
        transaction.on_commit(tasks.apply_rules)


def import_matrix(courses: Iterable[Mapping[str, str]], lines: Iterable[Mapping[str, str]], *, day: date) -> int:
    """Brings in the Organization's matrix (columns as in content/starter/matrix), which holds from `day` on. Returns how many
    lines it has: none where there are lines already. Raises KeyError for a missing column, ValueError for an unknown value."""
    with transaction.atomic():
        if Requirement.objects.exists():
            return 0
        months = {}
        for record in courses:
            Course.objects.get_or_create(code=record["code"], defaults={"title": record["title"]})
            months[record["code"]] = int(record["valid months"])
        known = {course.code: course for course in Course.objects.filter(code__in=months)}
        structures = {structure.code: structure for structure in Structure.objects.all()}
        made = 0
        for record in lines:
            audience = _audience_of(record, structures)
            for code in filter(record.__getitem__, months):
                values = {"course": known[code], "strength": STRENGTHS[record[code]], "valid_months": months[code]}
                drafted(by=None, day=day, starts_on=day, **audience, **values).save()
                made += 1
        transaction.on_commit(tasks.apply_rules)
    return made


def _audience_of(record: Mapping[str, str], structures: Mapping[str, Structure]) -> dict[str, Any]:
    return {
        "structure": structures[record["structure"]] if record["structure"] else None,
        "function_groups": [FunctionGroup(one).value for one in record["functions"].split()],
        "contract_types": [ContractType(one).value for one in record["contracts"].split()],
        "roles": [Role(one).value for one in record["roles"].split()],
        "due_days": int(record["due days"]),
        "due_from": DueFrom(record["due from"]),
    }


def _refuse_impossible(line: Requirement, day: date) -> None:
    if line.due_from == DueFrom.APPOINTMENT and not line.roles:
        raise NotAllowed(_("Days from appointment need a role: name one, or count from entry on duty."))
    if line.ends_on is not None and line.ends_on <= line.starts_on:
        raise NotAllowed(_("A line ends after the day on which it begins: choose a later day."))
    if line.refresher_id is not None and line.refresher_id == line.course_id:
        raise NotAllowed(_("A course is not its own refresher: choose another course, or none."))
    if line.owner_id is not None:
        above = Places(NOW).above(line.structure_id, day) if line.structure_id else frozenset()
        if line.owner_id not in above:
            raise NotAllowed(_("A line of a structure is asked of people in that structure or below it: choose one of these."))


def _known(line: Requirement) -> Requirement:
    """The version that counts, locked: the second of two editors sees what the first one did."""
    versions = Requirement.objects.select_for_update().known().filter(line=line.line).order_by("-starts_on")
    found = versions.first()
    if found is None:
        raise NotAllowed(_("This line was taken out meanwhile. Open the matrix again."))
    return found


def _replace(line: Requirement, *, by: User, **values: Any) -> None:
    """A version that says otherwise takes its place; what was known before stays, with the time until which it was."""
    after = _copy(line, by=by, **values)
    _supersede(line)
    after.save()


def _supersede(line: Requirement) -> None:
    line.superseded_at = timezone.now()
    line.save(update_fields=["superseded_at"])


def _copy(line: Requirement, *, by: User, **values: Any) -> Requirement:
    columns = {field.name: field.attname for field in Requirement._meta.concrete_fields}
    left_out = {"id", "recorded_at", "recorded_by", "superseded_at"}
    kept = {column: getattr(line, column) for name, column in columns.items() if name not in left_out}
    changed = {columns[name]: getattr(value, "pk", value) for name, value in values.items()}
    return Requirement(**kept | changed, recorded_by=by)
