"""How errors are written into the log: where and of which kind, never with words that may quote what somebody sent."""

import logging
import traceback
from types import TracebackType

from django.db import Error as DatabaseError

# PostgreSQL repeats the whole row, Python the value that it could not use.
QUOTING = (DatabaseError, ValueError, LookupError, AttributeError, TypeError)

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Formatter(logging.Formatter):
    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802  logging's own name
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            lines = [_told(error), *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nThen:\n".join(lines)


def _told(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    said = "" if _quotes(error) else f": {error}"
    return "".join(traceback.format_tb(error.__traceback__)) + kind + said


def _quotes(error: BaseException) -> bool:
    """Errors of PostgreSQL's driver stand below Django's."""
    return isinstance(error, QUOTING) or type(error).__module__.startswith(("psycopg", "sqlite3"))
