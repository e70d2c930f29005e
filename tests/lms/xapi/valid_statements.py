"""Conformant statements with every optional form, and small tools to change them one place at a time."""

import json
import operator
import re

from lms.xapi import rules

SHA1 = "cd9b00a5611f94eaa7b1661edab976068e364975"
SHA2 = "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a"
REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
TARGET = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"

IDENTIFIERS = {
    "mbox": "mailto:amina@example.org",
    "mbox_sha1sum": SHA1,
    "openid": "https://openid.example.org/amina",
    "account": {"homePage": "https://learn.example.org", "name": "4711"},
}
AGENTS = {kind: {"objectType": "Agent", "name": "Amina", kind: value} for kind, value in IDENTIFIERS.items()}
MEMBERS = [{"mbox": "mailto:bo@example.org"}, {"objectType": "Agent", "account": IDENTIFIERS["account"]}]
GROUPS = {
    "anonymous": {"objectType": "Group", "member": MEMBERS},
    "anonymous with a name": {"objectType": "Group", "name": "Watch", "member": MEMBERS},
    **{f"identified by {kind}": {"objectType": "Group", kind: value} for kind, value in IDENTIFIERS.items()},
    **{
        f"identified by {kind} with members": {
            "objectType": "Group",
            "name": "Watch",
            kind: value,
            "member": MEMBERS,
        }
        for kind, value in IDENTIFIERS.items()
    },
}

COMPONENTS = [
    {"id": "one", "description": {"en": "One", "zh-Hant": "一"}},
    {"id": "two", "description": {}},
    {"id": "three"},
]
INTERACTIONS = {
    "true-false": {"correctResponsesPattern": ["true"]},
    "choice": {"correctResponsesPattern": ["one[,]two"], "choices": COMPONENTS},
    "fill-in": {"correctResponsesPattern": ["Bob's your uncle"]},
    "long-fill-in": {"correctResponsesPattern": ["{case_matters=false}{lang=en}To store and provide data."]},
    "matching": {"correctResponsesPattern": ["one[.]two"], "source": COMPONENTS, "target": COMPONENTS},
    "performance": {"correctResponsesPattern": ["one[.]1:[,]two[.]:2"], "steps": COMPONENTS},
    "sequencing": {"correctResponsesPattern": ["one[,]two[,]three"], "choices": COMPONENTS},
    "likert": {"correctResponsesPattern": ["one"], "scale": COMPONENTS},
    "numeric": {"correctResponsesPattern": ["4[:]"]},
    "other": {"correctResponsesPattern": []},
}
FREE_FORM = {
    "https://example.org/ext/null": None,
    "https://example.org/ext/empty": "",
    "https://example.org/ext/none": {},
    "https://example.org/ext/true": True,
    "https://example.org/ext/number": -1.5e300,
    "https://example.org/ext/list": [1, [None, {"a b": []}], "é\U0001f600"],
    "urn:example:tree": {"": {"any key": {"deeper": None}}},
}
ACTIVITY = {
    "objectType": "Activity",
    "id": "https://learn.example.org/courses/1/questions/7",
    "definition": {
        "name": {"en-US": "Question 7", "fr": "Question 7"},
        "description": {"de-CH-1996": "Die siebte Frage"},
        "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
        "moreInfo": "https://learn.example.org/about?question=7#top",
        "extensions": FREE_FORM,
        "interactionType": "matching",
        "correctResponsesPattern": ["one[.]two"],
        "source": COMPONENTS,
        "target": [{"id": "two"}],
        "choices": [{"id": "one", "description": {"en": "One"}}],
        "scale": [{"id": "two"}],
        "steps": [{"id": "three"}],
    },
}
RESULT = {
    "score": {"scaled": 0.5, "raw": 5, "min": 0.25, "max": 10},
    "success": True,
    "completion": False,
    "response": "one[.]two\n",
    "duration": "PT4H35M59.14S",
    "extensions": FREE_FORM,
}
CONTEXT = {
    "registration": REGISTRATION,
    "instructor": AGENTS["account"],
    "team": GROUPS["identified by mbox with members"],
    "contextActivities": {
        "parent": [{"id": "urn:example:quiz", "definition": {"name": {"en": "Quiz"}, "type": "urn:example:type"}}],
        "grouping": [{"id": "https://learn.example.org/courses/1"}],
        "category": [{"objectType": "Activity", "id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}],
        "other": [{"id": "urn:example:a"}, {"id": "urn:example:b", "definition": {}}],
    },
    "revision": "2",
    "platform": "Learning",
    "language": "fr-CA",
    "statement": {"objectType": "StatementRef", "id": TARGET},
    "extensions": FREE_FORM,
}
ATTACHMENT = {
    "usageType": "https://example.org/usage/certificate",
    "display": {"en": "Certificate"},
    "description": {"en": "What was granted"},
    "contentType": "text/plain; charset=ascii",
    "length": 27,
    "sha2": SHA2,
    "fileUrl": "https://example.org/files/1.txt",
}

PLAIN = {
    "actor": {"mbox": "mailto:amina@example.org"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/attempted"},
    "object": {"id": "https://learn.example.org/courses/1"},
}
_EVENT = {
    "actor": AGENTS["mbox"],
    "verb": {
        "id": "http://adlnet.gov/expapi/verbs/answered",
        "display": {"en": "answered", "es-MX": "contestó"},
    },
    "object": ACTIVITY,
    "result": RESULT,
    "context": CONTEXT,
    "timestamp": "2026-03-01T09:30:00.123Z",
    "attachments": [ATTACHMENT],
}
RICH = {
    "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
    **_EVENT,
    "stored": "2026-03-01T09:30:01.000Z",
    "authority": {"objectType": "Group", "member": MEMBERS},
    "version": "1.0.3",
}
_NESTED_CONTEXT = {name: value for name, value in CONTEXT.items() if name not in {"revision", "platform"}}
NESTED = {
    **RICH,
    "context": _NESTED_CONTEXT,
    "object": {"objectType": "SubStatement", **_EVENT},
    "authority": AGENTS["openid"],
}
SECOND_CONTEXT = {
    **_NESTED_CONTEXT,
    "contextAgents": [
        {"objectType": "contextAgent", "agent": AGENTS["openid"]},
        {
            "objectType": "contextAgent",
            "agent": MEMBERS[0],
            "relevantTypes": ["https://example.org/types/tutor"],
        },
    ],
    "contextGroups": [
        {"objectType": "contextGroup", "group": GROUPS["anonymous"], "relevantTypes": ["urn:example:watch"]},
        {"objectType": "contextGroup", "group": GROUPS["identified by account with members"]},
    ],
}
SECOND = {
    **NESTED,
    "context": SECOND_CONTEXT,
    "object": {**NESTED["object"], "context": SECOND_CONTEXT},
    "version": "2.0.0",
}

ABOUT_AGENT = {**PLAIN, "object": AGENTS["mbox"]}
ABOUT_GROUP = {**PLAIN, "object": GROUPS["anonymous"]}
NESTED_PLAIN = {**PLAIN, "object": {"objectType": "SubStatement", **PLAIN}}
REFERRING = {**PLAIN, "object": {"objectType": "StatementRef", "id": TARGET}}
VOIDING = {**REFERRING, "verb": {"id": "http://adlnet.gov/expapi/verbs/voided", "display": {"en": "voided"}}}

# Conformant in both versions, and in 2.0 alone.
STATEMENTS = {
    "plain": PLAIN,
    "rich": RICH,
    "nested": NESTED,
    "nested plain": NESTED_PLAIN,
    "about an agent": ABOUT_AGENT,
    "about a group": ABOUT_GROUP,
    "referring": REFERRING,
    "voiding": VOIDING,
}
SECOND_STATEMENTS = {"second": SECOND}


def words(text):
    return text.split()


_STEP = re.compile(r'\.([A-Za-z_]\w*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')


def steps(path):
    """`$.a[0]["b c"]` as ["a", 0, "b c"]."""
    return [name or (int(index) if index else json.loads(quoted)) for name, index, quoted in _STEP.findall(path)]


def get(statement, path):
    for step in steps(path):
        statement = statement[step]
    return statement


def put(statement, path, value):
    """The statement with `value` at `path`, whose last step may be new; the original stays as it was."""
    if path == "$":
        return value
    return _changed(statement, steps(path), lambda holder, step: operator.setitem(holder, step, value))


def drop(statement, path):
    """The statement without what stands at `path`; the original stays as it was."""
    return _changed(statement, steps(path), operator.delitem)


def _changed(holder, way, change):
    copied = holder.copy()
    step, *rest = way
    if rest:
        copied[step] = _changed(holder[step], rest, change)
    else:
        change(copied, step)
    return copied


def paths(value, path="$", *, into_extensions=False):
    """Every path of a statement and what stands there, the values of extensions only on request."""
    yield path, value
    if path.endswith(".extensions") and not into_extensions:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            step = f".{name}" if re.fullmatch(r"[A-Za-z_]\w*", name) else f"[{json.dumps(name)}]"
            yield from paths(item, path + step, into_extensions=into_extensions)
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from paths(item, f"{path}[{position}]", into_extensions=into_extensions)


def refusal(statement, version="1.0.3"):
    """(path, rule) of the first finding, None for a conformant statement."""
    found = rules.check(statement, version=version)
    return None if found is None else (found.path, found.rule)


def refused_at(statement, version="1.0.3"):
    found = rules.check(statement, version=version)
    return None if found is None else found.path
