"""A later date between a person and the owner of a course: nobody else learns that it was asked for, or why."""

from datetime import timedelta
from uuid import uuid4

import pytest

from courses import arranging, assigning
from courses.models import Arrangement, Assignment, LaterDate
from lms.days import today
from lms.people.models import Role
from lms.refusals import NotAllowed
from tests.factories.asking import make_line
from tests.factories.people import make_grant

DAY = today()
UNTIL = DAY + timedelta(days=60)


@pytest.fixture
def tst(cast, course):
    make_line(course.course)
    assigning.apply_rules(DAY)
    return course.course


def ask(cast, course, **values) -> Arrangement:
    return arranging.ask(cast.lea, course, **{"wanted_on": UNTIL, "words": "Field work.", "submission": uuid4(), **values})


def row_of(person, day=DAY) -> Assignment:
    return Assignment.objects.with_state(day).get(person=person)


def test_a_later_date_is_agreed_and_reminders_pause_until_then(cast, tst, mailoutbox):
    asked = [ask(cast, tst) for _ in range(2)]

    for _ in range(2):
        arranging.agree(asked[0], by=cast.trainer, until=UNTIL, answer="With pleasure.")
    assigning.apply_rules(DAY)

    assert asked[0] == asked[1]
    assert (row_of(cast.lea).state, row_of(cast.lea).due_on, row_of(cast.ben).state) == ("not-started", UNTIL, "overdue")
    paused = [UNTIL + timedelta(days=days) for days in (-1, 0)]
    hers = Assignment.objects.filter(person=cast.lea)
    assert [hers.on(day).to_be_reminded_on(day).exists() for day in paused] == [False, True]
    assert Assignment.objects.filter(person=cast.ben).to_be_reminded_on(DAY).exists()
    assert [mail.to for mail in mailoutbox] == [[cast.trainer.email], [cast.lea.email]]
    assert [word for word in ("Lea", "Field work", "Test") if word in mailoutbox[0].body + mailoutbox[0].subject] == []


def test_only_an_owner_of_the_course_decides_and_never_about_herself(cast, tst):
    waiting, own = ask(cast, tst), None
    with pytest.raises(NotAllowed):
        own = arranging.ask(cast.trainer, tst, wanted_on=UNTIL, words="", submission=uuid4())
    for person in (cast.lea, cast.manager, cast.hr, cast.publisher, cast.focal):
        with pytest.raises(NotAllowed):
            arranging.agree(waiting, by=person, until=UNTIL)
    for until in (DAY, DAY - timedelta(days=1)):
        with pytest.raises(NotAllowed):
            arranging.agree(waiting, by=cast.trainer, until=until)
    with pytest.raises(NotAllowed):
        arranging.withdraw(waiting, by=cast.ben)

    arranging.withdraw(waiting, by=cast.lea)
    with pytest.raises(NotAllowed):
        arranging.agree(waiting, by=cast.trainer, until=UNTIL)

    assert (own, LaterDate.objects.count()) == (None, 0)


def test_a_manager_who_keeps_the_course_neither_reads_nor_decides_what_her_people_ask(signed_in, cast, tst):
    make_grant(cast.manager, Role.TRAINER, keys=[tst.key])
    waiting = ask(cast, tst)

    page = signed_in(cast.manager).get("/requests/").content.decode()
    with pytest.raises(NotAllowed):
        arranging.agree(waiting, by=cast.manager, until=UNTIL)

    assert (cast.lea.display_name in page, arranging.owners(tst, cast.lea)) == (False, [cast.trainer])


def test_who_sees_what_of_it(signed_in, cast, tst):
    """She and the owner see the request; manager, focal point and HR the date, and the word "later", and nothing else."""
    address = "/my/why/tst/"
    signed_in(cast.lea).post(f"{address}later/", {"wanted_on": UNTIL, "words": "Field work.", "submission": uuid4()})
    row = Arrangement.objects.get()
    for_owner = signed_in(cast.trainer).get("/requests/").content.decode()
    signed_in(cast.trainer).post(f"/requests/{row.uuid}/", {"until": UNTIL, "answer": "With pleasure."})
    assigning.apply_rules(DAY)

    pages = {"lea": signed_in(cast.lea).get(address).content.decode()}
    for name in ("hr", "manager", "focal", "head"):
        pages[name] = signed_in(getattr(cast, name)).get(f"/reports/person/{cast.lea.uuid}/tst/").content.decode()

    day = f"due on {UNTIL:%-d %B %Y}"
    assert "Field work." in for_owner
    assert {name: (day in page, "later date" in page) for name, page in pages.items()} == dict.fromkeys(pages, (True, True))
    told = {
        name: [word for word in ("Field work", "pleasure", "Tara", "Your request") if word in page]
        for name, page in pages.items()
    }
    assert told == dict.fromkeys(pages, []) | {"lea": ["Field work", "pleasure", "Your request"]}


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_costs_the_same_for_one_and_for_three(signed_in, cast, tst, django_assert_num_queries, more):
    for person in (cast.lea, cast.ben, cast.nora)[: more + 1]:
        arranging.ask(person, tst, wanted_on=UNTIL, words="", submission=uuid4())
    client = signed_in(cast.trainer)
    client.get("/my/")

    with django_assert_num_queries(5):
        client.get("/requests/")
