from datetime import date

import pytest

from certificates.models import Certificate
from courses import completing
from courses.models import Completion, ModuleProgress
from lms.people import naming
from lms.xapi import queries
from tests.factories.learning import complete, enrol, read_module, sit_quiz


def test_a_completion_freezes_its_dates_edition_and_statement(cast, course):
    enrolment = complete(cast.lea, course)

    completion = Completion.objects.get()
    last = ModuleProgress.objects.get(module=course.quiz.translation_key).passed_at
    assert (completion.completed_at, completion.edition.number, completion.language) == (last, "1.0", "en")
    assert completion.valid_until == completion.completed_on.replace(year=completion.completed_on.year + 2)
    assert queries.digest_of(completion.statement) is not None
    assert enrolment.closed_at is not None


def test_the_certificate_comes_in_the_same_transaction(cast, course):
    complete(cast.lea, course)

    certificate = Certificate.objects.get()
    completion = Completion.objects.get()
    assert (certificate.award, certificate.name, certificate.course_title) == (completion.uuid, "Lea Learner", "Course TST")
    assert (certificate.completed_on, certificate.valid_until) == (completion.completed_on, completion.valid_until)
    assert certificate.statement_sha256 == queries.digest_of(completion.statement)


def test_all_but_one_required_module_is_no_completion(cast, course):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz)

    assert (Completion.objects.count(), completing.finish(enrolment)) == (0, None)


def test_an_optional_module_may_be_left_out(cast, course):
    course.second.is_required = False
    course.second.save_revision().publish()
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz)

    assert Completion.objects.filter(person=cast.lea).exists()


def test_when_a_change_left_nothing_to_do_she_finishes_herself(cast, course):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz)
    course.second.unpublish()

    first, second = completing.finish(enrolment), completing.finish(enrolment)

    assert (Completion.objects.get(), second) == (first, None)


@pytest.mark.parametrize(
    ("name", "waits"),
    [("Lea Learner", False), ("Learner, LÉA", False), ("Леа Леарнер", False), ("Ben Learner", True), ("Lea", True)],
)
def test_threat_6_a_name_unlike_the_staff_record_waits(cast, course, name, waits):
    cast.lea.display_name = name
    cast.lea.save()

    complete(cast.lea, course)

    assert Certificate.objects.exists() is not waits
    assert Completion.objects.count() == 1


def test_threat_6_with_hrs_agreement_the_certificate_is_issued_once(cast, course):
    naming.present(cast.lea, display_name="Lea Brandt", language="en")
    complete(cast.lea, course)

    naming.agree(cast.lea, by=cast.hr, to="Lea Brandt")
    cast.lea.refresh_from_db()
    issued = completing.issue_waiting(cast.lea), completing.issue_waiting(cast.lea)

    assert issued == (1, 0)
    assert Certificate.objects.get().name == "Lea Brandt"


def test_an_issued_name_does_not_change_afterwards(cast, course):
    complete(cast.lea, course)

    naming.present(cast.lea, display_name="Lea Brandt", language="en")

    assert Certificate.objects.get().name == "Lea Learner"


@pytest.mark.parametrize(("months", "expected"), [(24, date(2028, 2, 29)), (None, None)])
def test_valid_until_follows_the_edition(cast, course, months, expected):
    course.page.valid_months = months
    course.page.save_revision().publish()
    edition = course.course.editions.first()

    assert completing._valid_until(date(2026, 2, 28 if months else 1), edition) == (expected and date(2028, 2, 28))
