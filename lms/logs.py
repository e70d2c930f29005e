"""What stands in the log: where something happened and of which kind, never with words that may quote what somebody sent.

A line names the route of an address and not the address, which may hold a code or a secret, and it names nobody: beside the
minute at which she wrote, even a pseudonym would tell who sent what.
"""

import logging
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from django.core.mail import mail_admins
from django.db import Error as DatabaseError
from pythonjsonlogger.json import JsonFormatter

from lms import limits

# PostgreSQL repeats the whole row, Python the value that it could not use.
QUOTING = (DatabaseError, ValueError, LookupError, AttributeError, TypeError)
# What a line of JSON may hold; anything else that a library adds stays out.
FIELDS = ("timestamp", "level", "logger", "message", "exc_info", "request_id", "method", "route", "status", "ms")
NOWHERE = "no page"
MAILS_EVERY = 600  # seconds between two mails about errors of one route

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# The request that this thread answers.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class Formatter(logging.Formatter):
    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802  logging's own name
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            lines = [_told(error), *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nThen:\n".join(lines)


class JsonLines(Formatter, JsonFormatter):
    """One object a line, for whoever collects logs."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: log_data[name] for name in FIELDS if log_data.get(name) not in (None, "")}


class Discretion(logging.Filter):
    """Puts the route in the place of the path, tells errors as they may be told, and says which request it was."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        if isinstance(record.msg, BaseException):
            record.msg, record.args = "%s", (record.msg,)
        if isinstance(record.args, tuple):
            record.args = tuple(_named(said) if isinstance(said, BaseException) else said for said in record.args)
        request = record.__dict__.get("request")
        if isinstance(record.args, tuple) and request is not None and hasattr(request, "path"):
            route = route_of(request)
            record.args = tuple(route if said == request.path else said for said in record.args)
            record.__dict__.setdefault("route", route)
        return True


class ErrorMail(logging.Handler):
    """Tells ADMINS of an error: where, of which kind and in which request. Once in ten minutes for each route."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            route = record.__dict__.get("route", record.name)
            if limits.take(f"error-mail:{route}", tries=1, seconds=MAILS_EVERY):
                mail_admins(f"Error: {route}"[:200], f"{self.format(record)}\n\nRequest {request_id.get() or 'none'}\n")
        except Exception:  # noqa: BLE001  a log that cannot be written must not break what it tells of
            self.handleError(record)


def route_of(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return (match and match.view_name) or NOWHERE


def _told(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__)) + _named(error)


def _named(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return kind if _quotes(error) else f"{kind}: {error}"


def _quotes(error: BaseException) -> bool:
    """Errors of PostgreSQL's driver stand below Django's."""
    return isinstance(error, QUOTING) or type(error).__module__.startswith(("psycopg", "sqlite3"))
