"""The numbers: on any day, for any reader, equal to what a plain count of the same people gives."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from courses.models import Course
from lms.days import today
from lms.people.models import Posting, Role, Structure, StructurePeriod, User
from lms.reports import figures
from lms.reports.figures import Cell, Selection, State, Table
from tests.factories.people import make_grant, make_person, make_posting, make_structure
from tests.lms.reports.rows import add_course, begin, finish

DAY = timedelta(days=1)


@pytest.fixture
def one(db) -> Course:
    return add_course("ONE")


def ago(days: int) -> date:
    return today() - days * DAY


def fresh(person: User) -> User:
    """The reader at her next request."""
    return User.objects.get(pk=person.pk)


def numbers(reader: User, courses: list[Course], **selection) -> dict[str, list[tuple[int, int, int]]]:
    """(people, done, in progress) of each course by the name of each structure, hidden rows left out; the sum under "all"."""
    table = Table(fresh(reader), Selection(**{"day": today()} | selection), courses)
    rows = {row.name: row for row in table.rows} | {"all": table.total}
    return {
        name: [(cell.people, cell.done, cell.in_progress) for cell in row.cells]
        for name, row in rows.items()
        if not row.is_hidden
    }


def states(reader: User, course: Course, **selection) -> dict[str, str]:
    """State by name of the person."""
    rows = figures.people(fresh(reader), Selection(**{"day": today(), "course": course} | selection))
    return {row.person.official_name: row.state for row in rows}


# --- states --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def lea(db) -> User:
    return make_person("Lea", structure=make_structure("MIS"))


@pytest.fixture
def hr(db) -> User:
    person = make_person("Hedi")
    make_grant(person, Role.HR)
    return person


def state_on(hr: User, course: Course, day: date) -> str:
    """The only person's state, which list and table agree upon."""
    [(_people, done, in_progress)] = numbers(hr, [course], day=day)["all"]
    [state] = states(hr, course, day=day).values()
    assert (done, in_progress) == (int(state == State.DONE), int(state == State.IN_PROGRESS))
    return state


def test_whoever_did_nothing_has_not_started(hr, lea, one):
    assert state_on(hr, one, today()) == State.NOT_STARTED


def test_an_enrolment_is_in_progress_from_its_day_to_the_day_before_it_is_closed(hr, lea, one):
    begin(lea, one, ago(10), closed=ago(5))

    assert [state_on(hr, one, ago(days)) for days in (11, 10, 6, 5, 0)] == [
        State.NOT_STARTED,
        State.IN_PROGRESS,
        State.IN_PROGRESS,
        State.NOT_STARTED,
        State.NOT_STARTED,
    ]


def test_a_completion_counts_from_its_day_to_its_last_valid_day(hr, lea, one):
    finish(lea, one, ago(10), until=ago(5))

    assert [state_on(hr, one, ago(days)) for days in (11, 10, 5, 4)] == [
        State.NOT_STARTED,
        State.DONE,
        State.DONE,
        State.EXPIRED,
    ]


def test_a_completion_without_end_stays_valid(hr, lea, one):
    finish(lea, one, ago(1000))

    assert state_on(hr, one, today()) == State.DONE


def test_a_completion_that_was_withdrawn_never_counts(hr, lea, one):
    finish(lea, one, ago(10), withdrawn_by=hr)

    assert [state_on(hr, one, ago(days)) for days in (10, 0)] == [State.NOT_STARTED] * 2


def test_who_renews_is_done_while_valid_then_in_progress_then_done_again(hr, lea, one):
    finish(lea, one, ago(30), until=ago(20))
    finish(lea, one, ago(5), until=today())
    begin(lea, one, ago(25), closed=ago(5))

    assert [state_on(hr, one, ago(days)) for days in (25, 20, 19, 6, 5)] == [
        State.DONE,
        State.DONE,
        State.IN_PROGRESS,
        State.IN_PROGRESS,
        State.DONE,
    ]


def test_another_course_and_another_person_do_not_count(hr, lea, one):
    finish(lea, add_course("TWO"), ago(1))
    finish(hr, one, ago(1))

    assert state_on(hr, one, today()) == State.NOT_STARTED


def test_a_day_begins_at_midnight_in_the_time_of_the_organization(hr, lea, one):
    begin(lea, one, today(), at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))  # half past midnight in Vienna

    assert [state_on(hr, one, day) for day in (date(2026, 1, 31), date(2026, 2, 1))] == [State.NOT_STARTED, State.IN_PROGRESS]


def test_the_list_tells_when_the_latest_round_was_begun_and_done(hr, lea, one):
    finish(lea, one, ago(30), until=ago(20))
    finish(lea, one, ago(5), until=today() + DAY)
    begin(lea, one, ago(2))

    def dates(day: date) -> tuple:
        row = figures.people(hr, Selection(day=day, course=one)).get()
        return row.begun_on, row.completed_on, row.valid_until

    assert [dates(ago(days)) for days in (31, 30, 6, 5, 0)] == [
        (None, None, None),
        (ago(30), ago(30), ago(20)),
        (ago(30), ago(30), ago(20)),
        (ago(5), ago(5), today() + DAY),
        (ago(2), ago(5), today() + DAY),
    ]


# --- structures on a day -------------------------------------------------------------------------------------------------
def test_who_moved_counts_on_each_day_where_she_was_then(hr, one):
    mission, office = make_structure("MIS"), make_structure("OFF")
    lea = make_person("Lea", structure=mission, ends_on=ago(10))
    make_posting(lea, office, starts_on=ago(10))
    finish(lea, one, ago(20))

    assert numbers(hr, [one], day=ago(11)) == {"MIS": [(1, 1, 0)], "all": [(1, 1, 0)]}
    assert numbers(hr, [one], day=ago(10)) == {"OFF": [(1, 1, 0)], "all": [(1, 1, 0)]}


def test_who_left_counts_on_the_days_on_which_she_was_there(hr, one):
    lea = make_person("Lea", structure=make_structure("MIS"), ends_on=ago(10), is_active=False)
    finish(lea, one, ago(20))

    assert [numbers(hr, [one], day=ago(days)) for days in (11, 10)] == [
        {"MIS": [(1, 1, 0)], "all": [(1, 1, 0)]},
        {"all": [(0, 0, 0)]},
    ]


def test_a_structure_with_people_is_shown_although_it_was_closed(hr, one):
    closed, child = make_structure("OLD"), make_structure("KID")
    StructurePeriod.objects.filter(structure=child).update(parent=closed)
    StructurePeriod.objects.filter(structure=closed).update(ends_on=ago(10))
    for structure in (closed, child):
        make_person(structure=structure)

    assert numbers(hr, [one]) == {"a structure that is closed": [(1, 0, 0)], "KID": [(1, 0, 0)], "all": [(2, 0, 0)]}


def test_a_structure_is_chosen_with_all_that_was_below_it_on_the_day(hr, one):
    mission, elsewhere = make_structure("MIS"), make_structure("ELSE")
    office = make_structure("OFF", parent=mission)
    StructurePeriod.objects.filter(structure=office).update(ends_on=ago(10))
    StructurePeriod.objects.create(structure=office, names={"en": "OFF"}, parent=elsewhere, starts_on=ago(10))
    for structure in (mission, elsewhere, office):
        make_person(structure=structure)

    found = [numbers(hr, [one], day=ago(days), structure=mission.pk) for days in (11, 10)]

    assert [set(rows) for rows in found] == [{"MIS", "OFF", "all"}, {"MIS", "all"}]


def test_rows_stand_in_the_order_of_the_tree(hr, one):
    top, beside = make_structure("BBB"), make_structure("AAA")
    below = make_structure("ZZZ", parent=beside)
    for structure in (top, beside, below):
        make_person(structure=structure)

    assert [row.name for row in Table(hr, Selection(day=today()), [one]).rows] == ["AAA", "ZZZ", "BBB"]


def test_a_contract_type_is_chosen(hr, one):
    mission = make_structure("MIS")
    make_person("Lea", structure=mission, contract_type="intern")
    make_person("Ben", structure=mission)

    assert numbers(hr, [one], contract_type="intern") == {"MIS": [(1, 0, 0)], "all": [(1, 0, 0)]}
    assert list(states(hr, one, contract_type="intern")) == ["Lea"]


@pytest.mark.parametrize("state", State)
def test_a_state_is_chosen(hr, one, state):
    mission = make_structure("MIS")
    person = {value: make_person(value, structure=mission) for value in State.values}
    finish(person["done"], one, ago(5))
    begin(person["in-progress"], one, ago(5))
    finish(person["expired"], one, ago(5), until=ago(4))

    assert states(hr, one, state=state) == {state.value: state.value}


# --- readers -------------------------------------------------------------------------------------------------------------
REACHED = {
    "lea": {"lea"},
    "manager": {"manager", "lea"},
    "focal": {"focal", "deputy", "lea", "ben", "nora", "manager", "head"},
    "head": {"focal", "deputy", "lea", "ben", "nora", "manager", "head"},
    "trainer": {"trainer"},
    "overview": {"overview"},
    "auditor": {"auditor"},
    "admin": {"admin"},
}


@pytest.mark.parametrize("reader", REACHED)
def test_each_reader_finds_in_the_list_whom_she_may_know_by_name(cast, one, reader):
    found = states(getattr(cast, reader), one)

    assert set(found) == {getattr(cast, name).official_name for name in REACHED[reader]}


def test_hr_finds_everybody_in_post(cast, one):
    assert set(states(cast.hr, one)) == {person.official_name for person in cast.everybody.values()}


@pytest.mark.parametrize(
    ("reader", "rows"),
    [
        ("hr", {"SEC": 9, "MIS": 6, "MIS-F": 1, "ELSE": 1, "all": 17}),
        ("focal", {"MIS": 6, "MIS-F": 1, "all": 7}),
        ("manager", {"MIS": 2, "all": 2}),
        ("overview", {"SEC": 9, "all": 17}),
    ],
)
def test_each_reader_finds_her_numbers_in_the_table(cast, one, reader, rows):
    found = numbers(getattr(cast, reader), [one])

    assert {name: cells[0][0] for name, cells in found.items()} == rows


def test_who_reads_totals_and_a_few_names_gets_no_small_group_and_no_other_name(cast, one):
    make_grant(cast.overview, Role.FOCAL_POINT, structure=cast.office)

    assert set(numbers(cast.overview, [one])) == {"SEC", "all"}
    assert set(states(cast.overview, one)) == {"Otto Overview", "Nora Field"}


def test_for_export_only_those_count_whom_the_reader_may_export(cast, one):
    make_grant(cast.manager, Role.FOCAL_POINT, structure=cast.elsewhere)
    selection = Selection(day=today(), course=one)
    manager = fresh(cast.manager)

    read, exported = ({row.person for row in figures.people(manager, selection, action=action)} for action in "RX")
    table = Table(manager, selection, [one], action="X")

    assert (read - {manager}, exported - {manager}) == ({cast.lea, cast.stranger}, {cast.stranger})
    assert {row.name: row.people for row in table.rows} == {"MIS": 1, "ELSE": 1}


def test_on_a_past_day_a_focal_point_finds_the_people_of_today_where_they_were_then(cast, one):
    Posting.objects.filter(person=cast.nora).update(ends_on=ago(10))
    make_posting(cast.nora, cast.mission, starts_on=ago(10))
    Posting.objects.filter(person=cast.ben).update(ends_on=ago(5))
    make_posting(cast.ben, cast.elsewhere, starts_on=ago(5))

    then, now = ({name: cells[0][0] for name, cells in numbers(cast.focal, [one], day=day).items()} for day in (ago(11), today()))

    assert (then, now) == ({"MIS": 5, "MIS-F": 1, "all": 6}, {"MIS": 6, "all": 6})
    assert "Ben Learner" not in states(cast.focal, one, day=ago(11))


def test_a_whole_of_under_five_is_hidden_from_who_reads_totals(db, one):
    reader = make_person("Otto", structure=make_structure("SEC"))
    make_grant(reader, Role.OVERVIEW)
    table = Table(reader, Selection(day=today()), [one])

    assert (table.total.is_hidden, table.total.size, table.total.cells[0].is_hidden) == (True, "under five", True)
    assert [(row.is_hidden, row.size) for row in table.rows] == [(True, "under five")]


# --- cells ---------------------------------------------------------------------------------------------------------------
SHARES = [(0, 0, 0, 0), (0, 9, 0, 0), (49, 100, 49, 0), (1, 2, 50, 1), (62, 100, 62, 1), (63, 100, 63, 2), (9, 9, 100, 4)]


@pytest.mark.parametrize(("done", "people", "percent", "step"), SHARES)
def test_a_cell_has_its_share_and_its_shade(done, people, percent, step):
    cell = Cell(course=1, people=people, done=done, in_progress=0)

    assert (cell.percent, cell.step) == (percent, step)


# --- against a plain count -----------------------------------------------------------------------------------------------
@dataclass
class Somebody:
    """What the plain count knows of a person: where she served, and what she did in each course."""

    person: User
    served: list[tuple[Structure, date, date | None]]
    enrolled: list[tuple[Course, date, date | None]] = field(default_factory=list)
    completed: list[tuple[Course, date, date | None]] = field(default_factory=list)

    def place(self, day: date) -> Structure | None:
        return next((place for place, first, end in self.served if first <= day and (end is None or day < end)), None)

    def state(self, course: Course, day: date) -> State:
        done = [until for found, on, until in self.completed if found == course and on <= day]
        if any(until is None or day <= until for until in done):
            return State.DONE
        if any(found == course and first <= day and (end is None or day < end) for found, first, end in self.enrolled):
            return State.IN_PROGRESS
        return State.EXPIRED if done else State.NOT_STARTED


@dataclass
class World:
    tree: dict[Structure, Structure | None]
    courses: list[Course]
    people: list[Somebody]

    def below(self, top: Structure) -> set[Structure]:
        found = {top}
        while more := {place for place, parent in self.tree.items() if parent in found} - found:
            found |= more
        return found


def populate(chance: random.Random) -> World:
    tree: dict[Structure, Structure | None] = {}
    for number in range(4):
        parent = chance.choice([None, *tree])
        tree[make_structure(f"S{number}", parent=parent)] = parent
    world = World(tree, [add_course("ONE"), add_course("TWO")], [])
    withdrawer = make_person()
    for number in range(chance.randint(6, 16)):
        somebody = Somebody(make_person(f"P{number:02}"), postings(chance, list(tree)))
        for place, first, end in somebody.served:
            make_posting(somebody.person, place, starts_on=first, ends_on=end)
        for course in world.courses:
            learn(chance, somebody, course, withdrawer)
        world.people.append(somebody)
    return world


def postings(chance: random.Random, places: list[Structure]) -> list[tuple[Structure, date, date | None]]:
    cuts = sorted(chance.sample(range(1, 400), chance.choice([2, 4])), reverse=True)
    spans = [(ago(first), ago(end)) for first, end in zip(cuts[::2], cuts[1::2], strict=True)]
    if chance.random() < 0.7:
        spans[-1] = (spans[-1][0], None)
    return [(chance.choice(places), first, end) for first, end in spans]


def learn(chance: random.Random, somebody: Somebody, course: Course, withdrawer: User) -> None:
    for _round in range(chance.choice([0, 1, 1, 2])):
        day = ago(chance.randint(0, 300))
        until = chance.choice([None, day, day + 30 * DAY, day + 400 * DAY])
        is_withdrawn = chance.random() < 0.2
        finish(somebody.person, course, day, until=until, withdrawn_by=withdrawer if is_withdrawn else None)
        if not is_withdrawn:
            somebody.completed.append((course, day, until))
    if chance.random() < 0.6:
        first = chance.randint(0, 300)
        closed = chance.choice([None, ago(chance.randint(0, first))])
        begin(somebody.person, course, ago(first), closed=closed)
        somebody.enrolled.append((course, ago(first), closed))


def plain_table(world: World, people: list[Somebody], day: date) -> dict[str, list[tuple[int, int, int]]]:
    def cells(group: list[Somebody]) -> list[tuple[int, int, int]]:
        found = [[one.state(course, day) for one in group] for course in world.courses]
        return [(len(group), line.count(State.DONE), line.count(State.IN_PROGRESS)) for line in found]

    serving = [one for one in people if one.place(day)]
    by_place = {place.code: [one for one in serving if one.place(day) == place] for place in world.tree}
    return {code: cells(group) for code, group in by_place.items() if group} | {"all": cells(serving)}


DAYS = (0, 1, 29, 100, 250)


@pytest.mark.parametrize("seed", range(6))
def test_hr_reads_what_a_plain_count_gives(hr, seed):
    world = populate(random.Random(seed))

    for day in map(ago, DAYS):
        assert numbers(hr, world.courses, day=day) == plain_table(world, world.people, day)
        for course in world.courses:
            plain = {one.person.official_name: one.state(course, day) for one in world.people if one.place(day)}
            assert states(hr, course, day=day) == plain


@pytest.mark.parametrize("seed", range(6))
def test_a_structure_is_counted_as_a_plain_count_counts_it(hr, seed):
    world = populate(random.Random(seed))

    for day in map(ago, DAYS):
        for top in world.tree:
            inside = [one for one in world.people if one.place(day) in world.below(top)]
            assert numbers(hr, world.courses, day=day, structure=top.pk) == plain_table(world, inside, day)


@pytest.mark.parametrize("seed", range(6))
def test_a_focal_point_reads_what_a_plain_count_of_her_people_gives(db, seed):
    world = populate(random.Random(seed))
    top = next(iter(world.tree))
    reader = make_person("Fina")
    make_grant(reader, Role.FOCAL_POINT, structure=top)
    hers = [one for one in world.people if one.place(today()) in world.below(top)]

    for day in map(ago, DAYS):
        assert numbers(reader, world.courses, day=day) == plain_table(world, hers, day)


@pytest.mark.parametrize("seed", range(6))
def test_who_reads_totals_can_work_out_no_group_of_one_to_four(db, seed):
    world = populate(random.Random(seed))
    reader = make_person("Otto")
    make_grant(reader, Role.OVERVIEW)

    for day in map(ago, DAYS):
        plain, shown = plain_table(world, world.people, day), numbers(reader, world.courses, day=day)
        assert shown.items() <= plain.items()
        sizes = {name: cells[0][0] for name, cells in shown.items()}
        rest = sizes.pop("all", 0) - sum(sizes.values())
        assert [size for size in (*sizes.values(), rest) if size in range(1, 5)] == []


# --- costs ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_the_table_costs_the_same_with_one_course_and_with_three(cast, django_assert_num_queries, count):
    courses = [add_course(f"C{number}") for number in range(count)]
    for course in courses:
        finish(cast.lea, course, ago(1))

    with django_assert_num_queries(6):  # two for the reader's rights; tree, people, done, in progress
        table = Table(cast.hr, Selection(day=today()), courses)
        assert (len(table.rows), table.total.people) == (4, 17)


@pytest.mark.parametrize("reader", ["hr", "focal", "manager"])
def test_the_list_costs_the_same_for_few_and_for_many(cast, one, django_assert_num_queries, reader):
    person, budget = getattr(cast, reader), {"hr": 3, "focal": 4, "manager": 3}[reader]
    for _ in range(20):
        make_person(structure=cast.mission, manager=cast.manager)

    with django_assert_num_queries(budget):
        rows = list(figures.people(person, Selection(day=today(), course=one)))
        names = [(row.person.official_name, row.structure.code) for row in rows]

    assert len(names) >= 20
