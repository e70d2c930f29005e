"""Since when a field operation has no main focal point, or from when on it will have none."""

from datetime import date, timedelta

import pytest

from lms.people import vacancies
from lms.people.models import Role, Tree
from tests.factories.people import LONG_AGO, make_grant, make_person, make_structure

DAY = date(2026, 11, 26)
LATER, EARLIER = DAY + timedelta(days=10), DAY - timedelta(days=10)


@pytest.mark.parametrize(
    ("spans", "bare", "ended"),
    [
        ([], DAY, None),
        ([(LONG_AGO, None)], None, None),
        ([(LONG_AGO, EARLIER)], DAY, EARLIER),
        ([(LONG_AGO, DAY)], DAY, DAY),
        ([(LONG_AGO, LATER)], LATER, None),
        ([(LATER, None), (LONG_AGO, LATER)], None, None),
        ([(LATER, None), (LONG_AGO, EARLIER)], DAY, EARLIER),
        ([(LONG_AGO, LATER), (LONG_AGO, None)], None, None),
    ],
)
def test_the_first_day_that_no_grant_covers(spans, bare, ended):
    assert (vacancies.first_bare_day(spans, DAY), vacancies.last_end(spans, DAY)) == (bare, ended)


def test_which_field_operations_have_none_today_or_soon(db, django_assert_num_queries):
    missions = {code: make_structure(code) for code in ("GONE", "KEPT", "LEFT", "NEVER", "SOON", "TAKEN")}
    make_structure("SEC", kind="secretariat")
    for code, values in {"GONE": {"ends_on": EARLIER}, "KEPT": {}, "LEFT": {}, "SOON": {"ends_on": LATER}}.items():
        posting = {"ends_on": EARLIER} if code == "LEFT" else {}
        make_grant(make_person(structure=missions[code], **posting), Role.FOCAL_POINT, structure=missions[code], **values)
    make_grant(make_person(structure=missions["NEVER"]), Role.DEPUTY, structure=missions["NEVER"])
    make_grant(make_person(), Role.FOCAL_POINT, structure=missions["TAKEN"], cancelled_at="2026-01-01T00:00Z")
    tree = Tree(DAY)

    with django_assert_num_queries(3):
        found = vacancies.vacancies(DAY, tree)

    assert [(one.code, one.is_vacant, one.from_on, one.days) for one in found] == [
        ("GONE", True, DAY, 10),
        ("LEFT", True, DAY, 10),
        ("NEVER", True, DAY, None),
        ("SOON", False, LATER, None),
        ("TAKEN", True, DAY, None),
    ]
    assert [one.code for one in vacancies.vacancies(DAY, tree, within={missions["GONE"].pk})] == ["GONE"]
