"""Activities with their definitions and interactions (Data 2.4.4.1), references to statements (2.4.4.3)."""

from typing import Any

from lms.xapi.rules.findings import OBJECT, Fault
from lms.xapi.rules.shapes import Check, array, closed, extensions, iri, language_map, text, uuid, word

_INTERACTION_TYPES = (
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
)
_component = closed({"id": text, "description": language_map}, paragraph=OBJECT, required=["id"])
_component_array = array(_component, paragraph=OBJECT)


def _components(value: object) -> Fault | None:
    fault = _component_array(value)
    if fault is not None or not isinstance(value, list):
        return fault
    seen: set[str] = set()
    for position, component in enumerate(value):
        if component["id"] in seen:
            return Fault(f"[{position}].id", "Each id may stand only once in this list; change it.", OBJECT)
        seen.add(component["id"])
    return None


_INTERACTION: dict[str, Check] = {
    "correctResponsesPattern": array(text, paragraph=OBJECT),
    "choices": _components,
    "scale": _components,
    "source": _components,
    "target": _components,
    "steps": _components,
}


def _names_interaction_type(definition: dict[str, Any]) -> Fault | None:
    if "interactionType" in definition or _INTERACTION.keys().isdisjoint(definition):
        return None
    return Fault(".interactionType", "A definition with responses or components must name its interactionType.", OBJECT)


_definition = closed(
    {
        "name": language_map,
        "description": language_map,
        "type": iri,
        "moreInfo": iri,
        "extensions": extensions,
        "interactionType": word(*_INTERACTION_TYPES, paragraph=OBJECT),
        **_INTERACTION,
    },
    paragraph=OBJECT,
    relations=[_names_interaction_type],
)
activity = closed(
    {"objectType": word("Activity", paragraph=OBJECT), "id": iri, "definition": _definition},
    paragraph=OBJECT,
    required=["id"],
)
statement_reference = closed(
    {"objectType": word("StatementRef", paragraph=OBJECT), "id": uuid},
    paragraph=OBJECT,
    required=["objectType", "id"],
)
