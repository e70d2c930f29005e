"""The one announcement of the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import Signal


@dataclass(frozen=True)
class StoredStatement:
    """A statement as the rest of the platform sees it. `moves_progress`: whether its sender may move progress with it."""

    seq: int
    id: UUID
    stored: datetime
    timestamp: datetime  # never later than stored
    statement: dict[str, Any]
    moves_progress: bool
    client: str = ""  # key of the client that sent it, empty for our own pages


# Sent inside the storing transaction with `statements`: a tuple of the StoredStatement that are new.
statements_stored = Signal()
