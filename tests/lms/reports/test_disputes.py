"""Somebody says that her state is wrong: she is answered, and only HR reads it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from courses import assigning, correcting, disputing
from courses.models import Completion, Correction, Dispute
from lms.days import today
from lms.people.models import AccessEntry
from lms.refusals import NotAllowed
from tests.factories.asking import make_completion, make_line, make_offered

ADDRESS = "/my/why/fnd/"
PDF = b"%PDF-1.7 certificate"


@pytest.fixture
def fnd(cast, folder):
    course = make_offered("FND")
    make_line(course)
    assigning.apply_rules(today())
    return course


def ask(person, course, **values) -> Dispute:
    return disputing.ask(person, course, **{"reason": "date", "words": "I came in June.", "submission": uuid4(), **values})


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_she_asks_once_and_sees_question_state_and_answer(signed_in, cast, fnd, mailoutbox):
    sent = {"reason": "done-here", "words": "On 3 May.", "submission": uuid4()}
    empty = signed_in(cast.lea).post(f"{ADDRESS}wrong/", {"words": "On 3 May.", "submission": uuid4()})
    for _ in range(2):
        signed_in(cast.lea).post(f"{ADDRESS}wrong/", sent)
    waiting = text(signed_in(cast.lea).get(ADDRESS))
    [asked] = Dispute.objects.all()

    hr = signed_in(cast.hr)
    silent = hr.post(f"/reports/disputes/{asked.uuid}/", {"answer": " "})
    for _ in range(2):
        hr.post(f"/reports/disputes/{asked.uuid}/", {"answer": "The list of 3 May does not name you."})
    answered = text(signed_in(cast.lea).get(ADDRESS))

    assert (empty.status_code, silent.status_code) == (422, 422)
    assert ("On 3 May." in waiting, ">open<" in waiting, "Take it back" in waiting) == (True, True, True)
    assert ("does not name you" in answered, ">answered<" in answered, "Take it back" in answered) == (True, True, False)
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([cast.lea.email], "There is an answer for you")]


def test_she_takes_it_back_and_nobody_else_does(signed_in, cast, fnd):
    asked = ask(cast.lea, fnd)

    statuses = [signed_in(who).post(f"{ADDRESS}wrong/{asked.uuid}/take-back/").status_code for who in (cast.ben, cast.lea)]
    with pytest.raises(NotAllowed):
        disputing.explain(asked, by=cast.hr, answer="Too late.")

    asked.refresh_from_db()
    assert (statuses, asked.withdrawn_at is not None) == ([404, 302], True)
    assert ask(cast.lea, fnd) != asked


def test_the_oldest_stands_first_with_its_age_and_none_of_her_own(signed_in, cast, fnd):
    for person, days in ((cast.ben, 2), (cast.lea, 9), (cast.hr, 20)):
        made = ask(person, fnd)
        Dispute.objects.filter(pk=made.pk).update(asked_at=timezone.now() - timedelta(days=days))

    page = text(signed_in(cast.hr).get("/reports/disputes/"))

    assert page.index("Lea Learner") < page.index("Ben Learner")
    assert ("<td>9 days</td>" in page, "<td>20 days</td>" in page) == (True, False)
    assert signed_in(cast.hr).get(f"/reports/disputes/{made.uuid}/").status_code == 404
    assert AccessEntry.objects.get(what="questions about states").count == 2


def test_an_answer_is_hrs_alone_and_waits_for_a_correction_that_is_under_way(cast, fnd):
    asked = ask(cast.lea, fnd)
    for by in (cast.lea, cast.focal, cast.admin):
        with pytest.raises(NotAllowed):
            disputing.explain(asked, by=by, answer="It is right.")
    correcting.ask_later_date(
        cast.lea, fnd, due_on=today() + timedelta(days=9), starts_on=today(), reason="wrong-date", answer="Moved.", by=cast.hr
    )

    with pytest.raises(NotAllowed):
        disputing.explain(asked, by=cast.hr, answer="It is right.")

    assert Dispute.objects.open().get() == asked


def test_one_officer_asks_for_each_correction_on_its_page_and_the_other_agrees(signed_in, cast, fnd):
    wrong = make_completion(cast.lea, fnd, today() - timedelta(days=3))
    ask(cast.lea, fnd)
    due, forms = today() + timedelta(days=40), {}
    forms["credit"] = {"completed_on": today() - timedelta(days=60), "reason": "elsewhere"}
    forms["credit"]["evidence"] = SimpleUploadedFile("paper.pdf", PDF)
    forms["withdrawal"] = {"completion": wrong.pk, "reason": "wrong-person"}
    forms["later-date"] = {"due_on": due, "starts_on": today(), "reason": "no-access"}
    address = f"/reports/person/{cast.lea.uuid}/fnd/correct"

    refused = signed_in(cast.hr).post(f"{address}/credit/", {"reason": "elsewhere", "answer": "A."})
    nothing = signed_in(cast.hr).get(f"{address}/nonsense/").status_code
    for kind, sent in forms.items():
        signed_in(cast.hr).post(f"{address}/{kind}/", sent | {"answer": f"Answer to {kind}."})
    own = signed_in(cast.hr).post(f"/reports/corrections/{Correction.objects.first().uuid}/agree/", follow=True)
    for row in Correction.objects.all():
        signed_in(cast.hr2).post(f"/reports/corrections/{row.uuid}/agree/")
    file = signed_in(cast.hr2).get(f"/reports/corrections/{Correction.objects.get(kind='credit').uuid}/evidence/")
    hers = text(signed_in(cast.lea).get(ADDRESS))

    assert (refused.status_code, nothing, Correction.objects.agreed().count()) == (422, 404, 3)
    assert "A second HR officer has to agree." in text(own)
    assert b"".join(file.streaming_content) == PDF
    assert [Completion.objects.standing().get().source, Dispute.objects.get().answer] == ["prior", "Answer to credit."]
    assert [kind for kind in ("withdrawal", "later-date") if f"Answer to {kind}." not in hers] == []
    assert "recorded on" in hers
    assert ">waived<" in text(signed_in(cast.hr).get(f"/reports/person/{cast.lea.uuid}/fnd/"))


def test_questions_answers_and_corrections_are_not_for_manager_focal_point_or_head(signed_in, cast, fnd):
    asked = ask(cast.lea, fnd)
    disputing.explain(asked, by=cast.hr, answer="The rule of the mission asks it.")

    pages = {
        name: text(signed_in(getattr(cast, name)).get(f"/reports/person/{cast.lea.uuid}/fnd/"))
        for name in ("hr", "manager", "focal", "head")
    }

    assert {name: ("I came in June." in page, "of the mission asks" in page) for name, page in pages.items()} == {
        "hr": (True, True),
        **dict.fromkeys(("manager", "focal", "head"), (False, False)),
    }


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_costs_the_same_for_one_and_for_three(signed_in, cast, fnd, django_assert_num_queries, more):
    for person in (cast.lea, cast.ben, cast.nora)[: more + 1]:
        ask(person, fnd)
        correcting.ask_credit(
            person,
            fnd,
            completed_on=today(),
            reason="elsewhere",
            answer="A.",
            by=cast.hr,
            evidence=SimpleUploadedFile("a.pdf", PDF),
        )
    client = signed_in(cast.hr2)
    client.get("/my/")

    with django_assert_num_queries(6):
        client.get("/reports/disputes/")


@pytest.mark.parametrize("more", [0, 2])
def test_her_page_costs_the_same_with_one_answer_and_with_three(signed_in, cast, fnd, django_assert_num_queries, more):
    for number in range(more + 1):
        disputing.explain(ask(cast.lea, fnd), by=cast.hr, answer="It is right.")
        day = today() - timedelta(days=number)
        wanted = {"completed_on": day, "reason": "elsewhere", "evidence": SimpleUploadedFile("a.pdf", PDF)}
        correcting.agree(correcting.ask_credit(cast.lea, fnd, answer="A.", by=cast.hr, **wanted), by=cast.hr2)
    client = signed_in(cast.lea)
    client.get("/my/")

    with django_assert_num_queries(22):
        client.get(ADDRESS)
