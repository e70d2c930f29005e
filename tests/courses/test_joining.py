"""One person with two records: joined by two HR officers, seen as one, and split again as before."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates.models import Certificate
from courses import disputing, joining, postponing, tracking
from courses.models import Completion, Enrolment
from lms.days import today
from lms.people.models import AccessEntry, PersonAlias, PersonJoin, Posting, User
from lms.refusals import NotAllowed
from lms.xapi import queries
from tests.factories.learning import complete, enrol, read_module
from tests.factories.people import make_person, make_posting
from tests.lms.people.feeds import applied, feed, line

OLD = today() - timedelta(days=400)


@pytest.fixture
def twin(cast) -> User:
    """Lea's record from when she served the first time."""
    person = make_person("Leá Learner", email="lea.old@osce.test")
    make_posting(person, cast.elsewhere, starts_on=OLD, ends_on=OLD + timedelta(days=100))
    Posting.objects.filter(person=cast.lea).update(starts_on=OLD + timedelta(days=200))
    return person


def join(cast, kept: User, other: User) -> PersonJoin:
    return joining.agree(joining.ask(kept, other, by=cast.hr, reason="She came back."), by=cast.hr2)


def everything() -> list[list[tuple]]:
    """All that a join may touch."""
    return [
        list(User.objects.order_by("pk").values_list("pk", "is_active")),
        list(PersonAlias.objects.order_by("pk").values_list()),
        list(Posting.objects.order_by("pk").values_list()),
        list(Enrolment.objects.order_by("pk").values_list()),
        list(Completion.objects.order_by("pk").values_list()),
        list(Certificate.objects.order_by("pk").values_list("pk", "person", "award", "name")),
    ]


def test_states_and_certificates_see_one_and_no_statement_changes(cast, course, twin):
    complete(twin, course)
    before = [stored.statement for stored in queries.of_registration(Enrolment.objects.get().registration, tracking.FOLDED_VERBS)]

    join(cast, cast.lea, twin)

    enrolment = Enrolment.objects.get()
    after = [stored.statement for stored in queries.of_registration(enrolment.registration, tracking.FOLDED_VERBS)]
    assert before == after != []
    assert {enrolment.person, Completion.objects.get().person, Certificate.objects.get().person} == {cast.lea}
    assert set(cast.lea.aliases.values_list("uuid", flat=True)) == {cast.lea.uuid, twin.uuid}
    assert [row.structure.code for row in cast.lea.postings.order_by("starts_on")] == ["ELSE", "MIS"]
    assert not User.objects.get(pk=twin.pk).is_active


def test_what_she_asked_and_what_was_agreed_goes_along_and_comes_back(cast, course, twin):
    asked = disputing.ask(twin, course.course, reason="date", words="", submission=uuid4())
    later = postponing.postpone(twin, course.course, due_on=today(), starts_on=OLD, by=cast.hr, pauses_reminders=False)
    found = []

    joined = join(cast, cast.lea, twin)
    found.append({row.__class__.objects.get(pk=row.pk).person for row in (asked, later)})
    joining.split(joined, by=cast.hr, reason="They are two.")
    found.append({row.__class__.objects.get(pk=row.pk).person for row in (asked, later)})

    assert found == [{cast.lea}, {twin}]


def test_a_rebuild_after_it_finds_nothing_different(cast, course, twin):
    complete(twin, course)
    read_module(enrol(cast.lea, course), course.page.get_children().first().specific)

    join(cast, cast.lea, twin)

    assert [tracking.check(enrolment).differences for enrolment in Enrolment.objects.all()] == [[], []]


def test_of_two_open_enrolments_the_one_with_more_done_goes_on(cast, course, twin):
    more, less = enrol(twin, course), enrol(cast.lea, course)
    read_module(more, course.page.get_children().first().specific)

    join(cast, cast.lea, twin)

    rows = Enrolment.objects.order_by("cycle").values_list("pk", "person", "cycle", "closed_because")
    assert list(rows) == [(less.pk, cast.lea.pk, 1, "withdrawn"), (more.pk, cast.lea.pk, 2, "")]


def test_join_then_split_is_as_before(cast, course, twin):
    complete(twin, course)
    enrol(cast.lea, course)
    before = everything()

    made = join(cast, cast.lea, twin)
    between = everything()
    for _again in range(2):
        joining.split(made, by=cast.hr, reason="Two persons after all.")

    assert (between != before, everything()) == (True, before)


def test_what_is_done_meanwhile_goes_with_its_enrolment(cast, course, twin):
    enrol(twin, course)
    made = join(cast, cast.lea, twin)
    complete(cast.lea, course)

    joining.split(made, by=cast.hr, reason="Two persons after all.")

    assert {Enrolment.objects.get().person, Completion.objects.get().person, Certificate.objects.get().person} == {twin}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kept=st.lists(st.sampled_from(["done", "withdrawn"]), max_size=3),
    other=st.lists(st.sampled_from(["done", "withdrawn"]), max_size=3),
    is_open=st.tuples(st.booleans(), st.booleans()),
    order=st.randoms(use_true_random=False),
)
def test_whatever_both_did_split_leads_back_and_joined_there_is_one_open_cycle(cast, course, twin, kept, other, is_open, order):
    with transaction.atomic():
        for person, closed, has_open in ((cast.lea, kept, is_open[0]), (twin, other, is_open[1])):
            for cycle, how in enumerate([*closed, *(["open"] if has_open else [])], start=1):
                make_cycle(person, course, cycle, how, order.randint(1, 300))
        before = everything()

        made = join(cast, cast.lea, twin)
        joined = list(Enrolment.objects.order_by("cycle"))
        joining.split(made, by=cast.hr2, reason="Two persons after all.")

        assert everything() == before
        if other or is_open[1]:
            assert [(row.person_id, row.cycle) for row in joined] == [(cast.lea.pk, cycle) for cycle in range(1, len(joined) + 1)]
            assert [row.is_open for row in joined if row.is_open] == [True] * any(is_open)
        transaction.set_rollback(True)


def make_cycle(person: User, made, cycle: int, how: str, days_ago: int) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    row = Enrolment.objects.create(
        person=person,
        course=made.course,
        edition=made.course.editions.first(),
        cycle=cycle,
        language="en",
        enrolled_at=at,
        closed_at=None if how == "open" else at,
        closed_because={"open": "", "done": "completed", "withdrawn": "withdrawn"}[how],
    )
    if how == "done":
        Completion.objects.create(
            enrolment=row,
            person=person,
            course=made.course,
            edition=row.edition,
            language="en",
            completed_at=at,
            completed_on=at.date(),
            statement=uuid4(),
        )


# --- who may, and what stands in the way -----------------------------------------------------------------------------------
def test_it_takes_two_hr_officers_neither_of_whom_it_is_about(cast, twin):
    asked = joining.ask(cast.lea, twin, by=cast.hr, reason="She came back.")

    for decide, words in (
        (lambda: joining.agree(asked, by=cast.hr), "A second HR officer has to agree"),
        (lambda: joining.agree(asked, by=cast.admin), "is no HR officer"),
        (lambda: joining.ask(cast.hr, twin, by=cast.hr, reason="Me."), "about her own record"),
        (lambda: joining.ask(cast.lea, cast.lea, by=cast.hr, reason="One."), "Name two records"),
        (lambda: joining.ask(cast.lea, twin, by=cast.hr, reason=" "), "Say why"),
        (lambda: joining.split(asked, by=cast.hr, reason=" "), "Say why"),
    ):
        with pytest.raises(NotAllowed, match=words):
            decide()
    assert PersonAlias.objects.filter(person=twin).count() == 1


def test_asking_and_agreeing_twice_is_once(cast, twin):
    asked = [joining.ask(cast.lea, twin, by=cast.hr, reason="She came back.") for _again in range(2)]
    agreed = [joining.agree(asked[0], by=cast.hr2) for _again in range(2)]

    assert asked[0] == asked[1]
    assert agreed[0].changes == agreed[1].changes
    entries = AccessEntry.objects.filter(what__startswith="join of two records").order_by("pk").values_list("what", "actor")
    assert list(entries) == [
        ("join of two records: asked", cast.hr.pk),
        ("join of two records: agreed", cast.hr2.pk),
    ]


def test_the_record_in_post_is_the_one_that_stays(cast, twin):
    with pytest.raises(NotAllowed, match="is the one in post today"):
        joining.ask(twin, cast.lea, by=cast.hr, reason="She came back.")


def test_a_record_is_joined_to_one_other_only(cast, twin):
    join(cast, cast.lea, twin)

    with pytest.raises(NotAllowed, match="is joined to another record"):
        joining.ask(cast.ben, twin, by=cast.hr, reason="She came back.")


def test_a_request_that_is_given_up_is_not_agreed_to_any_more(cast, twin):
    asked = joining.ask(cast.lea, twin, by=cast.hr, reason="She came back.")

    joining.split(asked, by=cast.hr, reason="Another person.")

    with pytest.raises(NotAllowed, match="given up or split"):
        joining.agree(asked, by=cast.hr2)


def test_a_feed_that_still_names_the_other_record_leaves_it_closed(cast, twin, folder):
    join(cast, cast.lea, twin)
    people = User.objects.filter(source="feed").order_by("pk")
    rows = [line(n, staff_number=one.staff_number, **{"e-mail": one.email}) for n, one in enumerate(people, start=1)]

    run = applied(feed(*rows), by=None, day=today())

    twin.refresh_from_db()
    refused = run.lines.filter(outcome="unmatched").values_list("staff_number", "reason")
    assert list(refused) == [(twin.staff_number, "This record was joined to another one: leave it out.")]
    assert (twin.is_active, twin.postings.count()) == (False, 0)
