"""The activities resource (rules Q101, N94, L89, L90; item 12 of what differs between 1.0.3 and 2.0)."""

import pytest

from lms.xapi import identifiers
from lms.xapi.models import Activity, Definition
from tests.lms.xapi.outside import make_outside
from tests.lms.xapi.valid_statements import PLAIN

QUIZ = "https://learn.example.org/courses/1/questions/7"
QUESTION = {"name": {"en": "Question"}, "interactionType": "choice", "choices": [{"id": "a"}], "correctResponsesPattern": ["a"]}


def about(activity, definition, **context):
    return {**PLAIN, "object": {"id": activity, "definition": definition}, **context}


@pytest.fixture(params=["1.0.3", "2.0.0"])
def activities(request, anybody):
    return anybody.at("activities", request.param)


def test_what_statements_say_of_an_activity_is_united(anybody, activities):
    anybody.post(about(QUIZ, {"name": {"en-US": "meeting"}, "type": "urn:x:old", "extensions": {"urn:x:a": 1}}))
    anybody.post(about(QUIZ, {"name": {"fr-FR": "réunion"}, "type": "urn:x:new", "extensions": {"urn:x:b": None}}))
    anybody.post(about(f"{QUIZ}0", {"name": {"de": "andere"}}))

    response = activities.get(activityId=QUIZ)

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == {
        "objectType": "Activity",
        "id": QUIZ,
        "definition": {
            "name": {"en-US": "meeting", "fr-FR": "réunion"},
            "type": "urn:x:new",
            "extensions": {"urn:x:a": 1, "urn:x:b": None},
        },
    }


def test_related_activities_are_known_too(anybody, activities):
    parent = {"id": QUIZ, "definition": {"name": {"en": "Quiz"}}}
    anybody.post({**PLAIN, "context": {"contextActivities": {"parent": [parent]}}})

    assert activities.get(activityId=QUIZ).json() == {"objectType": "Activity", **parent}


@pytest.mark.parametrize("is_named", [True, False])
def test_an_activity_of_which_nothing_is_said_is_one_all_the_same(anybody, activities, is_named):
    if is_named:
        anybody.post({**PLAIN, "object": {"id": QUIZ}})

    response = activities.get(activityId=QUIZ)

    assert (response.status_code, response.json()) == (200, {"objectType": "Activity", "id": QUIZ})


def test_ids_are_compared_letter_by_letter(anybody, activities):
    anybody.post(about("https://learn.example.org/a/../b", {"name": {"en": "B"}}))

    assert "definition" not in activities.get(activityId="https://learn.example.org/b").json()


def test_nothing_is_told_of_an_activity_whose_key_is_anothers(activities):
    key = identifiers.key(identifiers.activity_identifier(QUIZ))
    Activity.objects.create(key=key, identifier="urn:x:other")
    Definition.objects.create(activity=key, digest=1, body='{"name":{"en":"Other"}}')

    assert activities.get(activityId=QUIZ).json() == {"objectType": "Activity", "id": QUIZ}


@pytest.mark.parametrize(
    ("scopes", "prefix", "is_shown"),
    [
        (["all"], "", True),
        (["define"], "https://learn.example.org/", True),
        (["define"], "https://other.example.org/", False),
        (["statements/read"], "", False),
        (["statements/read/mine"], "", False),
    ],
)
def test_right_responses_are_shown_only_to_those_who_define(anybody, scopes, prefix, is_shown):
    anybody.post(about(QUIZ, QUESTION))

    found = make_outside(*scopes, prefix=prefix).at("activities").get(activityId=QUIZ).json()["definition"]

    hidden = {name: value for name, value in QUESTION.items() if name != "correctResponsesPattern"}
    assert found == (QUESTION if is_shown else hidden)


def test_what_a_writer_says_defines_nothing(writer, activities):
    assert writer.post(about(QUIZ, QUESTION)).status_code == 200

    assert activities.get(activityId=QUIZ).json() == {"objectType": "Activity", "id": QUIZ}


@pytest.mark.parametrize("activity", ["", "no iri", "/courses/1", "urn:x:a b", "urn:x:\0"])
def test_what_is_no_iri_is_refused(activities, activity):
    response = activities.get(activityId=activity)

    assert (response.status_code, response.json()["path"]) == (400, "?activityId")


def test_without_an_id_there_is_no_activity(activities):
    assert (activities.get().status_code, activities.get().json()["path"]) == (400, "?activityId")


def test_other_parameters_are_refused(activities):
    for name in ("foo", "activityid", "since"):
        assert activities.get(activityId=QUIZ, **{name: "x"}).json()["path"] == f"?{name}"


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_activities_are_only_read(activities, method):
    assert activities.send(method, activityId=QUIZ).status_code == 400


def test_head_has_the_headers_of_get_and_no_body(activities):
    get, head = activities.get(activityId=QUIZ), activities.head(activityId=QUIZ)

    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(get.content)))


@pytest.mark.parametrize("count", [1, 3])
def test_definitions_are_read_at_once(anybody, activities, django_assert_num_queries, count):
    for number in range(count):
        anybody.post(about(QUIZ, {"name": {"en": f"Name {number}"}}))

    with django_assert_num_queries(3):
        activities.get(activityId=QUIZ)
