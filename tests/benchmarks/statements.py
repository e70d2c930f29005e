"""Statements of about a kilobyte, as a course writes them: some thousands of people, a hundred courses, a dozen verbs."""

import json
from random import Random
from uuid import UUID, uuid4

HOME = "https://learn.test/xapi"
PEOPLE, COURSES, SCREENS = 3_500, 100, 40
VERBS = [
    *["http://adlnet.gov/expapi/verbs/experienced"] * 6,
    *["http://adlnet.gov/expapi/verbs/answered"] * 4,
    "http://adlnet.gov/expapi/verbs/completed",
    "http://adlnet.gov/expapi/verbs/passed",
]


def person(number: int) -> dict:
    return {"objectType": "Agent", "account": {"homePage": HOME, "name": str(UUID(int=number))}}


def course(number: int) -> str:
    return f"{HOME}/courses/{UUID(int=number)}"


def screen(course_number: int, number: int) -> str:
    return f"{HOME}/modules/{UUID(int=course_number)}/screens/{number}"


def statement(chance: Random) -> dict:
    who, where, at = chance.randrange(PEOPLE), chance.randrange(COURSES), chance.randrange(SCREENS)
    verb = chance.choice(VERBS)
    return {
        "id": str(uuid4()),
        "actor": person(who),
        "verb": {"id": verb, "display": {"en": verb.rpartition("/")[2]}},
        "object": {
            "id": screen(where, at),
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/lesson",
                "name": {"en": f"Screen {at} of a course about what to look for and what to do next"},
            },
        },
        "result": {"success": True, "completion": True, "duration": "PT41S", "score": {"scaled": 0.8}},
        "context": {
            "registration": str(UUID(int=who * COURSES + where)),
            "revision": "1.3",
            "language": "en",
            "platform": "Learning for protection",
            "contextActivities": {
                "parent": [{"id": f"{HOME}/modules/{UUID(int=where)}", "definition": {"name": {"en": "What to look for"}}}],
                "grouping": [{"id": course(where), "definition": {"name": {"en": "Foundations"}}}],
                "category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}],
            },
        },
        "timestamp": "2026-01-01T12:00:00.000Z",
    }


def batch(size: int, *, seed: int) -> bytes:
    chance = Random(seed)
    made = [statement(chance) for _ in range(size)]
    return json.dumps(made[0] if size == 1 else made).encode()
