"""Contexts (Data 2.4.6), with the agents and groups that IEEE 9274.1.1 4.2.2.5 added."""

from lms.xapi.rules.activities import activity, statement_reference
from lms.xapi.rules.actors import actor, agent, group
from lms.xapi.rules.findings import CONTEXT, Fault
from lms.xapi.rules.shapes import Check, array, closed, extensions, iri, language_tag, text, uuid, word

_activity_array = array(activity, paragraph=CONTEXT)


def _activities(value: object) -> Fault | None:
    return _activity_array(value) if isinstance(value, list) else activity(value)


def _related(kind: str, name: str, party: Check) -> Check:
    """An array of objects that name one agent or group and the types of activity to which it matters."""
    entry = closed(
        {
            "objectType": word(kind, paragraph=CONTEXT),
            name: party,
            "relevantTypes": array(iri, paragraph=CONTEXT, at_least=1),
        },
        paragraph=CONTEXT,
        required=["objectType", name],
    )
    return array(entry, paragraph=CONTEXT)


_FIRST: dict[str, Check] = {
    "registration": uuid,
    "instructor": actor,
    "team": group,
    "contextActivities": closed(dict.fromkeys(("parent", "grouping", "category", "other"), _activities), paragraph=CONTEXT),
    "revision": text,
    "platform": text,
    "language": language_tag,
    "statement": statement_reference,
    "extensions": extensions,
}
_SECOND: dict[str, Check] = {
    **_FIRST,
    "contextAgents": _related("contextAgent", "agent", agent),
    "contextGroups": _related("contextGroup", "group", group),
}

context = {"1.0.3": closed(_FIRST, paragraph=CONTEXT), "2.0.0": closed(_SECOND, paragraph=CONTEXT)}
