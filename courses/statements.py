"""What somebody did in a course, written as xAPI statements. Verbs are ADL's, as cmi5 uses them.

No statement holds a name, an address, a free text, a reflection, a skip or a quick exit; none holds the key of a question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

ADL_VERBS = "http://adlnet.gov/expapi/verbs/"
CMI5_VERBS = "https://w3id.org/xapi/adl/verbs/"
CMI5_REASON = "https://w3id.org/xapi/cmi5/result/extensions/reason"
ADL_ACTIVITIES = "http://adlnet.gov/expapi/activities/"
VERBS = ("registered", "launched", "experienced", "answered", "completed", "passed", "failed")

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Statement = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """What all statements of one enrolment share.

    `secret` is the enrolment's own namespace: statement ids cannot be computed without it. `edition` is "major.minor",
    `structure` the code of the structure in which the person serves on the day, empty where she serves in none.
    """

    base: str
    actor: UUID
    registration: UUID
    secret: UUID
    course: UUID
    edition: str
    language: str
    structure: str
    now: datetime


def verb_id(name: str) -> str:
    return ADL_VERBS + name


def postponed_id(base: str) -> str:
    return f"{base}/verbs/postponed"


def course_id(base: str, course: UUID) -> str:
    return f"{base}/courses/{course}"


def module_id(base: str, module: UUID) -> str:
    return f"{base}/modules/{module}"


def screen_id(base: str, module: UUID, screen: str) -> str:
    return f"{base}/modules/{module}/screens/{screen}"


def question_id(base: str, question: UUID) -> str:
    return f"{base}/questions/{question}"


def guide_id(base: str, guide: UUID) -> str:
    return f"{base}/guides/{guide}"


def term_id(base: str, term: str) -> str:
    return f"{base}/terms/{term}"


def registered(ground: Ground, *, title: str) -> Statement:
    return _statement(ground, "registered", _course(ground, title))


def launched(ground: Ground, *, module: UUID, title: str, attempt: int = 0) -> Statement:
    return _statement(ground, "launched", _module(ground, module, title), attempt=attempt, parents=[_course(ground)])


def experienced(ground: Ground, *, module: UUID, screen: str, title: str) -> Statement:
    return _in_module(ground, "experienced", _screen(ground, module, screen, title), module)


def looked_up(ground: Ground, *, module: UUID, what: str, title: str) -> Statement:
    """`what` is the id of a guide or of a term."""
    return _in_module(ground, "experienced", _activity(what, "link", title, ground.language), module)


def screen_completed(ground: Ground, *, module: UUID, screen: str, title: str) -> Statement:
    """The scenario of a screen came to an end, whichever, or its alternative was done: nothing in here tells them apart."""
    return _in_module(ground, "completed", _screen(ground, module, screen, title), module, result={"completion": True})


def answered(
    ground: Ground,
    *,
    module: UUID,
    question: UUID,
    prompt: str,
    interaction: str,
    response: str,
    is_right: bool | None,
    attempt: int,
    try_number: int,
) -> Statement:
    """`is_right` is None where nothing is right or wrong."""
    activity = _activity(question_id(ground.base, question), "cmi.interaction", prompt, ground.language)
    activity["definition"]["interactionType"] = interaction
    result: Statement = {"response": response} if is_right is None else {"success": is_right, "response": response}
    return _in_module(ground, "answered", activity, module, attempt=attempt, try_number=try_number, result=result)


def module_completed(ground: Ground, *, module: UUID, title: str, attempt: int = 0) -> Statement:
    return _statement(
        ground,
        "completed",
        _module(ground, module, title),
        attempt=attempt,
        parents=[_course(ground)],
        result={"completion": True},
    )


def module_tested_out(ground: Ground, *, module: UUID, title: str) -> Statement:
    """A module that is only read is done, since she passed the quiz before reading it; the mark says so."""
    statement = module_completed(ground, module=module, title=title)
    marks = statement["context"].setdefault("extensions", {})
    marks[f"{ground.base}/extensions/test-out"] = True
    return statement


def module_judged(ground: Ground, *, module: UUID, title: str, attempt: int, is_passed: bool, scaled: float) -> Statement:
    return _statement(
        ground,
        "passed" if is_passed else "failed",
        _module(ground, module, title),
        attempt=attempt,
        parents=[_course(ground)],
        result={"success": is_passed, "score": {"scaled": scaled}},
    )


def course_completed(ground: Ground, *, title: str, attempt: int = 0) -> Statement:
    """`attempt` counts the completions of the same enrolment that were withdrawn before."""
    return _statement(ground, "completed", _course(ground, title), attempt=attempt, result={"completion": True})


def course_credited(ground: Ground, *, title: str, source: str, attempt: int = 0) -> Statement:
    """Completed before this platform, elsewhere or on paper, as `source` says; the timestamp is noon of the day."""
    statement = course_completed(ground, title=title, attempt=attempt)
    statement["context"].setdefault("extensions", {})[f"{ground.base}/extensions/source"] = source
    return statement


def waived(
    base: str, actor: UUID, course: UUID, *, title: str, language: str, reason: str, statement_id: UUID, now: datetime
) -> Statement:
    """Somebody need not take a course: cmi5 (9.3.7, 9.5.5.2), `reason` is one of its words. Nothing of the person is told."""
    return {
        "id": str(statement_id),
        "actor": {"objectType": "Agent", "account": {"homePage": base, "name": str(actor)}},
        "verb": {"id": f"{CMI5_VERBS}waived", "display": {"en": "waived"}},
        "object": _activity(course_id(base, course), "course", title, language),
        "result": {"success": True, "completion": True, "extensions": {CMI5_REASON: reason}},
        "context": {"contextActivities": {"category": [{"id": f"{base}/profile"}]}},
        "timestamp": _written(now),
    }


def postponed(
    base: str, actor: UUID, course: UUID, *, title: str, language: str, due_on: date, statement_id: UUID, now: datetime
) -> Statement:
    """A course is due for somebody on that day and not before. No list of verbs has one for this, so it is our own."""
    return {
        "id": str(statement_id),
        "actor": {"objectType": "Agent", "account": {"homePage": base, "name": str(actor)}},
        "verb": {"id": postponed_id(base), "display": {"en": "postponed"}},
        "object": _activity(course_id(base, course), "course", title, language),
        "result": {"extensions": {f"{base}/extensions/due": due_on.isoformat()}},
        "context": {"contextActivities": {"category": [{"id": f"{base}/profile"}]}},
        "timestamp": _written(now),
    }


def voided(base: str, target: UUID, *, platform: str, statement_id: UUID, now: datetime) -> Statement:
    """The platform itself takes a statement back; who decided it stands in the access log."""
    return {
        "id": str(statement_id),
        "actor": {"objectType": "Agent", "account": {"homePage": base, "name": platform}},
        "verb": {"id": verb_id("voided"), "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": str(target)},
        "timestamp": _written(now),
    }


@dataclass(frozen=True)
class Sign:
    """What a statement says about progress: a screen seen, or its scenario completed, which is the same to progress (`screen`
    set); or a module completed or passed."""

    kind: str  # "seen", "completed" or "passed"
    module: UUID
    screen: str
    edition: tuple[int, int]
    at: datetime


def read_sign(statement: Statement, *, base: str, at: datetime) -> Sign | None:
    """The sign of progress in a statement of ours, None in any other. `at` is its timestamp as the store counts it."""
    verb = statement["verb"]["id"].removeprefix(ADL_VERBS)
    kind = {"experienced": "seen", "completed": "completed", "passed": "passed"}.get(verb)
    place = statement["object"].get("id", "")
    if kind is None or not place.startswith(f"{base}/modules/"):
        return None
    module, _, screen = place.removeprefix(f"{base}/modules/").partition("/screens/")
    edition = parse_edition(statement.get("context", {}).get("revision", ""))
    kind = "seen" if screen and kind == "completed" else kind
    if (kind == "seen") != bool(screen) or edition is None or not UUID_FORM.fullmatch(module):
        return None
    return Sign(kind, UUID(module), screen, edition, at)


def pseudonym(statement: Statement, *, base: str) -> UUID | None:
    """Under which pseudonym of ours a statement speaks of one person; None where its actor is anything else."""
    actor = statement["actor"]
    account = actor.get("account", {})
    is_ours = actor.get("objectType", "Agent") == "Agent" and account.get("homePage") == base
    name = account.get("name", "")
    return UUID(name) if is_ours and UUID_FORM.fullmatch(name) else None


def voided_by(statement: Statement) -> UUID | None:
    """The id of the statement that this one takes back."""
    return UUID(statement["object"]["id"]) if statement["verb"]["id"] == verb_id("voided") else None


def parse_edition(text: str) -> tuple[int, int] | None:
    """(major, minor) of "major.minor"."""
    major, dot, minor = text.partition(".")
    return (int(major), int(minor)) if dot and major.isdigit() and minor.isdigit() else None


def _screen(ground: Ground, module: UUID, screen: str, title: str) -> Statement:
    return _activity(screen_id(ground.base, module, screen), "lesson", title, ground.language)


def _in_module(
    ground: Ground,
    verb: str,
    activity: Statement,
    module: UUID,
    *,
    attempt: int = 0,
    try_number: int = 0,
    result: Statement | None = None,
) -> Statement:
    """About something that stands in a module."""
    return _statement(
        ground,
        verb,
        activity,
        attempt=attempt,
        try_number=try_number,
        parents=[_module(ground, module)],
        grouping=[_course(ground)],
        result=result,
    )


def _statement(
    ground: Ground,
    verb: str,
    activity: Statement,
    *,
    attempt: int = 0,
    try_number: int = 0,
    parents: Sequence[Statement] = (),
    grouping: Sequence[Statement] = (),
    result: Statement | None = None,
) -> Statement:
    context: Statement = {
        "registration": str(ground.registration),
        "revision": ground.edition,
        "language": ground.language,
        "contextActivities": {"category": [{"id": f"{ground.base}/profile"}]},
    }
    if parents:
        context["contextActivities"]["parent"] = list(parents)
    if grouping:
        context["contextActivities"]["grouping"] = list(grouping)
    if ground.structure:
        context["extensions"] = {f"{ground.base}/extensions/structure": ground.structure}
    statement: Statement = {
        "id": str(uuid5(ground.secret, f"{verb} {activity['id']} {attempt} {try_number}")),
        "actor": {"objectType": "Agent", "account": {"homePage": ground.base, "name": str(ground.actor)}},
        "verb": {"id": verb_id(verb), "display": {"en": verb}},
        "object": activity,
        "context": context,
        "timestamp": _written(ground.now),
    }
    if result is not None:
        statement["result"] = result
    return statement


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _course(ground: Ground, title: str = "") -> Statement:
    return _activity(course_id(ground.base, ground.course), "course", title, ground.language)


def _module(ground: Ground, module: UUID, title: str = "") -> Statement:
    return _activity(module_id(ground.base, module), "module", title, ground.language)


def _activity(iri: str, kind: str, title: str, language: str) -> Statement:
    definition: Statement = {"type": ADL_ACTIVITIES + kind}
    if title:
        definition["name"] = {language: title}
    return {"objectType": "Activity", "id": iri, "definition": definition}
