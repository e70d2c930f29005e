"""Sends copies of statements to other record stores, out of an outbox.

What is to be sent is written down in the transaction that stores it; whether a target answers concerns nobody here. Each gets
its statements in the order of storing. Sent twice, a statement does no harm, since it keeps its id.
"""

import base64
import json
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from lms.xapi import sending, sequencing, targets
from lms.xapi.admission import voided_by
from lms.xapi.models import Delivery, Statement, TargetState
from lms.xapi.sending import Answer, NotReached
from lms.xapi.signals import StoredStatement
from lms.xapi.targets import Target

logger = logging.getLogger(__name__)

AT_ONCE = 100  # statements
BYTES_AT_ONCE = 1_000_000
PASS = 45.0  # seconds, after which one pass begins no further batch
LEASE = timedelta(minutes=3)  # longer than one request can take
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)  # pauses after failures, each twice as long as the one before
LONGEST_ASKED_FOR = timedelta(days=1)  # by the target
# The statement is to blame, and not the target: it is set aside. Whatever else goes wrong is tried again.
REFUSED = frozenset({400, 413})
EXISTS = 409
SAID_OF_IT = 300  # bytes of an answer that are kept
SAID = {401: "It does not take the key.", 403: "The key does not reach so far there.", 429: "It asks for patience."}


class _Waiting(NamedTuple):
    delivery: int
    statement: UUID
    body: str
    version: str


class _Failed(Exception):
    """The target, or the way to it, is out of order."""

    def __init__(self, said: str, retry_after: float | None = None) -> None:
        super().__init__(said)
        self.retry_after = retry_after


class _Lost(Exception):
    """The target is left in peace for a while, or somebody else is sending to it."""


def note(statements: Sequence[StoredStatement]) -> None:
    """Writes down who gets which of these new statements, in the transaction that stores them."""
    follows = _voiding_what_was_sent(statements)
    Delivery.objects.bulk_create(
        Delivery(target=target.name, seq=stored.seq)
        for target in targets.configured()
        for stored in statements
        if target.wants(stored.statement) or (target.name, stored.seq) in follows
    )


def forward_all() -> int:
    """One pass over all targets that are due. Says how many statements were delivered."""
    return sum(forward(target) for target in targets.configured())


def forward(target: Target) -> int:
    """Sends what waits for the target, unless somebody else does or it is left in peace. Says how many got there."""
    if not Delivery.objects.waiting().filter(target=target.name).exists():
        return 0
    sender = _Sender(target)
    count, until = 0, time.monotonic() + PASS
    try:
        sender.claim()
        fault = targets.fault_of(target)
        if fault is not None:
            raise _Failed(fault)
        while time.monotonic() < until and (batch := _next_batch(target)):
            count += sender.deliver(batch)
        sender.end()
    except _Failed as failed:
        logger.warning("Forwarding to %s failed: %s", target.name, failed)
        sender.fail(failed)
    except _Lost:
        return count  # the other one goes on from here
    return count


def try_again() -> int:
    """Ends all pauses, and lets what was set aside wait again. Says how many statements that were."""
    TargetState.objects.update(next_try_at=None, failures=0)
    return Delivery.objects.refused().update(refused_at=None, error="")


class _Sender:
    """The one who sends to a target: she holds it by the moment until which she has claimed it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lease: datetime | None = None

    def claim(self) -> None:
        state, _ = TargetState.objects.get_or_create(target=self.target.name)
        self._lease = state.next_try_at
        if self._lease is not None and self._lease > timezone.now():
            raise _Lost
        self._hold(timezone.now() + LEASE)

    def deliver(self, batch: Sequence[_Waiting]) -> int:
        """Sends the batch, and in halves where a statement of it is not taken, so that it stops no other."""
        self._hold(timezone.now() + LEASE)
        answer = _post(self.target, batch)
        if answer.status == HTTPStatus.OK:
            _check_ids(answer, batch)
        elif answer.status not in {*REFUSED, EXISTS}:
            raise _failure(answer)
        elif len(batch) > 1:
            middle = len(batch) // 2
            return self.deliver(batch[:middle]) + self.deliver(batch[middle:])
        elif answer.status in REFUSED:
            _set_aside(batch[0], answer)
            return 0
        now = timezone.now()
        Delivery.objects.filter(pk__in=[waiting.delivery for waiting in batch]).update(delivered_at=now)
        self._hold(self._lease, last_delivery_at=now, failures=0, last_error="")
        return len(batch)

    def end(self) -> None:
        self._hold(None, failures=0, last_error="")

    def fail(self, failed: _Failed) -> None:
        state = TargetState.objects.get(target=self.target.name)
        pause = min(SHORTEST * 2 ** min(state.failures, 20), LONGEST)
        if failed.retry_after is not None:
            pause = timedelta(seconds=min(max(failed.retry_after, 0), LONGEST_ASKED_FOR.total_seconds()))
        self._hold(timezone.now() + pause, failures=state.failures + 1, last_error=str(failed))

    def _hold(self, until: datetime | None, **changes: Any) -> None:
        """An UPDATE that counts: of two who claim the same moment one finds it."""
        mine = TargetState.objects.filter(target=self.target.name, next_try_at=self._lease)
        if not mine.update(next_try_at=until, **changes):
            raise _Lost
        self._lease = until


def _voiding_what_was_sent(statements: Sequence[StoredStatement]) -> set[tuple[str, int]]:
    """Target and number of each statement that voids one which the target gets or has."""
    voiding = {voided: stored.seq for stored in statements if (voided := voided_by(stored.statement)) is not None}
    if not voiding:
        return set()
    numbers = dict(Statement.objects.filter(id__in=voiding).values_list("seq", "id"))
    names = [target.name for target in targets.configured()]
    sent = Delivery.objects.filter(target__in=names, seq__in=numbers).values_list("target", "seq")
    return {(target, voiding[numbers[seq]]) for target, seq in sent}


def _next_batch(target: Target) -> list[_Waiting]:
    """The oldest that wait, of one version of the standard; nothing before which another could still be stored."""
    end = sequencing.first_number(sequencing.consistent_through() + sequencing.MILLISECOND)
    waiting = Delivery.objects.waiting().filter(target=target.name, seq__lt=end).order_by("seq")[:AT_ONCE]
    deliveries = dict(waiting.values_list("seq", "pk"))
    batch: list[_Waiting] = []
    size = 0
    for seq, statement, body, version in _bodies(deliveries):
        size += len(body.encode())
        if batch and (size > BYTES_AT_ONCE or _header(version) != _header(batch[0].version)):
            break
        batch.append(_Waiting(deliveries[seq], statement, body, version))
    return batch


def _bodies(numbers: Iterable[int]) -> Iterator[tuple[int, UUID, str, str]]:
    rows = Statement.objects.filter(seq__in=list(numbers)).order_by("seq")
    return rows.values_list("seq", "id", "body", "version").iterator(chunk_size=10)


def _header(version: str) -> str:
    """A statement of 1.0.3 is taken under either version, one of 2.0 by those only who know it."""
    return "1.0.3" if version.startswith("1.0") else "2.0.0"


def _post(target: Target, batch: Sequence[_Waiting]) -> Answer:
    basic = base64.b64encode(f"{target.key}:{target.secret}".encode()).decode()
    headers = {
        "Authorization": f"Basic {basic}",
        "Content-Type": "application/json",
        "X-Experience-API-Version": _header(batch[0].version),
    }
    body = f"[{','.join(waiting.body for waiting in batch)}]".encode()
    try:
        return sending.post(target.address, body, headers)
    except NotReached as error:
        raise _Failed(str(error)) from error


def _check_ids(answer: Answer, batch: Sequence[_Waiting]) -> None:
    """Whether it says of each statement that it is stored (Communication 2.1.2)."""
    try:
        ids = [UUID(each) for each in json.loads(answer.body)]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _Failed("It answered 200, but not with a list of ids.") from error
    if ids != [waiting.statement for waiting in batch]:
        raise _Failed("It answered 200, but with other ids than were sent.")


def _failure(answer: Answer) -> _Failed:
    said = SAID.get(answer.status, "")
    if answer.status // 100 == 3:
        said = "It leads to another address, which is never followed."
    return _Failed(f"It answered {answer.status}. {said}".strip(), answer.retry_after)


def _set_aside(waiting: _Waiting, answer: Answer) -> None:
    """Kept with what was said of it, for `try_again`."""
    said = " ".join(answer.body[:SAID_OF_IT].decode(errors="replace").replace("\0", " ").split())
    Delivery.objects.filter(pk=waiting.delivery).update(refused_at=timezone.now(), error=f"{answer.status}: {said}")
