"""Completions from before this platform: written once, as evidence, without a certificate."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from certificates.models import Certificate
from courses import completing, crediting
from courses.crediting import RecordsChanged
from courses.models import Completion
from lms.days import add_months, today
from lms.people.models import AccessEntry
from lms.xapi.models import Statement
from tests.factories.learning import complete

HEADER = "staff number,course,completed on,valid until\n"


def file_of(*lines: str) -> str:
    return HEADER + "\n".join(lines)


def line_of(person, *, course: str = "tst", completed_on: str = "2024-06-30", valid_until: str = "") -> str:
    return f"{person.staff_number},{course},{completed_on},{valid_until}"


def reasons(plan) -> list[tuple[int, str]]:
    return [(refusal.line, refusal.reason) for refusal in plan.refused]


def test_a_completion_is_written_with_its_source_its_statement_and_the_end_of_the_courses_rule(cast, course):
    done = crediting.bring_in(file_of(line_of(cast.lea)), by=cast.hr)

    completion = Completion.objects.get()
    assert (len(done.new), completion.person, completion.source, completion.enrolment) == (1, cast.lea, "import", None)
    assert completion.valid_until == add_months(completion.completed_on, completion.edition.valid_months)
    statement = json.loads(Statement.objects.get(id=completion.statement).body)
    assert (statement["verb"]["display"]["en"], statement["timestamp"]) == ("completed", "2024-06-30T10:00:00.000Z")
    assert [value for key, value in statement["context"]["extensions"].items() if key.endswith("/source")] == ["import"]


def test_an_end_that_the_file_names_is_kept(cast, course):
    crediting.bring_in(file_of(line_of(cast.lea, valid_until="2024-12-31")), by=cast.hr)

    assert str(Completion.objects.get().valid_until) == "2024-12-31"


def test_no_certificate_of_ours_is_issued_now_or_when_a_name_is_agreed_to(cast, course):
    crediting.bring_in(file_of(line_of(cast.lea)), by=cast.hr)

    assert (completing.issue_waiting(cast.lea), Certificate.objects.count()) == (0, 0)


def test_a_file_that_comes_again_writes_nothing(cast, course):
    text = file_of(line_of(cast.lea), line_of(cast.lea, completed_on="2022-01-31"))
    first = crediting.bring_in(text, by=cast.hr)

    second = crediting.bring_in(text, by=cast.hr2)

    assert [(len(done.new), len(done.known)) for done in (first, second)] == [(2, 0), (0, 2)]
    assert (Completion.objects.count(), Statement.objects.count()) == (2, 2)


def test_what_she_completed_here_on_that_day_is_known(cast, course):
    complete(cast.lea, course)

    plan = crediting.plan(file_of(line_of(cast.lea, completed_on=str(today()))), by=cast.hr)

    assert (len(plan.new), len(plan.known)) == (0, 1)


def test_each_line_that_cannot_be_is_refused_with_its_reason_and_the_others_are_written(cast, course):
    tomorrow = today() + timedelta(days=1)
    text = file_of(
        line_of(cast.lea),
        "nobody,tst,2024-06-30,",
        line_of(cast.manager, course="none"),
        line_of(cast.manager, completed_on=str(tomorrow)),
        line_of(cast.hr),
    )

    done = crediting.bring_in(text, by=cast.hr)

    assert reasons(done) == [(3, "nobody"), (4, "no course"), (5, "to come"), (6, "herself")]
    assert Completion.objects.get().person == cast.lea


def test_what_differs_from_what_was_shown_is_not_written(cast, course):
    text = file_of(line_of(cast.lea), line_of(cast.manager))
    shown = crediting.plan(text, by=cast.hr)
    crediting.bring_in(file_of(line_of(cast.manager)), by=cast.hr2)

    with pytest.raises(RecordsChanged):
        crediting.bring_in(text, by=cast.hr, agreed=shown.digest)

    assert Completion.objects.get().person == cast.manager


def test_who_brought_how_many_in_is_logged(cast, course):
    crediting.bring_in(file_of(line_of(cast.lea)), by=cast.hr)

    entry = AccessEntry.objects.get(what="past completions")
    assert (entry.actor, entry.count) == (cast.hr, 1)


def test_a_rebuild_leaves_them_as_they_are(cast, course, capsys):
    crediting.bring_in(file_of(line_of(cast.lea)), by=cast.hr)
    before = Completion.objects.values().get()

    call_command("rebuild_progress")
    call_command("rebuild_progress", "--check")

    assert Completion.objects.values().get() == before


def test_planning_asks_as_often_for_three_lines_as_for_one(cast, course, django_assert_num_queries):
    people = [cast.lea, cast.manager, cast.focal]
    for count in (1, 3):
        with django_assert_num_queries(3):
            crediting.plan(file_of(*map(line_of, people[:count])), by=cast.hr)


def test_the_page_shows_first_and_writes_what_was_shown(cast, course, signed_in):
    client = signed_in(cast.hr)

    shown = client.post("/records/before/", {"file": upload(file_of(line_of(cast.lea), "nobody,tst,2024-06-30,"))})
    nothing_yet = Completion.objects.count()
    written = client.post("/records/before/", {"signed": shown.context["signed"]})
    again = client.post("/records/before/", {"signed": shown.context["signed"]})

    assert (shown.status_code, nothing_yet, "Nobody has this staff number" in shown.content.decode()) == (200, 0, True)
    assert (written.status_code, again.status_code, Completion.objects.count()) == (302, 409, 1)


def test_a_preview_of_somebody_else_is_not_taken(cast, course, signed_in):
    shown = signed_in(cast.hr).post("/records/before/", {"file": upload(file_of(line_of(cast.lea)))})

    taken = signed_in(cast.hr2).post("/records/before/", {"signed": shown.context["signed"]})

    assert (taken.status_code, Completion.objects.count()) == (422, 0)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2", b"x" * 1_000_001])
def test_what_is_no_such_file_is_refused_in_a_sentence(cast, signed_in, content):
    response = signed_in(cast.hr).post("/records/before/", {"file": upload(content)})

    assert (response.status_code, bool(response.context["form"].errors["file"])) == (422, True)


def test_she_sees_it_among_what_she_has_done(cast, course, signed_in):
    crediting.bring_in(file_of(line_of(cast.lea)), by=cast.hr)

    page = signed_in(cast.lea).get("/my/").content.decode()

    assert ("Completed on 30 June 2024" in page, "name waits for HR" in page, "import" in page) == (True, False, True)


def test_the_command_says_what_it_would_do_and_does_it(cast, course, tmp_path, capsys):
    file = tmp_path / "before.csv"
    file.write_text(file_of(line_of(cast.lea), "nobody,tst,2024-06-30,"))

    call_command("import_completions", str(file), "--dry-run")
    before = Completion.objects.count()
    call_command("import_completions", str(file))

    refusal = "line 3: Nobody has this staff number. Bring the staff feed in first.\n"
    assert capsys.readouterr().out == (
        f"{refusal}1 would be written, 0 known, 1 refused.\n{refusal}1 written, 0 known, 1 refused.\n"
    )
    assert (before, Completion.objects.count()) == (0, 1)


def test_the_command_names_a_file_that_is_none(cast, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_completions", str(tmp_path / "nowhere.csv"))


def upload(content: str | bytes):
    return SimpleUploadedFile("before.csv", content.encode() if isinstance(content, str) else content)
