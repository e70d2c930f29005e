"""What readers of evidence see of a statement (permissions.md, note 7): that somebody began, finished or was excused, under which
edition, and who says so. Never an answer, a score, a failure, a duration, a name, or anything else that was sent along."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ADL = "http://adlnet.gov/expapi/verbs/"
CMI5 = "https://w3id.org/xapi/adl/verbs/"
SHOWN = {
    **{f"{ADL}{name}": name for name in ("registered", "completed", "passed", "satisfied", "waived", "voided")},
    **{f"{CMI5}{name}": name for name in ("satisfied", "waived")},
}
TELLS_OF_A_RULE = frozenset({"completed", "passed", "satisfied", "waived"})

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EDITION = re.compile(r"[0-9]{1,5}\.[0-9]{1,5}")
_LINK = re.compile(r"https?://[^/]", re.I)


@dataclass(frozen=True)
class Masked:
    """What is shown of one statement; `plain` is the same as JSON values. Texts are empty where it says nothing fit to show."""

    id: str
    verb: str
    pseudonym: str
    activity: str
    target: str  # id of the statement that is taken back
    edition: str
    registration: str
    authority: str  # "platform", or "client:" and its key
    rule_met: bool | None  # None where the verb tells of no rule
    plain: dict[str, Any] = field(repr=False)

    @property
    def link(self) -> str:
        """The activity where it is an address of the web, and may become a link."""
        return self.activity if _LINK.match(self.activity) else ""

    @property
    def text(self) -> str:
        return json.dumps(self.plain, ensure_ascii=False, indent=2)


def mask(statement: Mapping[str, Any], *, base: str, digest: str, is_voided: bool = False) -> Masked | None:
    """The visible part of a statement that `lms.xapi.rules` let pass; None for a statement of which nothing may be seen.

    `base` is the IRI under which our people and courses are named, `digest` the SHA-256 of the content in hex digits.
    """
    verb = SHOWN.get(statement["verb"]["id"])
    if verb is None or _is_inside_a_module(statement["object"], base):
        return None
    context = statement.get("context", {})
    shown = {
        "id": statement["id"].lower(),
        "verb": verb,
        "pseudonym": _fit(_UUID, _account(statement["actor"], base)),
        "activity": _activity(statement["object"]),
        "target": statement["object"]["id"].lower() if verb == "voided" else "",
        "edition": _fit(_EDITION, context.get("revision", "")),
        "registration": context.get("registration", "").lower(),
        "authority": _account(statement.get("authority", {}), base),
        "rule_met": _rule_met(verb, statement.get("result", {}), is_voided=is_voided),
    }
    times = {name: statement[name] for name in ("timestamp", "stored")}
    return Masked(**shown, plain=_plain(shown, statement["verb"]["id"], base) | times | {"hash": digest})


def _plain(shown: Mapping[str, Any], verb_id: str, base: str) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": shown["id"], "verb": {"id": verb_id}}
    for name, account in (("actor", "pseudonym"), ("authority", "authority")):
        if shown[account]:
            plain[name] = {"objectType": "Agent", "account": {"homePage": base, "name": shown[account]}}
    if shown["target"]:
        plain["object"] = {"objectType": "StatementRef", "id": shown["target"]}
    elif shown["activity"]:
        plain["object"] = {"objectType": "Activity", "id": shown["activity"]}
    context = {name: shown[key] for name, key in (("registration", "registration"), ("revision", "edition")) if shown[key]}
    if context:
        plain["context"] = context
    if shown["rule_met"] is not None:
        plain["ruleMet"] = shown["rule_met"]
    return plain


def _account(agent: Mapping[str, Any], base: str) -> str:
    """The name of an account of ours; addresses and other identities of people are not shown."""
    account = agent.get("account", {})
    return account.get("name", "") if account.get("homePage") == base and agent.get("objectType", "Agent") == "Agent" else ""


def _activity(thing: Mapping[str, Any]) -> str:
    return thing["id"] if thing.get("objectType", "Activity") == "Activity" else ""


def _is_inside_a_module(thing: Mapping[str, Any], base: str) -> bool:
    """Questions, screens and steps of a scenario: whoever passes or completes one of them has answered something."""
    definition = thing.get("definition", {})
    place = thing.get("id", "")
    is_ours = place.startswith(f"{base}/") and not re.fullmatch(r"(courses|modules)/[^/]+", place.removeprefix(f"{base}/"))
    return is_ours or "interactionType" in definition or definition.get("type", "").endswith("/cmi.interaction")


def _rule_met(verb: str, result: Mapping[str, Any], *, is_voided: bool) -> bool | None:
    if verb not in TELLS_OF_A_RULE:
        return None
    return not is_voided and result.get("success", True) and result.get("completion", True)


def _fit(form: re.Pattern[str], text: str) -> str:
    return text if form.fullmatch(text) else ""
