"""What the store says of an activity, put together from what statements said (Communication 2.5)."""

from collections.abc import Iterable, Mapping
from typing import Any

_MAPS = ("name", "description", "extensions")
PATTERN = "correctResponsesPattern"


def merged(parts: Iterable[Mapping[str, Any]], *, with_patterns: bool) -> dict[str, Any]:
    """One definition of all parts, of which a later one counts more: languages and extensions are united."""
    made: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            made[name] = {**made.get(name, {}), **value} if name in _MAPS else value
    if not with_patterns:
        made.pop(PATTERN, None)
    return made
