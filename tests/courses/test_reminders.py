"""Who is reminded of what on a day, by the rows."""

from datetime import date, timedelta

import pytest

from courses import assigning, postponing, reminders, reminding
from courses.models import LanguageVersion, Reminder
from tests.factories.asking import make_completion, make_exemption, make_line, make_offered, make_planned
from tests.factories.people import make_person, make_structure

JOINED = date(2026, 1, 10)
DUE = date(2026, 2, 9)  # 30 days later
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@pytest.fixture
def mission(db):
    return make_structure("MIS")


def told(day: date) -> dict[str, list[str]]:
    """By name, what they are reminded of."""
    assigning.apply_rules(day)
    return {person.official_name: [due.course.code for due in dues] for person, dues in reminders.to_remind(day)}


def test_who_has_nothing_to_do_is_not_reminded(mission):
    course = make_offered("FND")
    make_line(course)
    make_line(make_planned("IDR"))  # waits for its first version
    people = {
        name: make_person(name, structure=mission, starts_on=JOINED)
        for name in ("Open", "Done", "Exempt", "Undecided", "Left", "Over", "Russian")
    }
    hedi, hans = make_person("Hedi"), make_person("Hans")
    make_completion(people["Done"], course, DUE - DAY)
    make_exemption(people["Exempt"], course, by=hedi, agreed=hans, starts_on=JOINED)
    make_exemption(people["Undecided"], course, by=hedi, agreed=None, starts_on=JOINED)
    type(hedi).objects.filter(official_name="Left").update(is_active=False)
    type(hedi).objects.filter(official_name="Russian").update(language="ru")
    people["Over"].postings.update(ends_on=DUE)

    assert told(DUE + DAY) == {"Open": ["FND"], "Undecided": ["FND"]}


def test_each_waits_for_what_holds_of_her(mission):
    """Her own end of validity, the days of grace after an exemption, a strength."""
    course, once = make_offered("FND"), make_offered("ONCE")
    make_line(course, valid_months=12)
    make_line(once, strength="recommended", due_days=30)
    renews, returns, _new = (make_person(name, structure=mission, starts_on=JOINED) for name in ("Renews", "Returns", "New"))
    make_completion(renews, course, JOINED)  # until 10 January 2027
    make_exemption(returns, course, by=make_person(), agreed=make_person(), starts_on=JOINED, ends_on=date(2026, 4, 1))
    days = [DUE, DUE + DAY, DUE + WEEK, date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 7), date(2026, 11, 11)]

    found = {}
    for day in days:
        found[day] = told(day)
        reminding.remind_all(day)

    assert found == {
        DUE: {"Renews": ["ONCE"], "Returns": ["ONCE"], "New": ["FND", "ONCE"]},
        DUE + DAY: {},
        DUE + WEEK: {"New": ["FND"]},
        date(2026, 4, 1): {"Returns": ["FND"], "New": ["FND"]},
        date(2026, 4, 30): {"Returns": ["FND"], "New": ["FND"]},
        date(2026, 5, 7): {"Returns": ["FND"], "New": ["FND"]},
        date(2026, 11, 11): {"Renews": ["FND"], "Returns": ["FND"], "New": ["FND"]},
    }


def test_a_version_in_her_language_ends_the_waiting(mission):
    course = make_offered("FND")
    make_line(course)
    make_person("Lev", structure=mission, starts_on=JOINED, language="ru")
    before = told(DUE + DAY)
    LanguageVersion.objects.create(edition=course.editions.get(), language="ru", reviewed_on=DUE)

    assert (before, told(DUE + 2 * DAY)) == ({}, {"Lev": ["FND"]})


def test_the_next_days_are_foretold_as_they_come(mission):
    for code, days in (("FND", 30), ("IDR", 33)):
        make_line(make_offered(code), due_days=days)
    for name in ("Lea", "Ben"):
        make_person(name, structure=mission, starts_on=JOINED)
    days = [DUE - WEEK + number * DAY for number in range(14)]
    assigning.apply_rules(days[-1])

    [open_dues] = reminders.foreseen(days[-1])
    foretold = reminders.to_come(open_dues, days)
    came = {day: reminding.remind_all(day) for day in days}

    assert {day: foretold[day] for day in days} == came
    assert [day for day in days if came[day]] == [DUE - WEEK, DUE - 4 * DAY, DUE, DUE + 3 * DAY]
    assert reminders.to_come(open_dues, days).total() == 0


def test_reminders_pause_until_a_later_date_that_was_agreed_on(mission):
    course = make_offered("FND")
    make_line(course)
    hers = {"due_on": DUE + 5 * DAY, "starts_on": JOINED, "by": make_person("Tara")}
    for name, pauses in (("Agreed", True), ("Moved", False)):
        postponing.postpone(make_person(name, structure=mission, starts_on=JOINED), course, pauses_reminders=pauses, **hers)
    days = [DUE - WEEK + number * DAY for number in range(14)]
    assigning.apply_rules(days[-1])

    [open_dues] = reminders.foreseen(days[-1])
    foretold = reminders.to_come(open_dues, days)
    found = {day: list(told(day)) for day in days if reminding.remind_all(day) or foretold[day]}

    assert found == {DUE - WEEK: [], DUE - 2 * DAY: [], DUE + 5 * DAY: []}
    sent = Reminder.objects.order_by("day", "person__official_name").values_list("person__official_name", "day")
    assert list(sent) == [
        ("Moved", DUE - WEEK),
        ("Moved", DUE - 2 * DAY),
        ("Agreed", DUE + 5 * DAY),
        ("Moved", DUE + 5 * DAY),
    ]


@pytest.mark.parametrize("people", [1, 3])
def test_a_thousand_people_cost_as_much_as_one(mission, people, django_assert_num_queries):
    for code in ("FND", "IDR"):
        make_line(make_offered(code))
    for _number in range(people):
        person = make_person(structure=mission, starts_on=JOINED)
        Reminder.objects.create(person=person, day=DUE - WEEK)
    assigning.apply_rules(DUE)

    with django_assert_num_queries(6):
        assert len(list(reminders.to_remind(DUE))) == people
