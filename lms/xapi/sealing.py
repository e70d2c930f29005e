"""Seals the days that are over, so that nobody can change the past unseen."""

from django.utils import timezone

from lms.xapi import queries, verification
from lms.xapi.models import Seal


def seal_complete_days() -> int:
    """Seals each day in UTC that is complete and has no seal yet, the oldest first, days without statements too. Says how many.

    Safe to repeat, and to stop at any point: a complete day never changes, and each seal is kept by itself.
    """
    due = verification.complete_days()
    if due is None:
        return 0
    day, last = due
    newest = Seal.objects.order_by("-day").first()
    previous = verification.FIRST
    if newest is not None:
        day, previous = newest.day + verification.DAY, newest.digest
    count = 0
    while day <= last:
        ends = verification.first_of(day), verification.first_of(day + verification.DAY)
        made = verification.seal_of(day, previous, queries.chunks_in_order(*ends, "id", "body"))
        # Somebody else may seal the same day: the row that is there counts.
        values = {"count": made.count, "digest": made.digest, "made_at": timezone.now()}
        seal, _ = Seal.objects.get_or_create(day=day, defaults=values)
        day, previous, count = day + verification.DAY, seal.digest, count + 1
    return count
