from courses import enrolling
from courses.models import Enrolment
from lms.xapi import queries
from tests.factories.learning import complete, enrol, read_module
from tests.factories.people import make_posting

ADL = "http://adlnet.gov/expapi/verbs/"


def statements_of(enrolment, verb):
    return [stored.statement for stored in queries.of_registration(enrolment.registration, [ADL + verb])]


def test_enrolling_twice_is_once(cast, course):
    first, second = enrol(cast.lea, course), enrol(cast.lea, course)

    assert first == second
    assert len(statements_of(first, "registered")) == 1


def test_the_statement_names_the_structure_of_the_day(cast, course):
    enrolment = enrol(cast.lea, course)

    [statement] = statements_of(enrolment, "registered")
    assert statement["context"]["extensions"] == {"https://learn.test/xapi/extensions/structure": "MIS"}


def test_somebody_in_no_structure_learns_too(cast, course):
    cast.lea.postings.all().delete()

    [statement] = statements_of(enrol(cast.lea, course), "registered")

    assert "extensions" not in statement["context"]


def test_who_has_completed_is_not_enrolled_again(cast, course):
    done = complete(cast.lea, course)

    assert enrol(cast.lea, course) == done


def test_a_module_is_launched_once_even_when_the_structure_changed_meanwhile(cast, course):
    enrolment = enrol(cast.lea, course)

    enrolling.launch(enrolment, course.reading.translation_key)
    cast.lea.postings.all().delete()
    make_posting(cast.lea, cast.elsewhere)
    enrolling.launch(enrolment, course.reading.translation_key)

    assert len(statements_of(enrolment, "launched")) == 1


def test_a_module_already_begun_is_not_launched(cast, course):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)

    enrolling.launch(enrolment, course.reading.translation_key)

    assert statements_of(enrolment, "launched") == []


def test_her_place_is_kept(cast, course):
    enrolment = enrol(cast.lea, course)

    enrolling.keep_place(enrolment, module=course.second.translation_key, screen=course.second.screen_ids[0])

    kept = Enrolment.objects.get(pk=enrolment.pk)
    assert (kept.last_module, kept.last_screen) == (course.second.translation_key, course.second.screen_ids[0])
