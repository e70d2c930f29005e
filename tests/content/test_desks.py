from datetime import date, timedelta
from uuid import uuid4

import pytest

from content.desks import Desk
from content.models import Contact
from lms.days import today
from tests.factories.course import stream
from tests.factories.people import make_person, make_structure


def line(number: str, kind: str = "emergency", audience: str = "staff") -> dict:
    value = {"kind": kind, "audience": audience, "name": "A line", "number": number, "hours": "", "cost": ""}
    return {"type": "line", "id": str(uuid4()), "value": value}


def make_contact(structure, *lines, checked_on: date | None = None) -> Contact:
    contact = Contact(structure=structure, lines=stream(Contact, "lines", list(lines)), checked_on=checked_on or today())
    contact.save()
    contact.save_revision().publish()
    return contact


def numbers(reader) -> list[str]:
    return [found["number"] for found in Desk(reader, today()).for_staff]


def test_a_reader_sees_the_contacts_of_her_own_structure(cast):
    make_contact(cast.mission, line("+1 mission"))
    make_contact(cast.elsewhere, line("+1 elsewhere"))

    assert (numbers(cast.lea), numbers(cast.stranger)) == (["+1 mission"], ["+1 elsewhere"])


def test_else_those_of_the_nearest_structure_above(cast):
    make_contact(cast.mission, line("+1 mission"))

    assert numbers(cast.nora) == ["+1 mission"]


def test_each_audience_sees_its_own_lines(cast):
    make_contact(cast.mission, line("staff"), line("person", audience="person"))

    desk = Desk(cast.lea, today())

    assert ([x["number"] for x in desk.for_staff], [x["number"] for x in desk.for_person]) == (["staff"], ["person"])


@pytest.mark.parametrize(("days", "is_shown"), [(0, True), (89, True), (90, False), (400, False), (-1, False)])
def test_numbers_stand_for_ninety_days(cast, days, is_shown):
    make_contact(cast.mission, line("+1"), checked_on=today() - timedelta(days=days))

    assert numbers(cast.lea) == (["+1"] if is_shown else [])


def test_threat_17_withdrawn_numbers_are_gone_from_the_next_page(cast):
    contact = make_contact(cast.mission, line("+1"))

    contact.unpublish()

    assert numbers(cast.lea) == []


def test_threat_17_the_focal_point_stands_in_their_place(signed_in, cast, course):
    make_contact(cast.mission, line("+1 old"), checked_on=today() - timedelta(days=91))

    page = signed_in(cast.lea).get("/my/").content.decode()

    assert "+1 old" not in page
    assert "The numbers for your office are not checked at present." in page
    assert cast.focal.email in page


def test_care_shows_people_to_talk_to_only(cast):
    make_contact(cast.mission, line("112"), line("+1 counsellor", kind="counsellor"))

    assert [found["number"] for found in Desk(cast.lea, today()).care_lines] == ["+1 counsellor"]


def test_somebody_in_post_nowhere_has_an_empty_desk(cast):
    desk = Desk(make_person(), today())

    assert (desk.contact, desk.for_staff, desk.focal_points) == (None, [], [])


def test_demo_numbers_are_known_as_such(cast):
    assert make_contact(cast.mission, line("+00 000 000 000 (demo)")).has_demo_numbers is True
    assert make_contact(make_structure("OTHER"), line("+43 1")).has_demo_numbers is False


def test_a_focal_point_is_offered_her_own_structures_only(signed_in, cast):
    page = signed_in(cast.focal).get("/admin/snippets/content/contact/add/").content.decode()

    assert (">MIS<" in page, ">MIS-F<" in page, ">ELSE<" in page) == (True, True, False)


def test_a_focal_point_cannot_touch_anothers_contacts(signed_in, cast):
    mine, other = make_contact(cast.office, line("+1")), make_contact(cast.elsewhere, line("+2"))
    client = signed_in(cast.focal)

    statuses = [client.get(f"/admin/snippets/content/contact/edit/{contact.pk}/").status_code for contact in (mine, other)]

    assert statuses == [200, 404]
