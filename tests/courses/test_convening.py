"""Group sessions: who may hold, record and confirm them, and what becomes of those who passed."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from certificates.models import Certificate
from courses import answering, convening, enrolling, joining, papers
from courses.convening import Outcome
from courses.models import Attempt, Completion, Course, CoursePage, Enrolment, GroupSession, QuestionWithdrawal
from lms.days import today
from lms.people.models import PersonJoin, Posting
from lms.refusals import NotAllowed
from lms.xapi.models import Statement
from tests.factories.course import add_course, add_module, screen
from tests.factories.learning import complete, enrol
from tests.factories.people import make_person
from tests.factories.sessions import convene
from tests.lms.reports.sheet_rows import add_row, make_sheet

DAY = timedelta(days=1)


def record(session, by, *, passed=(), present=(), held_on=None) -> GroupSession:
    outcomes = {person.uuid: Outcome.PASSED for person in passed} | {person.uuid: Outcome.PRESENT for person in present}
    return convening.record(session, held_on=held_on or today(), outcomes=outcomes, by=by)


def confirm(session, by) -> GroupSession:
    session.refresh_from_db()
    return convening.confirm(session, seen=convening.stamp(session), by=by)


def refusal(verb, *args, **values) -> str:
    with pytest.raises(NotAllowed) as refused:
        verb(*args, **values)
    return " ".join(refused.value.args)


def test_who_passed_has_completed_the_course_as_soon_as_a_second_person_confirms_it(signed_in, cast, course):
    session = convene(cast, course, cast.lea.staff_number, "learner BEN", "Nora Field")
    record(session, cast.focal, passed=[cast.lea, cast.nora])
    recorded = record(session, cast.focal, passed=[cast.lea], present=[cast.ben])
    before = Completion.objects.count()

    for _ in range(2):
        confirm(session, cast.deputy)

    [done] = Completion.objects.all()
    assert (before, done.person, done.source, done.completed_on, done.edition) == (
        0,
        cast.lea,
        "session",
        today(),
        session.edition,
    )
    assert (done.enrolment.closed_because, done.seat.session, recorded.stage) == ("completed", session, "recorded")
    statement = json.loads(Statement.objects.get(id=done.statement).body)
    told = [value for key, value in statement["context"]["extensions"].items() if key.endswith("/source")]
    assert (told, statement["verb"]["id"].rpartition("/")[2]) == (["session"], "completed")
    assert Certificate.objects.get().award == done.uuid
    add_row(make_sheet(), cast.lea, course.course, source="session")
    path_of_hr = f"/reports/person/{cast.lea.uuid}/tst/"
    shown = {
        "/my/": cast.lea,
        "/my/why/tst/": cast.lea,
        "/learn/tst/": cast.lea,
        "/reports/list/?columns=source": cast.hr,
        path_of_hr: cast.hr,
    }
    assert [path for path, reader in shown.items() if b"group session" not in signed_in(reader).get(path).content] == []
    assert "Garage, held by Fina Focal, confirmed by Dan Deputy" in signed_in(cast.hr).get(path_of_hr).content.decode()


def test_a_rebuild_from_statements_keeps_it(cast, course, capsys):
    confirm(record(convene(cast, course), cast.focal, passed=[cast.lea]), cast.hr)
    before = list(Completion.objects.values())

    call_command("rebuild_progress")
    call_command("rebuild_progress", "--check")

    assert list(Completion.objects.values()) == before
    assert "group" not in capsys.readouterr().err


def test_what_no_session_is_made_of(cast, course):
    page = add_course("NOQ", "Without a quiz")
    add_module(page, "Only read", [screen("NOQ one")], minutes=1)
    page.get_latest_revision().publish()
    planned = Course.objects.create(code="PLN", title="Planned")
    cases = {
        "stands there twice": {"names": [cast.lea.staff_number, cast.lea.staff_number.lower()]},
        "Nobody of MIS has this name": {"names": ["Sven Stranger"]},
        "nobody of mis has this name or staff number: s-0": {"names": ["S-0"]},
        "write the staff number": {"names": [make_person("Lea Learner", structure=cast.office).official_name]},
        "take yourself off": {"names": ["Fina Focal"]},
        "at least one person": {"names": [" "]},
        "today or a later day": {"held_on": today() - DAY},
        "not offered in that language": {"language": "ru"},
        "no graded quiz": {"course": Course.objects.get(code="NOQ")},
        "a draft is not": {"course": planned},
        "as a trainer of the course": {"structure": cast.elsewhere},
        "as a trainer of the course or": {"by": cast.head},
        "trainer of the course or as a": {"by": cast.trainer},
    }

    for words, values in cases.items():
        values = {"names": [cast.lea.staff_number], "course": course, **values}
        told = refusal(convene, cast, values.pop("course"), *values.pop("names"), **values)
        assert words.lower() in told.lower(), words

    CoursePage.objects.get(pk=course.page.pk).unpublish()
    assert "draft" in refusal(convene, cast, course)
    assert GroupSession.objects.count() == 0


def test_what_is_not_recorded_and_who_does_not_confirm(cast, course):
    session = convene(cast, course, "Lea Learner", "Dan Deputy")

    assert "Nobody was there" in refusal(record, session, cast.focal)
    assert "has not come yet" in refusal(record, session, cast.focal, passed=[cast.lea], held_on=today() + DAY)
    assert "was not before" in refusal(record, session, cast.focal, passed=[cast.lea], held_on=today() - DAY)
    assert "who holds the session" in refusal(record, session, cast.deputy, passed=[cast.lea])
    assert "nobody has recorded" in refusal(confirm, session, cast.hr)
    record(session, cast.focal, passed=[cast.lea], present=[cast.deputy])
    assert "second person" in refusal(confirm, session, cast.focal)
    assert "Who was there" in refusal(confirm, session, cast.deputy)
    assert [refusal(confirm, session, by) for by in (cast.head, cast.lea)] == ["You may not decide about this session."] * 2
    assert "was changed since" in refusal(convening.confirm, session, seen="earlier", by=cast.hr)
    Posting.objects.filter(person=cast.lea).update(structure=cast.elsewhere)
    assert "Lea Learner" in refusal(record, session, cast.focal, passed=[cast.lea])
    assert Completion.objects.count() == 0

    confirm(session, cast.hr)
    assert "is confirmed" in refusal(convening.cancel, session, by=cast.focal)
    assert "nothing of it changes" in refusal(record, session, cast.focal, present=[cast.lea])
    other = convening.cancel(convene(cast, course, "Ben Learner"), by=cast.focal)
    assert "cancelled" in refusal(confirm, other, cast.hr)
    assert (Completion.objects.count(), GroupSession.objects.count()) == (1, 2)


def test_what_a_session_means_for_who_had_begun_had_completed_or_has_two_records(cast, course):
    complete(cast.ben, course)
    begun = enrol(cast.lea, course)
    answering.start_quiz(begun, module=course.quiz.translation_key)
    twin = make_person("Twin Record", structure=cast.mission)
    session = convene(cast, course, "Lea Learner", "Ben Learner", "Twin Record", held_on=today() + DAY)
    record(session, cast.focal, passed=[cast.lea, cast.ben, twin])
    joining.agree(joining.ask(cast.nora, twin, by=cast.hr, reason="One person."), by=cast.hr2)

    confirm(session, cast.hr)

    assert {done.person: done.source for done in Completion.objects.all()} == {
        cast.ben: "course",
        cast.lea: "session",
        cast.nora: "session",
    }
    assert Completion.objects.get(person=cast.lea).enrolment == begun
    assert Attempt.objects.get(enrolment=begun).result == "void"
    assert Enrolment.objects.filter(closed_at=None).count() == 0
    assert PersonJoin.objects.standing().count() == 1


def test_the_key_names_what_is_right_and_leaves_out_what_was_withdrawn(cast, course):
    session = convene(cast, course, "Otto Overview", structure=cast.secretariat, by=cast.trainer)
    line = session.drawn[0]["lines"][0]
    QuestionWithdrawal.objects.create(
        question=line["key"],
        revision=line["revision"],
        code="Q",
        reason="R",
        withdrawn_by=cast.publisher,
        withdrawn_at=timezone.now(),
    )

    [quiz] = papers.quizzes(session)

    assert ([item.number for item in quiz.items], quiz.needed) == ([1, 2, 3], 3)
    for item in quiz.items:
        shown = {f"{letter}. {row.text}" for letter, row in zip("abc", item.rows, strict=False)}
        right = {text for text in item.key if text in shown}
        assert (right, len(item.key) >= 1) == (set(item.key), True)
        by_text = {row.text: row.value for row in item.rows}
        assert item.content.is_right([by_text[text[3:]] for text in item.key])
    assert enrolling.latest_edition(session.course) == session.edition
    assert papers.is_outdated(session) is False
