"""Which tests `make test` runs on PostgreSQL, too: those of what the two databases may answer differently.

That is (1) what writes: modules in -ing, with their locks, constraints and triggers; (2) what asks the database in words of its
own: sets, trees, dates, JSON, search, pages by keys; (3) migrations, backup, races. Pages, forms, texts, files, rules and drawing
are asked on SQLite only: what they show, they were given.
"""

from pathlib import Path

WRITES = ("ing", "_races", "_at_once")
# What ends so, too: pages, drawing and rules.
WRITES_NO_ROWS = {"rendering", "loading", "landing", "my_learning", "rules_formatting"}
ASKS = {
    *("migrations", "archiving", "crashes", "faults"),
    *("states_of_assignments", "standing_rules", "deadlines", "renewals", "reminders", "versions", "receivers", "questions"),
    *("access", "structures", "standing", "vacancies"),
    *("dates", "explorer", "groups", "joins", "lists", "matrix", "persons", "sheets_by_sql", "store", "team"),
    *("queries", "plans", "definitions", "references", "targets", "views_statements", "views_documents"),
}


def is_stored(path: Path) -> bool:
    """Whether the subject of the tests in this file depends on the database."""
    subject = path.stem.removeprefix("test_")
    return subject in ASKS or (subject.endswith(WRITES) and subject not in WRITES_NO_ROWS)
