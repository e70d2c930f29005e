"""What a filter says in an address, and which rows of a sheet it leaves."""

from datetime import timedelta
from uuid import UUID

from lms.days import today
from lms.people.models import Tree
from lms.reports.filters import NOTHING, PERSON, Filter
from lms.reports.models import SheetPerson, SheetRow
from tests.factories.people import make_person, make_structure
from tests.lms.reports.rows import add_course
from tests.lms.reports.sheet_rows import add_person, add_row, make_sheet

SHEET = UUID("11111111-1111-4111-8111-111111111111")


def before(days: int):
    return today() - timedelta(days=days)


def test_a_filter_says_only_what_is_chosen_in_the_address_and_in_the_log():
    everything, chosen = Filter(), Filter(sheet=SHEET, structure=7, course="ONE", states=("overdue", "expired"), late_from=0)
    people = Filter(by=PERSON, course="ONE", strength="mandatory", states=(NOTHING,))

    assert (everything.query(), everything.described()) == ("", {})
    assert chosen.query() == f"sheet={SHEET}&structure=7&course=ONE&states=overdue&states=expired&late_from=0"
    assert chosen.described() == {
        "sheet": str(SHEET),
        "structure": "7",
        "course": "ONE",
        "states": "overdue, expired",
        "late_from": "0",
    }
    assert people.query() == "by=person&states=nothing"


def test_a_filter_leaves_the_rows_to_which_all_of_it_applies(db):
    mission = make_structure("MIS")
    office, elsewhere = make_structure("OFF", parent=mission), make_structure("ELSE")
    ann = make_person("Ann", structure=mission, function_group="police", contract_type="intern", starts_on=before(30))
    bea, cleo = make_person("Bea", structure=office), make_person("Cleo", structure=elsewhere)
    one, two = add_course("ONE"), add_course("TWO")
    sheet = make_sheet()
    add_row(sheet, ann, one, state="overdue", due_on=before(10))
    add_row(sheet, ann, two, state="not-started", due_on=before(10), strength="recommended")
    add_row(sheet, bea, one, state="expiring", valid_until=before(-30))
    add_row(sheet, cleo, one, state="expired", valid_until=before(1), duty_station="Vienna")
    add_person(sheet, ann, state="overdue", late_since=before(10))
    add_person(sheet, bea, state="expiring", lapses_on=before(-30))
    add_person(sheet, cleo)

    def left(**chosen) -> list[str]:
        chosen = Filter(**chosen)
        model = SheetPerson if chosen.by == PERSON else SheetRow
        rows = chosen.applied(model.objects.filter(sheet=sheet), today(), Tree(today()))
        return [row.name if chosen.by == PERSON else f"{row.name} {row.course.code}" for row in rows.order_by("pk")]

    everybody = ["Ann ONE", "Ann TWO", "Bea ONE", "Cleo ONE"]
    for chosen, expected in (
        ({}, everybody),
        ({"structure": mission.pk}, everybody[:3]),
        ({"structure": office.pk}, ["Bea ONE"]),
        ({"course": "one"}, ["Ann ONE", "Bea ONE", "Cleo ONE"]),
        ({"course": "one", "structure": mission.pk}, ["Ann ONE", "Bea ONE"]),
        ({"states": ("overdue", "expired")}, ["Ann ONE", "Cleo ONE"]),
        ({"strength": "recommended"}, ["Ann TWO"]),
        ({"function_group": "police"}, ["Ann ONE", "Ann TWO"]),
        ({"contract_type": "intern", "states": ("overdue",)}, ["Ann ONE"]),
        ({"duty_station": "Vienna"}, ["Cleo ONE"]),
        ({"late_from": 10, "late_to": 10}, ["Ann ONE"]),
        ({"late_from": 11}, []),
        ({"late_to": 9}, []),
        ({"lapses_within": 30}, ["Bea ONE"]),
        ({"lapses_within": 29}, []),
        ({"entered_within": 30}, ["Ann ONE", "Ann TWO"]),
        ({"entered_within": 29}, []),
        ({"by": PERSON, "course": "TWO", "strength": "recommended"}, ["Ann", "Bea", "Cleo"]),
        ({"by": PERSON, "states": (NOTHING, "expiring")}, ["Bea", "Cleo"]),
        ({"by": PERSON, "late_from": 1, "late_to": 30}, ["Ann"]),
        ({"by": PERSON, "lapses_within": 30}, ["Bea"]),
    ):
        assert left(**chosen) == expected, chosen
