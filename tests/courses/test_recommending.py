"""A course recommended by name: shown as such, for a while, and never mandatory."""

from datetime import timedelta

import pytest

from courses import assigning, recommending
from courses.models import Assignment, ManualAssignment
from lms.days import today
from lms.refusals import NotAllowed
from tests.factories.asking import make_line, make_offered

DAY = today()
UNTIL = DAY + timedelta(days=90)


def recommend(course, people, by, **values) -> int:
    return recommending.recommend(course, people, by=by, **{"day": DAY, "until": UNTIL, "note": "Worth it.", **values})


def asked(day=DAY) -> dict[str, tuple]:
    rows = Assignment.objects.with_state(day).select_related("person").order_by("pk")
    return {row.person.official_name: (row.strength, row.state, row.due_on) for row in rows}


def test_it_is_recommended_for_a_while_and_never_overdue_and_leaves_a_mandatory_line_alone(cast):
    fnd, rtn = make_offered("FND"), make_offered("RTN")
    line = make_line(fnd, structure=cast.office, due_days=1000)

    counts = [recommend(course, [cast.nora], cast.focal) for course in (fnd, rtn, rtn)]
    assigning.apply_rules(UNTIL + timedelta(days=1))

    rows = Assignment.objects.with_state(UNTIL).filter(person=cast.nora).order_by("course__code")
    assert counts == [1, 1, 0]
    assert [(row.strength, row.state) for row in rows] == [("mandatory", "overdue"), ("recommended", "not-started")]
    assert (rows[0].requirement, rows[1].due_on) == (line, UNTIL)
    assert Assignment.objects.on(UNTIL + timedelta(days=1)).filter(course=rtn).count() == 0


def test_a_focal_point_reaches_the_people_of_her_structure_only(cast):
    rtn = make_offered("RTN")

    for by, people in ((cast.focal, [cast.lea, cast.stranger]), (cast.manager, [cast.lea]), (cast.lea, [cast.ben])):
        with pytest.raises(NotAllowed):
            recommend(rtn, people, by)
    with pytest.raises(NotAllowed):
        recommend(rtn, [cast.lea], cast.focal, until=DAY - timedelta(days=1))

    assert not ManualAssignment.objects.exists()


def test_one_that_is_ended_is_asked_no_more_and_stays_in_the_record(cast):
    rtn = make_offered("RTN")
    recommend(rtn, [cast.lea, cast.stranger], cast.hr, day=DAY - timedelta(days=5))

    ended = [recommending.end(ManualAssignment.objects.all(), by=by, day=DAY) for by in (cast.focal, cast.focal, cast.hr)]
    assigning.apply_rules(DAY)

    assert ended == [1, 0, 1]
    assert asked() == {}
    rows = ManualAssignment.objects.filter(person=cast.lea).order_by("pk")
    assert [(row.ends_on, row.superseded_at is None) for row in rows] == [(UNTIL + timedelta(days=1), False), (DAY, True)]


def test_a_focal_point_recommends_on_the_page_and_her_people_see_it(signed_in, cast):
    make_offered("RTN")
    client = signed_in(cast.focal)
    sent = {"course": "RTN", "structure": cast.mission.pk, "until": UNTIL, "note": "Many return here."}

    said = client.post("/reports/recommended/new/", sent, follow=True).content.decode()
    outside = client.post("/reports/recommended/new/", sent | {"structure": cast.elsewhere.pk}).status_code
    assigning.apply_rules(DAY)
    page = " ".join(signed_in(cast.nora).get("/my/").content.decode().split())

    assert "Recommended to 6 people." in said  # all but herself
    assert outside == 422
    assert "Many return here." in page
    assert "<span>recommended</span>" in page
    client = signed_in(cast.focal)
    client.post("/reports/recommended/end/", {"chosen": [row.pk for row in ManualAssignment.objects.all()]})
    assert "Nothing is recommended by name." in client.get("/reports/recommended/").content.decode()


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_costs_the_same_for_one_and_for_three(signed_in, cast, django_assert_num_queries, more):
    for number, person in enumerate((cast.lea, cast.ben, cast.nora)[: more + 1]):
        recommend(make_offered(f"C{number}"), [person], cast.hr)
    client = signed_in(cast.hr)
    client.get("/my/")

    with django_assert_num_queries(5):
        client.get("/reports/recommended/")
