"""Statements in the form in which somebody asks for them (Communication 2.1.3; IEEE 9274.1.1 4.1.6.1). Nothing here changes what
it is given, and everything expects statements that `rules.check` let pass."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from lms.xapi.rules import in_utc

Json: TypeAlias = dict[str, Any]
Pick: TypeAlias = Callable[[Mapping[str, str]], dict[str, str]]

_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_COMPONENTS = ("choices", "scale", "source", "target", "steps")
_RANGE = re.compile(r"\s*([A-Za-z0-9*-]{1,40})\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")
_PARTIES = ("instructor", "team")
_ONLY_2_0 = ("contextAgents", "contextGroups")


def ids(statement: Mapping[str, Any]) -> Json:
    """Agents, activities and verbs by no more than what identifies them; anonymous groups with their members."""
    made = _mapped(statement, party=_identified, activity=_only_id)
    made["verb"] = {"id": statement["verb"]["id"]}
    if made["object"].get("objectType") == "SubStatement":
        made["object"] = ids(statement["object"])
    return made


def canonical(statement: Mapping[str, Any], *, pick: Pick, definitions: Mapping[str, Mapping[str, Any]]) -> Json:
    """Activities with the definition that the store knows (by id), and each language map in one language."""

    def activity(given: Mapping[str, Any]) -> Json:
        known = definitions.get(given["id"], given.get("definition"))
        return {**given, "definition": in_one_language(known, pick)} if known is not None else dict(given)

    made = _mapped(statement, party=dict, activity=activity)
    if "display" in statement["verb"]:
        made["verb"] = {**statement["verb"], "display": pick(statement["verb"]["display"])}
    if made["object"].get("objectType") == "SubStatement":
        made["object"] = canonical(statement["object"], pick=pick, definitions=definitions)
    return made


def activities(statement: Mapping[str, Any]) -> set[str]:
    """The ids of all activities that stand in a statement."""
    found: set[str] = set()

    def note(activity: Mapping[str, Any]) -> Json:
        found.add(activity["id"])
        return dict(activity)

    _mapped(statement, party=dict, activity=note)
    return found | (activities(statement["object"]) if statement["object"].get("objectType") == "SubStatement" else set())


def in_one_language(definition: Mapping[str, Any], pick: Pick) -> Json:
    """An activity definition with one language in each of its maps."""
    made = dict(definition)
    for name in ("name", "description"):
        if name in made:
            made[name] = pick(made[name])
    for name in _COMPONENTS:
        if name in made:
            made[name] = [
                {**part, "description": pick(part["description"])} if "description" in part else part for part in made[name]
            ]
    return made


def picker(accept_language: str) -> Pick:
    """Chooses one language of a map by an Accept-Language header: the best that is there, else the first (RFC 4647 3.4)."""
    wanted = _wanted(accept_language)

    def pick(words: Mapping[str, str]) -> dict[str, str]:
        tags = {tag.lower(): tag for tag in reversed(list(words))}
        for language in wanted:
            for tag in _narrowing(language):
                found = tags.get(tag) or next((one for low, one in sorted(tags.items()) if low.startswith(f"{tag}-")), None)
                if found is not None:
                    return {found: words[found]}
        return dict(list(words.items())[:1])

    return pick


def settled(statement: Mapping[str, Any]) -> Json:
    """The members of a statement that a store writes its own way: timestamps in UTC (Data 4.5; IEEE 9274.1.1 4.2.7), arrays
    around a related activity that stands by itself (Data 2.4.6.2)."""
    made: Json = {}
    if "timestamp" in statement and (moment := in_utc(statement["timestamp"])) != statement["timestamp"]:
        made["timestamp"] = moment
    context = statement.get("context", {})
    related = context.get("contextActivities", {})
    if any(isinstance(given, dict) for given in related.values()):
        arrays = {name: given if isinstance(given, list) else [given] for name, given in related.items()}
        made["context"] = {**context, "contextActivities": arrays}
    if statement["object"].get("objectType") == "SubStatement" and (inner := settled(statement["object"])):
        made["object"] = {**statement["object"], **inner}
    return made


def as_older(statement: Mapping[str, Any]) -> Json:
    """A statement of 2.0 as a client of 1.0.3 can read it: it never heard of agents and groups of the context."""
    made = {**statement}
    if "version" in made:
        made["version"] = "1.0.0"
    if "context" in made:
        made["context"] = {name: value for name, value in made["context"].items() if name not in _ONLY_2_0}
    if made["object"].get("objectType") == "SubStatement":
        made["object"] = as_older(made["object"])
    return made


def _mapped(statement: Mapping[str, Any], *, party: Callable[..., Json], activity: Callable[..., Json]) -> Json:
    """A copy in which each agent, group and activity outside a sub-statement went through the functions."""
    made = {**statement, "actor": party(statement["actor"])}
    kind = statement["object"].get("objectType", "Activity")
    if kind == "Activity":
        made["object"] = activity(statement["object"])
    elif kind in {"Agent", "Group"}:
        made["object"] = party(statement["object"])
    if "authority" in statement:
        made["authority"] = party(statement["authority"])
    if "context" in statement:
        made["context"] = _mapped_context(statement["context"], party, activity)
    return made


def _mapped_context(context: Mapping[str, Any], party: Callable[..., Json], activity: Callable[..., Json]) -> Json:
    made = dict(context)
    for name in _PARTIES:
        if name in made:
            made[name] = party(made[name])
    for name, inner in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in made:
            made[name] = [{**entry, inner: party(entry[inner])} for entry in made[name]]
    if "contextActivities" in made:
        made["contextActivities"] = {
            name: [activity(one) for one in (given if isinstance(given, list) else [given])]
            for name, given in made["contextActivities"].items()
        }
    return made


def _identified(party: Mapping[str, Any]) -> Json:
    made = {name: party[name] for name in ("objectType", *_IDENTIFIERS) if name in party}
    if not any(name in party for name in _IDENTIFIERS):
        made["member"] = [_identified(member) for member in party["member"]]
    return made


def _only_id(activity: Mapping[str, Any]) -> Json:
    return {"id": activity["id"]}


def _wanted(accept_language: str) -> Sequence[str]:
    """The language ranges of the header, best first; what cannot be read is passed over."""
    found: list[tuple[float, int, str]] = []
    for part in accept_language.split(",")[:50]:
        read = _RANGE.fullmatch(part)
        if read is not None and read[1] != "*" and (quality := float(read[2] or 1)) > 0:
            found.append((-quality, len(found), read[1].lower()))
    return [language for _, _, language in sorted(found)]


def _narrowing(language: str) -> list[str]:
    """The tag itself, and the shorter ones behind which it may be found: zh-hant-tw, zh-hant, zh."""
    parts = language.split("-")
    return ["-".join(parts[:end]) for end in range(len(parts), 0, -1)]
