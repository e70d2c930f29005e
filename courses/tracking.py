"""Folds statements into progress: any number of times, in any order, the same result. Writes the projection only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction

from courses import completing
from courses.models import Completion, Enrolment, ModuleProgress
from courses.statements import Sign, pseudonym, read_sign, verb_id
from lms.people.models import PersonAlias
from lms.xapi import queries
from lms.xapi.signals import StoredStatement

FOLDED_VERBS = [verb_id(name) for name in ("experienced", "completed", "passed")]


@dataclass(frozen=True)
class Findings:
    """Sentences: what a rebuild would change, and what is only worth knowing."""

    differences: list[str]
    notes: list[str]


def fold(enrolment: Enrolment, statements: Iterable[StoredStatement]) -> list[ModuleProgress]:
    """Brings the progress of a locked enrolment in line with these statements. Returns all rows of the enrolment.

    A module's `completed` or `passed` counts if its edition is not older than the one from which the module counts.
    `failed` is not read, so that it can never undo a pass; the smallest timestamp wins.
    """
    [rows] = fold_all([(enrolment, statements)])
    return rows


def fold_all(told: Sequence[tuple[Enrolment, Iterable[StoredStatement]]]) -> list[list[ModuleProgress]]:
    """The same for many locked enrolments at once, in two queries. Returns the rows of each, in their order."""
    kept: dict[int, dict[UUID, ModuleProgress]] = defaultdict(dict)
    for row in ModuleProgress.objects.filter(enrolment__in=[enrolment.pk for enrolment, _statements in told]):
        kept[row.enrolment_id][row.module] = row
    changed: list[ModuleProgress] = []
    for enrolment, statements in told:
        rows = kept[enrolment.pk]
        signs = [sign for statement in _about_her(enrolment, statements) if (sign := _sign(enrolment, statement)) is not None]
        touched: set[UUID] = set()
        for sign in signs:
            row = rows.setdefault(sign.module, ModuleProgress(enrolment=enrolment, module=sign.module))
            if _apply(sign, row):
                touched.add(sign.module)
        changed += [rows[module] for module in sorted(touched)]
    if changed:
        ModuleProgress.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["enrolment", "module"],
            update_fields=["screens", "completed_at", "passed_at"],
        )
    return [list(kept[enrolment.pk].values()) for enrolment, _statements in told]


def is_sign(stored: StoredStatement) -> bool:
    """Whether the statement says anything about progress in a module."""
    return stored.moves_progress and _read(stored) is not None


def rebuild(enrolment: Enrolment) -> list[ModuleProgress]:
    """Throws the enrolment's progress away and folds all its statements again. Returns all rows."""
    with transaction.atomic():
        Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        ModuleProgress.objects.filter(enrolment=enrolment).delete()
        return fold(enrolment, queries.of_registration(enrolment.registration, FOLDED_VERBS))


def check(enrolment: Enrolment) -> Findings:
    """Compares what is kept with what its statements say; writes nothing."""
    kept = {row.module: row for row in ModuleProgress.objects.filter(enrolment=enrolment)}
    fresh = folded(enrolment, queries.of_registration(enrolment.registration, FOLDED_VERBS))
    differences = []
    for module in sorted({*kept, *fresh}):
        is_kept, is_folded = _state(kept.get(module)), _state(fresh.get(module))
        if is_kept != is_folded:
            differences.append(f"{enrolment.registration} module {module}: kept {is_kept}, folded {is_folded}.")
    return Findings(differences, _earlier(enrolment, fresh.values()))


def folded(enrolment: Enrolment, statements: Iterable[StoredStatement]) -> dict[UUID, ModuleProgress]:
    """The progress by module that these statements make by themselves; nothing is written."""
    fresh: dict[UUID, ModuleProgress] = {}
    for statement in _about_her(enrolment, statements):
        sign = _sign(enrolment, statement)
        if sign is not None:
            row = fresh.setdefault(sign.module, ModuleProgress(enrolment=enrolment, module=sign.module))
            _apply(sign, row)
    return fresh


def _about_her(enrolment: Enrolment, statements: Iterable[StoredStatement]) -> Iterator[StoredStatement]:
    """What our own pages recorded, and of what clients sent what speaks of the enrolled person under a pseudonym of hers."""
    hers: set[UUID] | None = None
    for stored in statements:
        if stored.client:
            if hers is None:
                hers = set(PersonAlias.objects.filter(person=enrolment.person_id).values_list("uuid", flat=True))
            if pseudonym(stored.statement, base=settings.XAPI_BASE_IRI) not in hers:
                continue
        yield stored


def _earlier(enrolment: Enrolment, fresh: Iterable[ModuleProgress]) -> list[str]:
    """A completion keeps the day on which its rule was first known to be met, even if a late statement tells of an earlier."""
    completion = Completion.objects.standing().filter(enrolment=enrolment).first()
    met_at = completing.met_at(enrolment, fresh)
    if completion is None or met_at is None or met_at >= completion.completed_at:
        return []
    return [f"{enrolment.registration} was completed on {completion.completed_at}; its statements allow {met_at}."]


def _sign(enrolment: Enrolment, stored: StoredStatement) -> Sign | None:
    sign = _read(stored) if stored.moves_progress else None
    outline = enrolment.edition.module(sign.module) if sign else None
    # A module that is not in this edition may come back in a later one: what was done in it is not lost.
    if sign is None or (outline is not None and sign.edition < outline.counts_from):
        return None
    return sign


def _read(stored: StoredStatement) -> Sign | None:
    return read_sign(stored.statement, base=settings.XAPI_BASE_IRI, at=stored.timestamp)


def _apply(sign: Sign, row: ModuleProgress) -> bool:
    """Adds the sign to the row; whether that changed anything."""
    before = _state(row)
    if sign.kind == "seen":
        row.screens = sorted({*row.screens, sign.screen})
    elif sign.kind == "completed":
        row.completed_at = min(row.completed_at or sign.at, sign.at)
    else:
        row.passed_at = min(row.passed_at or sign.at, sign.at)
    return _state(row) != before


def _state(row: ModuleProgress | None) -> tuple | None:
    if row is None:
        return None
    return tuple(row.screens), row.completed_at, row.passed_at
