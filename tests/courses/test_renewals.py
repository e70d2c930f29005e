from datetime import date, timedelta

import pytest

from courses import assigning, enrolling, renewals
from courses.models import Completion, Enrolment
from lms.days import add_months, today
from tests.factories.asking import make_completion, make_line, make_offered
from tests.factories.learning import complete, enrol
from tests.factories.people import make_person, make_structure

END = date(2028, 1, 20)


@pytest.fixture
def lea(db):
    return make_person("Lea", structure=make_structure("MIS"))


@pytest.mark.parametrize(
    ("day", "renews_from", "may_renew"),
    [
        (date(2027, 11, 20), None, False),  # 61 days before the end
        (date(2027, 11, 21), END, True),
        (END, END, True),
        (END + timedelta(days=1), None, True),  # too late: from the day done
    ],
)
def test_renewing_inside_the_window_counts_from_the_old_end(lea, day, renews_from, may_renew):
    course = make_offered("FND")
    make_completion(lea, course, date(2026, 1, 20), valid_until=END)

    assert renewals.renews_from(lea, course, day) == renews_from
    assert renewals.may_renew(lea, course, day) is may_renew


def test_the_window_and_the_validity_of_the_rules_come_first(lea):
    course = make_offered("FND")
    make_line(course, valid_months=12, renewal_days=30)
    make_completion(lea, course, date(2026, 1, 31), valid_until=date(2028, 1, 31))
    assigning.apply_rules(date(2027, 1, 1))

    found = [renewals.renews_from(lea, course, day) for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 1))]

    assert found == [None, date(2027, 1, 31), None]


def test_a_refresher_renews_the_course(lea):
    course, refresher = make_offered("FND"), make_offered("FND-R")
    make_line(course, refresher=refresher)
    make_completion(lea, course, date(2026, 1, 20), valid_until=END)
    assigning.apply_rules(END)

    assert renewals.renews_from(lea, refresher, END) == END


def test_what_never_ends_is_never_renewed(lea):
    course = make_offered("FND")
    make_completion(lea, course, date(2020, 1, 20), valid_until=date(2022, 1, 20))
    make_completion(lea, course, date(2023, 1, 20), valid_until=None)

    assert renewals.may_renew(lea, course, today()) is False


def test_who_has_completed_comes_back_to_the_same_enrolment_until_she_may_renew(cast, course):
    first = complete(cast.lea, course)
    again = enrol(cast.lea, course)
    end = today() + timedelta(days=10)
    Completion.objects.filter(enrolment=first).update(valid_until=end)

    second = enrolling.enrol(cast.lea, course.course, language="en")

    assert (again, second.cycle, second.is_open) == (first, 2, True)
    assert second.registration != first.registration
    assert enrol(cast.lea, course) == second


def test_a_renewed_completion_goes_on_from_the_old_end(cast, course):
    first = complete(cast.lea, course)
    end = today() + timedelta(days=10)
    Completion.objects.filter(enrolment=first).update(valid_until=end)

    complete(cast.lea, course)

    old, new = Completion.objects.filter(person=cast.lea).order_by("pk")
    assert (new.completed_on, new.renews_from, new.valid_until) == (today(), end, add_months(end, 24))
    assert (old.valid_until, Enrolment.objects.filter(person=cast.lea).count()) == (end, 2)
    assert cast.lea.certificates.count() == 2


def test_the_page_of_the_course_offers_to_renew_once_it_is_time(signed_in, cast, course):
    complete(cast.lea, course)
    before = signed_in(cast.lea).get("/learn/tst/").context["may_renew"]
    Completion.objects.update(valid_until=today() + timedelta(days=10))

    page = signed_in(cast.lea).get("/learn/tst/")
    signed_in(cast.lea).post("/learn/tst/start/")

    assert (before, page.context["may_renew"], ">Renew<" in page.content.decode()) == (False, True, True)
    assert Enrolment.objects.get(person=cast.lea, cycle=2).is_open
