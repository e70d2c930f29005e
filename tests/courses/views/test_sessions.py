"""Group sessions as pages: what is printed for whom, and that a key is nobody's but the holder's."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Completion, GroupSession
from lms.days import today
from lms.people.models import AccessEntry, RoleGrant
from tests.factories.learning import complete

MAKE = "/sessions/new/"


def form_of(cast) -> dict:
    return {
        "key": uuid4(),
        "course": "TST",
        "language": "en",
        "structure": cast.mission.pk,
        "held_on": today(),
        "place": "Garage",
    }


@pytest.fixture
def make(signed_in, cast, course):
    def make_session(*names: str, **changes) -> GroupSession:
        sent = form_of(cast) | {"names": "\n".join(names)} | changes
        answers = [signed_in(cast.focal).post(MAKE, sent) for _ in range(2)]  # a double click
        assert {answer.status_code for answer in answers} == {302}, answers[0].content.decode()
        return GroupSession.objects.get(uuid=sent["key"])

    return make_session


def test_from_the_form_to_the_completion(signed_in, cast, course, make):
    session = make("Lea Learner", "Ben Learner")
    path = f"/sessions/{session.uuid}/"
    outcomes = {"held_on": today(), str(cast.lea.uuid): "passed"}

    more = signed_in(cast.focal).post(f"{path}people/", {"names": "Nora Field\nLea Learner"})
    missing = signed_in(cast.focal).post(f"{path}record/", outcomes)
    done = signed_in(cast.focal).post(
        f"{path}record/", outcomes | {str(cast.ben.uuid): "present", str(cast.nora.uuid): "absent"}, follow=True
    )
    page = signed_in(cast.deputy).get(path)
    confirmed = signed_in(cast.deputy).post(f"{path}confirm/", {"seen": page.context["stamp"]}, follow=True)

    assert (more.status_code, missing.status_code, session.seats.count()) == (302, 422, 3)
    assert [b"/confirm/" in answer.content for answer in (done, page, confirmed)] == [False, True, False]
    assert [completion.person for completion in Completion.objects.all()] == [cast.lea]


def test_faults_are_said_all_at_once_and_nothing_is_made(signed_in, cast, course):
    sent = form_of(cast)

    answer = signed_in(cast.focal).post(MAKE, sent | {"names": "Sven Stranger\nNo Body\nLea Learner\nLea Learner"})

    assert (answer.status_code, GroupSession.objects.count()) == (422, 0)
    assert [words in answer.content.decode() for words in ("Sven Stranger", "No Body", "stands there twice")] == [True] * 3


def test_the_key_opens_to_who_holds_the_session_alone_and_what_is_printed_tells_nothing(signed_in, cast, course, make):
    session = make("Lea Learner")
    path = f"/sessions/{session.uuid}/"

    def statuses(name: str) -> dict[str, int]:
        people = ("focal", "deputy", "trainer", "hr", "lea", "head")
        return {person: signed_in(getattr(cast, person)).get(f"{path}{name}/").status_code for person in people}

    others = {"deputy": 404, "trainer": 404, "hr": 403, "lea": 403, "head": 403}
    assert statuses("key") == others | {"focal": 403}  # she has still to take the quiz herself
    complete(cast.focal, course)
    assert statuses("key") == others | {"focal": 200}
    assert statuses("sheet") == statuses("parts") == others | {"focal": 200}
    client = signed_in(cast.focal)
    key, *printed = (client.get(f"{path}{name}/").content.decode() for name in ("key", "sheet", "parts"))
    told = [question.rationale for question in (*course.items, course.check)]
    assert [words for words in told for page in printed if words in page] == []
    assert sum(words in key for words in told) == len(session.drawn[0]["lines"])
    assert all(text in printed[1] for text in ("Text of TST one.", "Fact TST-D1.", "Prompt of TST-K1?"))
    assert AccessEntry.objects.filter(what="key of a sheet", actor=cast.focal).exists()

    client.post(f"{path}cancel/")
    assert statuses("key")["focal"] == 403
    RoleGrant.objects.filter(person=cast.focal).delete()
    assert client.get(path).status_code == 403


def test_the_page_costs_the_same_for_one_and_for_three(signed_in, cast, course, make):
    counts = []
    for names in (["Lea Learner"], ["Lea Learner", "Ben Learner", "Nora Field"]):
        session = make(*names)
        with CaptureQueriesContext(connection) as queries:
            signed_in(cast.focal).get(f"/sessions/{session.uuid}/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
