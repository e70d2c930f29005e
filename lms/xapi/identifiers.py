"""One canonical text, and one 64-bit key, for whatever a statement can be looked up by.

Everything here expects statements that `rules.check` let pass.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from json.encoder import encode_basestring
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]

# Each sub-statement and each anonymous group is like no other, so no look-up can name it (Data 2.4.2.2).
SUB_STATEMENT = "sub-statement:"
ANONYMOUS_GROUP = "anonymous-group:"

_DIRECT = frozenset({"actor", "member", "object"})
_RELATIONS = ("parent", "grouping", "category", "other")


@lru_cache(maxsize=1 << 14)
def key(identifier: str) -> int:
    """The first 64 bits of BLAKE2b over the UTF-8 text, as a signed integer, the same everywhere and always.

    Keys can collide: compare the identifiers themselves before relying on one match. Raises
    UnicodeEncodeError for a lone surrogate.
    """
    return int.from_bytes(blake2b(identifier.encode(), digest_size=8).digest(), "big", signed=True)


def agent_identifier(actor: Json) -> str | None:
    """The inverse functional identifier of an Agent or Group, its kind in front; None for an anonymous one.

    Name, objectType and members do not count, nor does the case of an address's domain or of a hash
    (xAPI 1.0.3 Data 2.4.2.3). Raises KeyError for an account without homePage or name.
    """
    if "account" in actor:
        account = actor["account"]
        return f"account:[{encode_basestring(account['homePage'])}, {encode_basestring(account['name'])}]"
    if "mbox" in actor:
        local, _, domain = actor["mbox"].rpartition("@")
        return f"mbox:{local}@{domain.lower()}"
    if "mbox_sha1sum" in actor:
        return f"sha1:{actor['mbox_sha1sum'].lower()}"
    return f"openid:{actor['openid']}" if "openid" in actor else None


def activity_identifier(activity_id: str) -> str:
    """IRIs are compared letter by letter (xAPI 1.0.3 Data 3.1), so the id stays as it is."""
    return f"activity:{activity_id}"


def verb_identifier(verb_id: str) -> str:
    """IRIs are compared letter by letter (xAPI 1.0.3 Data 3.1), so the id stays as it is."""
    return f"verb:{verb_id}"


def statement_identifier(uuid_text: str) -> str:
    """A UUID is the same in either case (RFC 4122, 3)."""
    return f"statement:{uuid_text.lower()}"


def object_identifier(statement_object: Json) -> str:
    """The identifier of a statement's object of any kind (xAPI 1.0.3 Data 2.4.4).

    All sub-statements share one constant, all anonymous groups another. Raises KeyError for an Activity or
    StatementRef without id.
    """
    kind = statement_object.get("objectType", "Activity")
    if kind == "Activity":
        return activity_identifier(statement_object["id"])
    if kind == "StatementRef":
        return statement_identifier(statement_object["id"])
    if kind == "SubStatement":
        return SUB_STATEMENT
    return agent_identifier(statement_object) or ANONYMOUS_GROUP


def is_under(iri: str, prefix: str) -> bool:
    """Whether an IRI is the prefix itself or goes on below it; …/courses/10 is not under …/courses/1. Nothing is under "".

    No part is normalised: IRIs are compared letter by letter (xAPI 1.0.3 Data 3.1).
    """
    if not prefix or not iri.startswith(prefix):
        return False
    ends_in_separator = not prefix[-1].isalnum()
    return ends_in_separator or iri == prefix or iri[len(prefix)] in "/?#"


def homes(identifier: str) -> list[str]:
    """The IRIs that an agent identifier holds: the homePage of an account, an openid; an address or a hash has none."""
    kind, _, rest = identifier.partition(":")
    if kind == "account":
        return json.loads(rest)[:1]
    return [rest] if kind == "openid" else []


def links(statement: Json) -> set[tuple[int, str]]:
    """Every (key, part) to find the statement by (xAPI 1.0.3 Communication 2.1.3; IEEE 9274.1.1 4.1.6.1).

    Parts: actor, member (of a group that is actor or object), object, authority, instructor, team, parent,
    grouping, category, other, context-agent, context-group; the last two and instructor, team and authority
    hold the members of groups too. What stands inside a SubStatement has "sub-" in front of its part. No link
    is made for what cannot be looked up: a sub-statement itself, an anonymous group itself.
    """
    found = set(_parts(statement))
    if statement["object"].get("objectType") == "SubStatement":
        found.update((identifier, f"sub-{part}") for identifier, part in _parts(statement["object"]))
    return {(key(identifier), part) for identifier, part in found}


def registration_identifier(uuid_text: str) -> str:
    """A UUID is the same in either case (RFC 4122, 3)."""
    return f"registration:{uuid_text.lower()}"


def finding_keys(statement: Json) -> dict[int, bool]:
    """Every key by which GET finds the statement, and whether it does so directly (xAPI 1.0.3 Communication 2.1.3).

    Directly: actor, members of a group that is actor or object, object, verb and registration. Else only where related
    agents or activities are asked for. The authority is left out: the store fills it in and knows whose each is.
    """
    found: dict[int, bool] = {key(verb_identifier(statement["verb"]["id"])): True}
    registration = statement.get("context", {}).get("registration")
    if registration:
        found[key(registration_identifier(registration))] = True
    for identifier, part in _parts(statement):
        if part != "authority":
            of_it = key(identifier)
            found[of_it] = found.get(of_it, False) or part in _DIRECT
    if statement["object"].get("objectType") == "SubStatement":
        for identifier, _ in _parts(statement["object"]):
            found.setdefault(key(identifier), False)
    return found


def agents(statement: Json) -> set[tuple[int, str]]:
    """Key and identifier of the actor, and of the object where it is an agent or group; anonymous groups have none."""
    parties = [statement["actor"]]
    if statement["object"].get("objectType") in ("Agent", "Group"):
        parties.append(statement["object"])
    found = [identifier for party in parties if (identifier := agent_identifier(party))]
    return {(key(identifier), identifier) for identifier in found}


def definitions(statement: Json) -> Iterator[tuple[int, str, Json]]:
    """Key, id and definition of each activity that the statement defines, wherever it stands."""
    for holder in (statement, statement["object"]):
        if holder is statement or statement["object"].get("objectType") == "SubStatement":
            for activity in _activities(holder):
                if "definition" in activity:
                    yield key(activity_identifier(activity["id"])), activity["id"], activity["definition"]


def _activities(statement: Json) -> Iterator[Json]:
    if statement["object"].get("objectType", "Activity") == "Activity":
        yield statement["object"]
    for related in statement.get("context", {}).get("contextActivities", {}).values():
        yield from _as_list(related)


def _parts(statement: Json) -> Iterator[tuple[str, str]]:
    yield from _party(statement["actor"], "actor", "member")
    yield from _object_parts(statement["object"])
    if "authority" in statement:
        yield from _party(statement["authority"], "authority", "authority")
    if "context" in statement:
        yield from _context_parts(statement["context"])


def _object_parts(statement_object: Json) -> Iterator[tuple[str, str]]:
    kind = statement_object.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        yield from _party(statement_object, "object", "member")
    elif kind != "SubStatement":
        yield object_identifier(statement_object), "object"


def _context_parts(context: Json) -> Iterator[tuple[str, str]]:
    for part in ("instructor", "team"):
        if part in context:
            yield from _party(context[part], part, part)
    for name, part, party in (
        ("contextAgents", "context-agent", "agent"),
        ("contextGroups", "context-group", "group"),
    ):
        for entry in context.get(name, ()):
            yield from _party(entry[party], part, part)
    related = context.get("contextActivities", {})
    for part in _RELATIONS:
        for activity in _as_list(related.get(part, [])):
            yield activity_identifier(activity["id"]), part


def _party(actor: Json, part: str, member_part: str) -> Iterator[tuple[str, str]]:
    identifier = agent_identifier(actor)
    if identifier is not None:
        yield identifier, part
    for member in actor.get("member", ()):
        yield from _party(member, member_part, member_part)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
