"""Two HR officers put right how somebody stands with a course: recorded, withdrawn, moved; kept by a rebuild."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from certificates.models import Certificate
from courses import assigning, completing, correcting, disputing, enrolling
from courses.models import Assignment, Completion, Correction, LaterDate
from lms.days import today
from lms.people.models import AccessEntry
from lms.refusals import NotAllowed
from lms.xapi.models import Statement
from tests.factories.asking import make_completion, make_exemption, make_line, make_planned
from tests.factories.course import make_course
from tests.factories.learning import complete

DAY = today()
MONTH = timedelta(days=30)
PDF = b"%PDF-1.7 certificate"


@pytest.fixture
def tst(cast, folder):
    """Asked of everybody long ago."""
    made = make_course()
    make_line(made.course)
    assigning.apply_rules(DAY)
    return made


def file(content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("anything.pdf", content)


def credit(cast, course, **values) -> Correction:
    values = {
        "completed_on": DAY - MONTH,
        "reason": "elsewhere",
        "answer": "Recorded.",
        "by": cast.hr,
        "evidence": file(),
        **values,
    }
    return correcting.ask_credit(values.pop("person", cast.lea), course, **values)


def withdrawal(cast, completion, **values) -> Correction:
    return correcting.ask_withdrawal(completion, **{"reason": "mistake", "answer": "Taken out.", "by": cast.hr, **values})


def later(cast, course, **values) -> Correction:
    values = {"due_on": DAY + MONTH, "starts_on": DAY, "reason": "duties", "answer": "Moved.", "by": cast.hr, **values}
    return correcting.ask_later_date(values.pop("person", cast.nora), course, **values)


def states(cast, day=DAY) -> dict[str, tuple]:
    rows = Assignment.objects.with_state(day).select_related("person")
    found = {row.person_id: (row.state, row.due_on) for row in rows}
    return {name: found[getattr(cast, name).pk] for name in ("lea", "ben", "nora", "stranger")}


def test_each_of_the_three_counts_once_a_second_officer_agreed_and_a_rebuild_keeps_it(cast, tst):
    complete(cast.ben, tst)
    before = states(cast)
    asked = [credit(cast, tst.course), withdrawal(cast, Completion.objects.get()), later(cast, tst.course)]
    waiting = states(cast)

    for _ in range(2):
        for correction in asked:
            correcting.agree(correction, by=cast.hr2)
    assigning.apply_rules(DAY)
    agreed = states(cast)
    call_command("rebuild_progress")
    call_command("rebuild_progress", "--check")
    Assignment.objects.all().delete()
    assigning.apply_rules(DAY)

    due = before["lea"][1]
    assert (
        before
        == waiting
        == {"lea": ("overdue", due), "ben": ("done", due), "nora": ("overdue", due), "stranger": ("overdue", due)}
    )
    assert agreed == before | {"lea": ("done", due), "ben": ("overdue", due), "nora": ("not-started", DAY + MONTH)}
    assert states(cast) == agreed
    assert states(cast, DAY + MONTH + timedelta(days=1))["nora"][0] == "overdue"


def test_each_is_told_to_the_record_store_and_keeps_both_its_dates(cast, tst):
    complete(cast.ben, tst)
    earned = Completion.objects.get()
    asked = [credit(cast, tst.course), withdrawal(cast, earned), later(cast, tst.course)]
    known = set(Statement.objects.values_list("id", flat=True))

    for correction in asked:
        correcting.agree(correction, by=cast.hr2)

    new = [json.loads(row.body) for row in Statement.objects.exclude(id__in=known).order_by("seq")]
    verbs = [statement["verb"]["id"].rsplit("/", 1)[1] for statement in new]
    assert verbs == ["waived", "voided", "postponed"]
    assert new[0]["result"]["extensions"] == {
        "https://w3id.org/xapi/cmi5/result/extensions/reason": "Equivalent Outside Activity"
    }
    assert new[1]["object"]["id"] == str(earned.statement)
    assert new[2]["result"] == {"extensions": {"https://learn.test/xapi/extensions/due": (DAY + MONTH).isoformat()}}
    assert [word for word in ("duties", "mistake", "Moved.", "Recorded.") if word in str(new)] == []
    credited = Completion.objects.get(source="prior")
    assert (credited.completed_on, credited.recorded_at.date() >= DAY - timedelta(days=1)) == (DAY - MONTH, True)
    assert [(one.effective_on, one.agreed_at is not None) for one in Correction.objects.order_by("pk")] == [
        (DAY - MONTH, True),
        (earned.completed_on, True),
        (DAY, True),
    ]


def test_a_withdrawn_completion_takes_its_certificate_along_and_does_not_come_back_by_itself(cast, tst):
    enrolment = complete(cast.ben, tst)

    correcting.agree(withdrawal(cast, Completion.objects.get(), reason="fraud", evidence=file()), by=cast.hr2)
    again = completing.finish(enrolment)

    withdrawn, certificate = Completion.objects.get(), Certificate.objects.get()
    assert (again, withdrawn.withdrawn_by, withdrawn.withdrawn_reason) == (None, cast.hr2, "it was not earned honestly")
    assert (certificate.withdrawn_at is not None, certificate.award) == (True, withdrawn.uuid)
    assert enrolling.enrol(cast.ben, tst.course, language="en").cycle == 2


def test_what_breaks_a_rule_is_refused_in_words(cast, tst):
    mine = make_completion(cast.hr, tst.course, DAY - MONTH)
    hers = make_completion(cast.stranger, tst.course, DAY - MONTH)
    waiting = credit(cast, tst.course)
    declined = credit(cast, tst.course, completed_on=DAY)
    correcting.decline(declined, by=cast.hr2)
    done = credit(cast, tst.course, person=cast.ben)
    correcting.agree(done, by=cast.hr2)
    refused = {
        "herself": lambda: credit(cast, tst.course, person=cast.hr),
        "her own completion": lambda: withdrawal(cast, mine),
        "no officer": lambda: credit(cast, tst.course, by=cast.focal),
        "no answer": lambda: credit(cast, tst.course, answer=" "),
        "no evidence": lambda: credit(cast, tst.course, evidence=None),
        "no evidence of fraud": lambda: withdrawal(cast, hers, reason="fraud"),
        "a program": lambda: credit(cast, tst.course, person=cast.nora, evidence=file(b"MZ")),
        "another kind's reason": lambda: withdrawal(cast, hers, reason="duties"),
        "to come": lambda: credit(cast, tst.course, completed_on=DAY + timedelta(days=1)),
        "too old": lambda: credit(cast, tst.course, completed_on=DAY - timedelta(days=800)),
        "twice": lambda: credit(cast, tst.course, person=cast.stranger),
        "not published": lambda: credit(cast, make_planned("XYZ")),
        "not asked": lambda: later(cast, make_planned("XYZ")),
        "a date that is past": lambda: later(cast, tst.course, due_on=DAY),
        "from a day to come": lambda: later(cast, tst.course, starts_on=DAY + timedelta(days=1)),
        "the same officer": lambda: correcting.agree(waiting, by=cast.hr),
        "who is touched": lambda: correcting.agree(waiting, by=cast.lea),
        "a second one who is none": lambda: correcting.agree(waiting, by=cast.admin),
        "declined": lambda: correcting.agree(declined, by=cast.hr2),
        "done": lambda: correcting.decline(done, by=cast.hr2),
    }

    for act in refused.values():
        with pytest.raises(NotAllowed, match=r"\w+ \w+"):
            act()

    assert Completion.objects.count() == 3
    assert not LaterDate.objects.exists()


def test_sent_twice_is_once_and_her_question_is_answered_with_it(cast, tst, mailoutbox, django_capture_on_commit_callbacks):
    cast.lea.language = "ru"
    cast.lea.save()
    asked = disputing.ask(cast.lea, tst.course, reason="done-elsewhere", words="In May.", submission=cast.lea.uuid)
    same = [credit(cast, tst.course) for _ in range(2)]

    for _ in range(2):
        correcting.agree(same[0], by=cast.hr2)

    asked.refresh_from_db()
    assert same[0] == same[1]
    assert (asked.answer, asked.answered_by, asked.is_corrected) == ("Recorded.", cast.hr2, True)
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([cast.lea.email], "Для вас есть ответ")
    assert tst.course.title not in mail.subject + mail.body
    assert "/my/why/tst/" in mail.body
    entries = AccessEntry.objects.filter(person=cast.lea).order_by("pk").values_list("actor", "what")
    assert list(entries) == [(cast.hr.pk, "correction asked: TST, credit"), (cast.hr2.pk, "correction agreed: TST, credit")]


def test_a_new_later_date_takes_the_place_of_the_one_before_and_the_rules_may_say_a_later_one(cast, tst):
    for days in (60, 30):
        correcting.agree(later(cast, tst.course, due_on=DAY + timedelta(days=days)), by=cast.hr2)
        assigning.apply_rules(DAY)
    first = states(cast)["nora"]
    make_exemption(cast.nora, tst.course, by=cast.hr, agreed=cast.hr2)

    rows = LaterDate.objects.order_by("pk")
    assert [(row.due_on - DAY, row.superseded_at is None) for row in rows] == [(timedelta(60), False), (timedelta(30), True)]
    assert len({row.line for row in rows}) == 1
    assert Statement.objects.get(id=rows[0].statement).is_voided
    assert (first, states(cast)["nora"]) == (("not-started", DAY + MONTH), ("exempt", DAY + MONTH))
