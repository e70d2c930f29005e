"""Brings what was stored into progress and completions.

On our own pages an error fails the request. What a client sent stays stored whatever happens: each enrolment is folded by itself,
and what fails is kept as a row and tried again by a job.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils import timezone

from courses import completing, tracking
from courses.completing import Stand
from courses.models import Enrolment, FoldFault
from lms.days import today
from lms.xapi.signals import StoredStatement

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent
MOST_AT_ONCE = 500  # faults that one run of the job tries again


def take_in(enrolment: Enrolment, statements: Iterable[StoredStatement], *, is_corrected: bool) -> None:
    """Folds the statements into a locked enrolment, all of them anew where something was taken back, and completes it where its
    rule is met."""
    rows = tracking.rebuild(enrolment) if is_corrected else tracking.fold(enrolment, statements)
    completing.complete_if_met(enrolment, rows)


def take_in_all(told: Sequence[tuple[Enrolment, Sequence[StoredStatement]]]) -> None:
    """The same for what our own pages told of many locked enrolments, with nothing taken back: what they tell of the past is
    completed as of then."""
    stands = [
        Stand(enrolment, rows, max(stored.timestamp for stored in statements))
        for (enrolment, statements), rows in zip(told, tracking.fold_all(told), strict=True)
    ]
    completing.complete_all(stands)


def take_in_from_outside(enrolment: Enrolment, statements: Iterable[StoredStatement], *, is_corrected: bool) -> None:
    """The same for what a client sent: an error is kept, and undoes this one enrolment only."""
    told = list(statements)
    sent = [stored.id for stored in told]
    attempt(enrolment.registration, sent, lambda: take_in(enrolment, told, is_corrected=is_corrected))


def attempt(registration: UUID, statements: Iterable[UUID], act: Callable[[], object]) -> bool:
    """Does what changes one enrolment in a savepoint, within the caller's transaction; whether it went well.

    A lost connection and a deadlock are not kept: the whole batch fails, or is stored again.
    """
    try:
        with transaction.atomic():
            act()
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("Statements of registration %s were stored and not folded.", registration)
        _keep(registration, statements, error)
        return False
    return True


def retry_faults() -> str:
    """Tries again what could not be folded, each enrolment in a transaction of its own. Returns what the job reports."""
    waiting = list(FoldFault.objects.open().order_by("at").values_list("registration", flat=True)[:MOST_AT_ONCE])
    mended = sum(_retry(registration) for registration in waiting)
    return f"{mended} of {len(waiting)} mended"


def _retry(registration: UUID) -> bool:
    with transaction.atomic():
        enrolment = Enrolment.objects.locked(today()).get(registration=registration)
        is_mended = attempt(registration, [], lambda: take_in(enrolment, [], is_corrected=True))
        if is_mended:
            FoldFault.objects.open().filter(registration=registration).update(resolved_at=timezone.now())
    return is_mended


def _keep(registration: UUID, statements: Iterable[UUID], error: Exception) -> None:
    """One open row an enrolment, under the enrolment's lock."""
    names = [str(statement) for statement in statements]
    fault = FoldFault.objects.open().filter(registration=registration).first()
    if fault is None:
        fault = FoldFault(registration=registration, statements=[], at=timezone.now(), tries=0)
    fault.statements = sorted({*fault.statements, *names})
    fault.kind, fault.place = type(error).__qualname__[:120], _place(error)[:200]
    fault.tries += 1
    fault.save()


def _place(error: Exception) -> str:
    """Where in our own code it happened."""
    *_, last = [step for step in traceback.extract_tb(error.__traceback__) if HERE in Path(step.filename).parents]
    return f"{Path(last.filename).relative_to(HERE.parent)}:{last.lineno} {last.name}"
