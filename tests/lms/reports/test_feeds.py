"""The desk of the staff feed: sent, looked at, applied, agreed to, taken back; and who sees which of it."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile

from lms.days import today
from lms.people.models import AccessEntry, FeedRun, User
from tests.lms.people.feeds import COLUMNS, applied, feed, line

PATH = "/reports/feed/"


@pytest.fixture(autouse=True)
def _files(folder):
    """Kept files lie in a folder of the test's own."""


def whole(*more: dict[str, str], without: str = "") -> list[dict[str, str]]:
    """A line for everybody of the cast, as she is, and others."""
    people = User.objects.filter(source="feed", staff_number__isnull=False).order_by("pk").exclude(staff_number=without)
    rows = []
    for number, person in enumerate(people, start=1):
        post = person.postings.get()
        rows.append(
            line(
                number,
                staff_number=person.staff_number,
                official_name=person.official_name,
                structure=post.structure.code,
                entry_on_duty=post.entered_on.isoformat(),
                manager=post.manager.staff_number if post.manager else "",
                **{"e-mail": person.email},
            )
        )
    return [*rows, *more]


def send(client, rows, columns=COLUMNS, name: str = "staff.csv"):
    file = SimpleUploadedFile(name, "".join(feed(*rows, columns=columns)).encode())
    return client.post(f"{PATH}upload/", {"file": file})


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_a_file_is_shown_before_anything_is_applied(signed_in, cast):
    client = signed_in(cast.hr)
    rows = [row | {"nationality": "Ruritania"} for row in whole(line(77), line(78, language="xx"))]

    sent = send(client, rows, columns=(*COLUMNS, "nationality"))
    page = client.get(sent.headers["Location"]).content.decode()

    run = FeedRun.objects.get()
    assert (sent.status_code, run.state, run.uploaded_by) == (302, "seen", cast.hr)
    assert [
        text for text in ("S77", "Language &#x27;xx&#x27; is not known.", "nationality", "Apply it") if text not in page
    ] == []
    assert "Ruritania" not in page
    assert not User.objects.filter(staff_number="S77").exists()


def test_looking_writes_nothing_of_the_feed(signed_in, cast):
    client = signed_in(cast.hr)
    address = send(client, whole(line(77))).headers["Location"]
    before = list(FeedRun.objects.values())

    for _twice in range(2):
        client.get(address)
        client.get(PATH)

    assert list(FeedRun.objects.values()) == before


def test_a_file_that_was_shown_is_applied(signed_in, cast):
    client = signed_in(cast.hr)
    address = send(client, whole(line(77))).headers["Location"]

    answer = client.post(f"{address}apply/")

    assert said(answer) == ["The feed is applied. Invitations leave within the hour."]
    assert User.objects.get(staff_number="S77").postings.get().structure == cast.mission
    assert "What it did" in client.get(address).content.decode()


def test_a_file_that_is_no_feed_is_refused_with_a_sentence(signed_in, cast):
    file = SimpleUploadedFile("staff.csv", b"name,address\nLea,Vienna\n")

    answer = signed_in(cast.hr).post(f"{PATH}upload/", {"file": file})

    assert (answer.status_code, FeedRun.objects.count()) == (422, 0)
    assert "The first line must name each of these once: staff number" in answer.content.decode()


def test_a_name_of_a_file_is_text(signed_in, cast):
    client = signed_in(cast.hr)

    address = send(client, whole(line(77)), name="<b>x.csv").headers["Location"]

    assert "<b>x.csv" not in client.get(address).content.decode()


# --- two persons -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def half(signed_in, cast):
    """A file by which half of the staff would leave, and of which its sender asked a second officer. Its address."""
    client = signed_in(cast.hr)
    officers = [cast.hr.staff_number, cast.hr2.staff_number]
    rows = whole()
    address = send(client, [row for n, row in enumerate(rows) if n % 2 or row["staff number"] in officers]).headers["Location"]
    client.post(f"{address}apply/")
    return address


def test_the_sender_is_not_offered_what_the_second_officer_does(signed_in, cast, half):
    pages = [signed_in(person).get(half).content.decode() for person in (cast.hr, cast.hr2)]

    assert ["Agree, and apply it" in page for page in pages] == [False, True]
    assert "Waits for a second HR officer." in pages[0]


def test_the_second_officer_agrees_and_the_sender_cannot(signed_in, cast, half):
    refused = said(signed_in(cast.hr).post(f"{half}agree/"))[-1:]
    before = FeedRun.objects.get().state

    agreed = signed_in(cast.hr2).post(f"{half}agree/")

    assert (refused, before) == (["A second HR officer has to agree."], "waiting")
    assert (agreed.status_code, FeedRun.objects.get().state, FeedRun.objects.get().agreed_by) == (302, "applied", cast.hr2)
    assert User.objects.filter(is_active=False).count() == FeedRun.objects.get().counts["left"] > 5


def test_it_can_be_put_aside(signed_in, cast, half):
    answer = signed_in(cast.hr2).post(f"{half}refuse/")

    assert said(answer)[-1] == "The feed is put aside. Nothing of it was applied."
    assert FeedRun.objects.get().state == "refused"


# --- taken back ------------------------------------------------------------------------------------------------------------
def test_the_last_feed_is_taken_back_with_a_reason(signed_in, cast):
    run = applied(feed(*whole(line(77))), by=cast.hr, day=today())
    client, address = signed_in(cast.hr), f"{PATH}{run.uuid}/"

    without_reason = client.post(f"{address}take-back/", {"reason": ""})
    answer = client.post(f"{address}take-back/", {"reason": "The file of last year."})

    assert (without_reason.status_code, answer.status_code) == (422, 302)
    assert said(answer) == ["The feed is taken back. Everything it touched is as before."]
    assert not User.objects.filter(staff_number="S77").exists()


def test_only_the_last_one_offers_it(signed_in, cast):
    first, second = (applied(feed(*whole(*rows)), by=cast.hr, day=today()) for rows in ([line(77)], [line(78)]))
    client = signed_in(cast.hr)

    pages = [client.get(f"{PATH}{run.uuid}/").content.decode() for run in (first, second)]

    assert ["Take this feed back" in page for page in pages] == [False, True]


# --- what is read and taken along ------------------------------------------------------------------------------------------
def test_an_auditor_sees_numbers_and_no_line(signed_in, cast):
    run = applied(feed(*whole(line(77))), by=cast.hr, day=today())

    pages = {name: signed_in(getattr(cast, name)).get(f"{PATH}{run.uuid}/").content.decode() for name in ("auditor", "admin")}

    assert {name: "S77" in page for name, page in pages.items()} == {"auditor": False, "admin": True}
    assert [name for name, page in pages.items() if "Take this feed back" in page or "Download as a file" in page] == []


def test_the_report_is_downloaded_with_a_purpose_and_no_cell_is_a_formula(signed_in, cast):
    run = applied(feed(*whole(line(77), line(78, staff_number="=1+1", language="xx"))), by=cast.hr, day=today())
    client, address = signed_in(cast.hr), f"{PATH}{run.uuid}/csv"

    without = client.post(address, {"purpose": ""})
    answer = client.post(address, {"purpose": "For the payroll"})

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert without.status_code == 302
    assert rows[0] == ["outcome", "line", "staff number", "reason"]
    assert [row[0::2] for row in rows[1:]] == [["refused", "'=1+1"], ["new", "S77"]]
    entry = AccessEntry.objects.get(purpose="For the payroll")
    assert (entry.actor, entry.what, entry.count) == (cast.hr, "staff feed report", 2)


def test_lines_can_be_narrowed_to_one_outcome(signed_in, cast):
    run = applied(feed(*whole(line(77), line(78, language="xx"))), by=cast.hr, day=today())

    page = signed_in(cast.hr).get(f"{PATH}{run.uuid}/?outcome=refused").content.decode()

    assert ("S78" in page, "S77" in page) == (True, False)


def test_the_workbook_to_fill_in_knows_the_structures_of_today(signed_in, cast):
    answer = signed_in(cast.hr).get(f"{PATH}template.xlsx")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="staff.xlsx"'
    assert answer.content.startswith(b"PK")


def test_a_feed_that_does_not_exist_is_not_found_and_noted(signed_in, cast):
    answer = signed_in(cast.hr).get(f"{PATH}00000000-0000-4000-8000-000000000000/")

    assert (answer.status_code, AccessEntry.objects.filter(was_refused=True).count()) == (404, 1)


@pytest.mark.parametrize("who", ["admin", "auditor", "focal", "lea"])
def test_nobody_else_decides(signed_in, cast, who):
    run = applied(feed(*whole(line(77))), by=cast.hr, day=today() - timedelta(days=1))
    client = signed_in(getattr(cast, who))

    answers = [client.post(f"{PATH}{run.uuid}/{step}") for step in ("apply/", "agree/", "refuse/", "take-back/", "csv")]
    answers.append(send(client, whole(line(78))))

    assert {answer.status_code for answer in answers} == {403}
    assert FeedRun.objects.get().state == "applied"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_line_as_for_three(signed_in, cast, count, django_assert_num_queries):
    run = applied(feed(*whole(*(line(number) for number in range(70, 70 + count)))), by=cast.hr, day=today())
    client = signed_in(cast.hr)
    client.get(f"{PATH}{run.uuid}/")

    with django_assert_num_queries(9):
        client.get(f"{PATH}{run.uuid}/")
