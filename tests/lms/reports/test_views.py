"""Reports as their readers see them: filters, files, refusals, names to agree to, and the log."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from lms.people.models import AccessEntry, User
from tests.factories.learning import complete
from tests.lms.reports.sheet_rows import make_sheet

DAY = timedelta(days=1)


def get(client, path: str = "/reports/", **filters):
    return client.get(path, filters)


def read(response) -> list[list[str]]:
    assert (response.status_code, response.streaming, response.headers["Content-Type"]) == (200, True, "text/csv; charset=utf-8")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def export(client, path: str, *, purpose: str = "yearly check", **filters) -> list[list[str]]:
    return read(client.post(path, {"purpose": purpose}, query_params=filters))


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def last_log() -> tuple:
    entry = AccessEntry.objects.latest("pk")
    return entry.what, entry.selection, entry.count, entry.purpose


# --- names to agree to -----------------------------------------------------------------------------------------------------
def present(person, name: str) -> None:
    User.objects.filter(pk=person.pk).update(display_name=name)


def test_hr_finds_the_names_that_differ_by_more_than_writing(signed_in, cast):
    for person, name in ((cast.lea, "Eve Other"), (cast.ben, "LEARNER, Bén"), (cast.nora, "Nora Agreed")):
        present(person, name)
    User.objects.filter(pk=cast.nora.pk).update(agreed_name="Nora Agreed")

    assert signed_in(cast.hr).get("/reports/names/").context["waiting"] == [cast.lea]
    assert last_log() == ("names to agree to", {}, 1, "")


def decide(client, person, decision: str, name: str):
    return client.post(f"/reports/names/{person.uuid}/", {"decision": decision, "name": name})


def test_a_certificate_that_waited_is_issued_when_hr_agrees(signed_in, cast, course):
    present(cast.lea, "Eve Other")
    complete(User.objects.get(pk=cast.lea.pk), course)
    before = cast.lea.certificates.count()

    answer = decide(signed_in(cast.hr), cast.lea, "agree", "Eve Other")

    assert (before, [certificate.name for certificate in cast.lea.certificates.all()]) == (0, ["Eve Other"])
    assert answer.headers["Location"] == "/reports/names/"
    assert AccessEntry.objects.latest("pk").person == cast.lea


def test_a_certificate_that_waited_is_issued_with_the_staff_record_when_hr_declines(signed_in, cast, course):
    present(cast.lea, "Eve Other")
    complete(User.objects.get(pk=cast.lea.pk), course)

    decide(signed_in(cast.hr), cast.lea, "decline", "Eve Other")

    assert [certificate.name for certificate in cast.lea.certificates.all()] == ["Lea Learner"]
    assert User.objects.get(pk=cast.lea.pk).display_name == "Lea Learner"


@pytest.mark.parametrize("decision", ["agree", "decline"])
def test_a_name_that_was_changed_meanwhile_is_looked_at_again(signed_in, cast, decision):
    present(cast.lea, "Eve Third")

    answer = decide(signed_in(cast.hr), cast.lea, decision, "Eve Other")

    assert said(answer) == ["The name was changed meanwhile: look at it again."]
    assert (User.objects.get(pk=cast.lea.pk).display_name, User.objects.get(pk=cast.lea.pk).agreed_name) == ("Eve Third", "")


@pytest.mark.parametrize("decision", ["agree", "decline"])
def test_hr_does_not_decide_about_her_own_name_but_a_colleague_does(signed_in, cast, decision):
    present(cast.hr, "Eve Other")

    own = decide(signed_in(cast.hr), cast.hr, decision, "Eve Other")
    after_own = User.objects.get(pk=cast.hr.pk)
    decide(signed_in(cast.hr2), cast.hr, decision, "Eve Other")

    assert said(own) == ["Another HR officer has to decide about your name."]
    assert (after_own.display_name, after_own.agreed_name) == ("Eve Other", "")
    expected = {"agree": ("Eve Other", "Eve Other"), "decline": ("Hedi Resources", "")}[decision]
    assert User.objects.values_list("display_name", "agreed_name").get(pk=cast.hr.pk) == expected


@pytest.mark.parametrize("values", [{}, {"decision": "perhaps", "name": "Eve Other"}, {"decision": "agree"}])
def test_a_decision_that_is_none_changes_nothing(signed_in, cast, values):
    present(cast.lea, "Eve Other")

    answer = signed_in(cast.hr).post(f"/reports/names/{cast.lea.uuid}/", values)

    assert (answer.status_code, User.objects.get(pk=cast.lea.pk).display_name) == (400, "Eve Other")


# --- the access log --------------------------------------------------------------------------------------------------------
def test_the_auditor_reads_who_looked_at_whom_newest_first(signed_in, cast):
    make_sheet()
    get(signed_in(cast.focal), "/reports/list/")
    signed_in(cast.lea).get("/reports/")
    signed_in(cast.admin).get(f"/people/{cast.ben.uuid}/")

    entries = list(signed_in(cast.auditor).get("/reports/access/").context["page"])

    assert [(entry.actor, entry.person, entry.what, entry.was_refused) for entry in entries] == [
        (cast.admin, cast.ben, "account", False),
        (cast.lea, None, "reports:landing", True),
        (cast.focal, None, "list", False),
    ]


def test_who_reads_the_log_is_in_it_too(signed_in, cast):
    client = signed_in(cast.auditor)
    for _ in range(2):
        client.get("/reports/access/")

    assert list(AccessEntry.objects.order_by("pk").values_list("actor", "what", "count")) == [
        (cast.auditor.pk, "access log", 0),
        (cast.auditor.pk, "access log", 1),
    ]


@pytest.mark.parametrize("more", [1, 40])
def test_the_log_costs_the_same_however_long_it_is(signed_in, cast, django_assert_num_queries, more):
    for _ in range(more):
        AccessEntry.objects.create(actor=cast.hr, person=cast.lea, what="account")
    client = signed_in(cast.auditor)

    with django_assert_num_queries(6):
        client.get("/reports/access/")


def test_the_log_as_a_file(signed_in, cast):
    at = timezone.now()
    AccessEntry.objects.create(actor=cast.hr, person=cast.lea, what="account", at=at)
    AccessEntry.objects.create(actor=cast.focal, what="completion list", selection={"course": "ONE"}, count=3, at=at - DAY)

    header, export_itself, first, second = export(signed_in(cast.auditor), "/reports/access/csv", purpose="=yearly audit")

    assert header == ["at", "actor", "person", "what", "selection", "count", "purpose", "refused"]
    assert first == [at.isoformat(), cast.hr.email, cast.lea.email, "account", "{}", "", "", "False"]
    assert second[1:] == [cast.focal.email, "", "completion list", "{'course': 'ONE'}", "3", "", "False"]
    assert export_itself[1:] == [cast.auditor.email, "", "access log", "{}", "2", "'=yearly audit", "False"]


def test_the_log_is_not_exported_without_a_purpose(signed_in, cast):
    answer = signed_in(cast.auditor).post("/reports/access/csv", {"purpose": ""})

    assert (answer.headers["Location"], AccessEntry.objects.count()) == ("/reports/access/", 0)
