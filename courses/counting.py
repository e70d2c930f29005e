"""Counts which choices people take in scenarios, so that nobody can find out what one of them took.

Whoever has the database, its copies and its logs knows when each scenario was completed and by whom. If a counter moved in that
moment, two copies would tell her way. Therefore:

- **In batches.** Runs wait in the memory of the server's process, in no table, file, cache or queue, until BATCH of them are
  there; then their sums are added in one go. So every state of the table is a sum over at least BATCH enrolments (the number
  from which trainers may see numbers at all), and it may be shown as it is. What waits when a process ends is lost: a server
  that is started anew every day counts fewer, and nobody's progress depends on it.
- **By lot.** A batch in which everybody agrees would still tell what each did, and one of BATCH completions and as many
  runs that nobody took the alternative. So one run in four is not counted as it was: nothing, or a way drawn by lot, stands in
  its place (`scenarios.blurred`). Those who do the alternative wait in the same batch.
- **Once.** Only the run with which an enrolment completed the screen: replays are for trying things out, and many of them
  would make one person weigh more than others.
- **Little.** The table knows node and choice, no edition, language, month or way: each of them would cut batches into pieces
  small enough to recognise somebody. Two choices of one way are never kept together.
"""

import logging
import random
import threading
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Case, F, Value, When

from courses.models import ScenarioTally
from courses.scenarios import Scenario, blurred, walk

logger = logging.getLogger(__name__)

BATCH = 20
Took = tuple[str, str]  # keys of a node and of the choice that was taken there

_waiting: dict[tuple[UUID, str], list[list[Took]]] = {}
_lock = threading.Lock()
_chance = random.SystemRandom()


def count(module: UUID, screen: str, scenario: Scenario, choices: Sequence[str] | None) -> None:
    """Takes a run to its batch: keys of the choices, None for the alternative exercise. Never fails for want of a database."""
    run = blurred(scenario, choices, _chance)
    steps = walk(scenario, run).steps if run else ()
    took = [(step.node.key, step.choice.key) for step in steps]
    with _lock:
        runs = _waiting.setdefault((module, screen), [])
        runs.append(took)
        if len(runs) < BATCH:
            return
        del _waiting[module, screen]
    try:
        _add(module, screen, Counter(one for run in runs for one in run))
    except DatabaseError:
        # Her answer is stored already, and a page that failed now would only frighten her.
        logger.exception("A batch of runs of a scenario was not counted.")


def forget() -> None:
    """Drops what waits."""
    with _lock:
        _waiting.clear()


def _add(module: UUID, screen: str, counts: Counter[Took]) -> None:
    if not counts:
        return
    # Sorted, so that the order of rows says nothing about the order of runs.
    rows = [ScenarioTally(module=module, screen=screen, node=node, choice=choice) for node, choice in sorted(counts)]
    more = Case(
        *(When(node=node, choice=choice, then=Value(number)) for (node, choice), number in counts.items()), default=Value(0)
    )
    with transaction.atomic():
        ScenarioTally.objects.bulk_create(rows, ignore_conflicts=True)
        ScenarioTally.objects.filter(module=module, screen=screen).update(count=F("count") + more)
