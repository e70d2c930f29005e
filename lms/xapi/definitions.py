"""What is known of an activity, put together from what was said of it (xAPI 1.0.3 Data 2.4.4.1, Communication 2.5)."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]

_MAPS = frozenset({"name", "description", "extensions"})
PATTERN = "correctResponsesPattern"
_INTERACTION = frozenset({"interactionType", PATTERN, "choices", "scale", "source", "target", "steps"})


def merged(parts: Iterable[Json]) -> dict[str, Any]:
    """One definition of all the parts, where a later one wins.

    Language maps and extensions are united; every other member is one value. What belongs to one interaction type is
    never mixed with what belongs to another: a part that names a new type replaces all of the old one.
    """
    found: dict[str, Any] = {}
    for part in parts:
        if "interactionType" in part and part["interactionType"] != found.get("interactionType"):
            found = {name: value for name, value in found.items() if name not in _INTERACTION}
        for name, value in part.items():
            found[name] = {**found.get(name, {}), **value} if name in _MAPS else value
    return found


def activity(activity_id: str, parts: Iterable[Json], *, with_patterns: bool) -> dict[str, Any]:
    """The Activity object, with a definition where something is known; `with_patterns`: the right responses too."""
    definition = merged(parts)
    if not with_patterns:
        definition.pop(PATTERN, None)
    return {"objectType": "Activity", "id": activity_id} | ({"definition": definition} if definition else {})
