"""Agents and groups (Data 2.4.2), and what may stand as authority (2.4.9)."""

from typing import Any

from lms.xapi.rules.findings import ACTOR, AUTHORITY, Fault, Finding
from lms.xapi.rules.shapes import Check, array, by_object_type, closed, iri, matching, refused, text, word
from lms.xapi.rules.strings import is_mbox, is_sha1

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")


def _count_identifiers(actor: dict[str, Any]) -> int:
    return ("mbox" in actor) + ("mbox_sha1sum" in actor) + ("openid" in actor) + ("account" in actor)


def _has_one_identifier(agent: dict[str, Any]) -> Fault | None:
    return None if _count_identifiers(agent) == 1 else _miscounted("An Agent must have exactly", agent)


def _has_identifier_or_members(group: dict[str, Any]) -> Fault | None:
    count = _count_identifiers(group)
    if count > 1:
        return _miscounted("A Group must have at most", group)
    if count == 0 and "member" not in group:
        return Fault(".member", "A Group without identifier must list its members.", ACTOR)
    return None


def _miscounted(wanted: str, actor: dict[str, Any]) -> Fault:
    found = ", ".join(name for name in IDENTIFIERS if name in actor) or "none"
    return Fault("", f"{wanted} one of {', '.join(IDENTIFIERS)}; this has {found}.", ACTOR)


_IDENTITY: dict[str, Check] = {
    "name": text,
    "mbox": matching(is_mbox, 'an address of the form "mailto:name@example.org"', ACTOR),
    "mbox_sha1sum": matching(is_sha1, "a SHA-1 sum of 40 hex digits", ACTOR),
    "openid": iri,
    "account": closed({"homePage": iri, "name": text}, paragraph=ACTOR, required=("homePage", "name")),
}

agent = closed(
    {
        "objectType": word("Agent", paragraph=ACTOR),
        **_IDENTITY,
        "member": refused('Only a Group has members; set objectType to "Group".', ACTOR),
    },
    paragraph=ACTOR,
    relations=[_has_one_identifier],
)
group = closed(
    {"objectType": word("Group", paragraph=ACTOR), **_IDENTITY, "member": array(agent, paragraph=ACTOR)},
    paragraph=ACTOR,
    required=["objectType"],
    relations=[_has_identifier_or_members],
)
actor = by_object_type({"Agent": agent, "Group": group}, paragraph=ACTOR, default="Agent")


def authority(value: object) -> Fault | None:
    """An Agent, or the anonymous Group of the two Agents that three-legged OAuth knows."""
    fault = actor(value)
    if fault is not None or not isinstance(value, dict) or value.get("objectType") != "Group":
        return fault
    if _count_identifiers(value):
        return Fault("", "A Group as authority must not be identified; leave its identifier out.", AUTHORITY)
    if len(value["member"]) != 2:
        return Fault(".member", f"A Group as authority must have two members, not {len(value['member'])}.", AUTHORITY)
    return None


def check_agent(value: object, *, version: str) -> Finding | None:
    """The first finding about a parameter that must be an Agent or an identified Group, parsed from JSON.

    An anonymous Group is refused, since it identifies nobody (Data 2.4.2.2). Paths start at the agent, `$`.
    """
    fault = actor(value)
    if fault is None and isinstance(value, dict) and not _count_identifiers(value):
        fault = Fault("", f"This Group needs one of {', '.join(IDENTIFIERS)} to be found by.", ACTOR)
    return None if fault is None else fault.named(version)
