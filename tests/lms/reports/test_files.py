"""Lists as files: the rows of the screen, text that stays text, days that are days; for whom, how long, and made again."""

import csv
import io
from datetime import date, datetime, timedelta

import duckdb
import openpyxl
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.days import today
from lms.jobs.models import Mail
from lms.people.models import AccessEntry, RoleGrant, User
from lms.reports import exporting, files, producing
from lms.reports.columns import BY
from lms.reports.files import Head
from lms.reports.filters import COURSE, PERSON, Filter
from lms.reports.list_models import Export
from lms.reports.listings import Found, Listing
from tests.factories.people import make_grant
from tests.lms.reports.rows import add_course
from tests.lms.reports.sheet_rows import add_person, add_row, make_sheet

DAY = timedelta(days=1)
TAKE = "/reports/list/take/"
IN_MISSION = ["Ben Learner", "Dan Deputy", "Fina Focal", "Hugo Head", "Lea Learner", "Mara Manager", "Nora Field"]
EVIL = ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "＝1+1", "Анна Ћирић", 'Say "hi", all', "", "two\nlines"]
HEAD = [Head("name", "name"), Head("due", "due on", is_date=True)]


@pytest.fixture(autouse=True)
def _outbox(settings, folder):
    settings.EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"


@pytest.fixture
def sheet(cast):
    sheet, one = make_sheet(), add_course("ONE", "=First course")
    for person in cast.everybody.values():
        state = {"state": "overdue", "due_on": today() - 5 * DAY} if person == cast.lea else {}
        add_row(sheet, person, one, **state)
        add_person(sheet, person, **({"state": "overdue", "late_since": today() - 5 * DAY} if state else {}))
    return sheet


def written(write, rows) -> bytes:
    out = io.BytesIO()
    write(out, HEAD, iter(rows))
    return out.getvalue()


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def taken(response) -> bytes:
    assert response.status_code == 200, response.headers
    return b"".join(response.streaming_content)


# --- what a file is --------------------------------------------------------------------------------------------------------
def test_threat_22_text_stays_text_and_a_day_is_a_day_in_each_kind_of_file(tmp_path):
    rows = [[text, date(2026, 2, 28) if number % 2 else None] for number, text in enumerate(EVIL)]

    plain = written(files.write_csv, rows)
    page = openpyxl.load_workbook(io.BytesIO(written(files.write_xlsx, rows))).active
    (tmp_path / "list.parquet").write_bytes(written(files.write_parquet, rows))
    table = duckdb.connect().execute(f"select name, due from '{tmp_path / 'list.parquet'}'")

    assert plain.startswith(b"\xef\xbb\xbf")
    guarded = [f"'{text}" for text in EVIL[:6]] + EVIL[6:]
    assert read_csv(plain)[1:] == [
        [text, day.isoformat() if day else ""] for text, (_name, day) in zip(guarded, rows, strict=True)
    ]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=2)] == [
        [text or None, datetime.combine(day, datetime.min.time()) if day else None] for text, day in rows
    ]
    assert {cell.data_type for row in page.iter_rows(min_row=2, max_col=1) for cell in row if cell.value} <= {"s", "inlineStr"}
    assert (page.freeze_panes, page.auto_filter.ref, page["B3"].number_format) == ("A2", f"A1:B{len(rows) + 1}", "yyyy-mm-dd")
    assert [(name, str(kind)) for name, kind, *_more in table.description] == [("name", "VARCHAR"), ("due", "DATE")]
    assert [list(row) for row in table.fetchall()] == rows


def test_a_list_without_lines_is_a_file_with_its_header():
    assert read_csv(written(files.write_csv, [])) == [["name", "due on"]]
    assert openpyxl.load_workbook(io.BytesIO(written(files.write_xlsx, []))).active.max_row == 1
    assert written(files.write_parquet, [])[:4] == b"PAR1"


FILTERS = st.builds(
    Filter,
    by=st.sampled_from([COURSE, PERSON]),
    states=st.lists(st.sampled_from(["overdue", "not-started", "nothing"]), max_size=2, unique=True).map(tuple),
    strength=st.sampled_from(["", "mandatory", "recommended"]),
    late_from=st.sampled_from([None, 0, 5, 6]),
    contract_type=st.sampled_from(["", "seconded", "intern"]),
)


@given(FILTERS, st.sampled_from([column.key for columns in BY.values() for column in columns]), st.booleans(), st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_has_the_lines_of_the_screen_in_their_order(cast, sheet, chosen, sort, is_down, is_hr):
    reader = User.objects.get(pk=(cast.hr if is_hr else cast.focal).pk)
    listing = Listing(chosen, columns=("number", "name", "structure", "contract"), sort=f"-{sort}" if is_down else sort)
    found, out = Found(reader, listing, sheet), io.BytesIO()

    producing.write(Found(reader, listing, sheet, action="X"), "csv", out)

    header, *lines = read_csv(out.getvalue())
    words = {column.label: column.read for column in found.columns}
    shown = [
        [words[label].get(cell, cell) for label, cell in zip(header, row[2:], strict=True)]
        for row in found.page(None, is_back=False).rows
    ]
    assert header == (["staff number", "name", "structure", "contract"] if is_hr else ["name", "structure"])
    assert lines == shown


# --- who takes one along -----------------------------------------------------------------------------------------------------
def test_a_short_list_is_a_file_at_once_and_who_took_it_and_why_is_kept(signed_in, cast, sheet):
    client = signed_in(cast.focal)

    answer = client.post(f"{TAKE}?states=overdue&columns=name&columns=due", {"purpose": "Yearly review", "form": "csv"})

    assert read_csv(taken(answer)) == [["name", "due on"], ["Lea Learner", (today() - 5 * DAY).isoformat()]]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="list-{today()}.csv"'
    entry = AccessEntry.objects.get()
    assert (entry.actor, entry.what, entry.count, entry.purpose) == (cast.focal, "list", 1, "Yearly review")
    assert entry.selection == {"day": today().isoformat(), "states": "overdue", "columns": "name, due"}


def test_no_purpose_no_right_or_no_list_is_no_file(signed_in, cast, sheet):
    client = signed_in(cast.focal)
    answers = [
        client.post(f"{TAKE}?states=overdue", {"purpose": " ", "form": "csv"}),
        client.post(f"{TAKE}?states=magic", {"purpose": "Review", "form": "csv"}),
        client.post(TAKE, {"purpose": "Review", "form": "doc"}),
    ]

    assert [answer.headers.get("Location", "").split("?")[0] for answer in answers] == ["/reports/list/"] * 3
    assert client.get(TAKE).status_code == 405
    assert signed_in(cast.manager).post(TAKE, {"purpose": "Review", "form": "csv"}).status_code == 403
    assert not AccessEntry.objects.filter(was_refused=False).exists()


# --- a long one --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(signed_in, cast, sheet, monkeypatch, django_capture_on_commit_callbacks):
    """The focal point asked for a list that is too long to wait for."""
    monkeypatch.setattr(exporting, "AT_ONCE", 3)
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in(cast.focal).post(f"{TAKE}?columns=name&sort=-name", {"purpose": "Review", "form": "xlsx"})
    made = Export.objects.get()
    assert answer.headers["Location"] == f"/reports/exports/{made.uuid}/"
    return made


def test_a_long_list_is_made_by_the_worker_and_kept_for_its_owner_for_a_week(signed_in, cast, asked, run_tasks, folder):
    page, file = f"/reports/exports/{asked.uuid}/", f"/reports/exports/{asked.uuid}/file"
    waiting = [signed_in(cast.focal).get(path).status_code for path in (page, file)]

    run_tasks()

    asked.refresh_from_db()
    assert (waiting, asked.stage, asked.done, asked.total) == ([200, 404], "ready", 7, 7)
    lines = openpyxl.load_workbook(io.BytesIO(taken(signed_in(cast.focal).get(file)))).active.values
    assert list(lines) == [("name",), *((name,) for name in sorted(IN_MISSION, reverse=True))]
    assert AccessEntry.objects.get(purpose="Review").count == 7
    mail = Mail.objects.get()
    assert (mail.address, mail.subject, page in mail.content["body"]) == (cast.focal.email, "Your file is ready", True)
    assert not [name for name in IN_MISSION if name in str(mail.content) and name != cast.focal.display_name]
    assert [signed_in(one).get(path).status_code for one in (cast.hr, cast.deputy, cast.lea) for path in (page, file)] == [
        404
    ] * 6

    kept = folder / "private" / asked.file.name
    assert (kept.exists(), producing.forget_old()) == (True, "0 files")
    Export.objects.update(asked_at=timezone.now() - 8 * DAY)
    assert (producing.forget_old(), kept.exists(), Export.objects.exists()) == ("1 files", False, False)


def test_threat_28_a_file_is_refused_from_the_moment_at_which_its_owner_may_see_less(signed_in, cast, asked, run_tasks):
    run_tasks()
    pages = [f"/reports/exports/{asked.uuid}/", f"/reports/exports/{asked.uuid}/file"]
    before = [signed_in(cast.focal).get(path).status_code for path in pages]

    RoleGrant.objects.filter(person=cast.focal).update(ends_on=today())
    without = [signed_in(cast.focal).get(path).status_code for path in pages]
    make_grant(cast.focal, "focal-point", structure=cast.elsewhere)
    elsewhere = [signed_in(cast.focal).get(path).status_code for path in pages]

    assert (before, without, elsewhere) == ([200, 200], [404, 404], [200, 404])


def test_whose_right_ended_while_the_file_waited_gets_none(cast, asked, run_tasks):
    RoleGrant.objects.filter(person=cast.focal).update(ends_on=today())

    run_tasks()

    asked.refresh_from_db()
    assert (asked.stage, asked.file.name, Mail.objects.exists(), AccessEntry.objects.filter(count=7).exists()) == (
        *("failed", ""),
        *(False, False),
    )


def test_what_a_worker_that_died_left_is_made_again_but_not_for_ever(cast, asked):
    long_ago = timezone.now() - timedelta(minutes=20)
    Export.objects.update(stage="working", takes=1, beat_at=timezone.now(), asked_at=long_ago)
    alive = producing.produce_waiting()
    Export.objects.update(beat_at=long_ago)
    taken_up = producing.produce_waiting()
    made = Export.objects.get()
    Export.objects.update(stage="working", takes=3, beat_at=long_ago)
    given_up = producing.produce_waiting()

    assert (alive, taken_up, given_up) == ("0 files", "1 files", "0 files")
    assert (made.stage, made.takes, Export.objects.get().stage) == ("ready", 2, "failed")


def test_progress_is_written_down_while_the_file_is_made_and_two_workers_make_one(cast, asked, monkeypatch):
    monkeypatch.setattr(producing, "BEAT", 2)
    seen = []
    lines = Found.lines

    def watched(self):
        for row in lines(self):
            seen.append(Export.objects.get().done)
            yield row

    monkeypatch.setattr(Found, "lines", watched)
    made = [producing.produce(asked.pk) for _worker in range(2)]

    assert (made, seen, Mail.objects.count()) == ([True, False], [0, 0, 2, 2, 4, 4, 6], 1)


def test_three_files_of_one_person_wait_and_no_fourth(signed_in, cast, asked):
    for _more in range(3):
        answer = signed_in(cast.focal).post(TAKE, {"purpose": "More", "form": "csv"})

    assert (Export.objects.count(), answer.headers["Location"]) == (3, "/reports/list/?")
