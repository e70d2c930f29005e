import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from courses import assigning, correcting, exempting
from courses.models import Assignment, Exemption
from lms.days import today
from lms.people.models import AccessEntry, Posting
from lms.refusals import NotAllowed
from lms.xapi.models import Statement
from tests.factories.asking import make_line, make_offered

DAY = today()
WEEKS = timedelta(weeks=8)
PDF = b"%PDF-1.7 certificate"


@pytest.fixture
def fnd(cast, folder):
    course = make_offered("FND")
    make_line(course)
    assigning.apply_rules(DAY)
    return course


def file(content: bytes = PDF, name: str = "certificate.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def ask(cast, course, **values) -> Exemption:
    values = {"reason": "long-leave", "by": cast.hr, "day": DAY, "starts_on": DAY, "ends_on": DAY + WEEKS, **values}
    return exempting.ask(cast.lea, course, **values)


def state(person, day=DAY) -> str:
    return Assignment.objects.with_state(day).get(person=person).state


def test_threat_24_an_exemption_counts_once_a_second_officer_agreed(cast, fnd):
    made = ask(cast, fnd)
    before = state(cast.lea)

    exempting.agree(made, by=cast.hr2)

    assert (before, state(cast.lea), state(cast.ben)) == ("overdue", "exempt", "overdue")


@pytest.mark.parametrize("who", ["hr", "lea"])
def test_neither_who_asked_nor_who_is_excused_agrees(cast, fnd, who):
    made = ask(cast, fnd)

    with pytest.raises(NotAllowed):
        exempting.agree(made, by=getattr(cast, who))

    assert state(cast.lea) == "overdue"


def test_nobody_excuses_herself(cast, fnd):
    with pytest.raises(NotAllowed):
        ask(cast, fnd, by=cast.lea)


def test_it_is_told_to_the_record_store_in_the_words_of_cmi5(cast, fnd):
    made = ask(cast, fnd)
    exempting.agree(made, by=cast.hr2)
    exempting.agree(made, by=cast.hr2)

    made.refresh_from_db()
    [row] = Statement.objects.filter(id=made.statement)
    statement = json.loads(row.body)
    assert statement["verb"]["id"] == "https://w3id.org/xapi/adl/verbs/waived"
    assert statement["result"] == {
        "success": True,
        "completion": True,
        "extensions": {"https://w3id.org/xapi/cmi5/result/extensions/reason": "Administrative"},
    }
    assert "leave" not in str(statement)


def test_a_rebuild_keeps_it(cast, fnd):
    exempting.agree(ask(cast, fnd), by=cast.hr2)
    Assignment.objects.all().delete()

    call_command("rebuild_progress")
    assigning.apply_rules(DAY)

    assert state(cast.lea) == "exempt"


def test_threat_21_equivalent_training_needs_its_certificate_and_a_day_that_is_not_too_old(cast, fnd):
    right = {"reason": "equivalent", "ends_on": None, "evidence": file(), "evidence_on": DAY - timedelta(days=30)}
    wrong = [
        {"evidence": None},
        {"evidence_on": None},
        {"evidence_on": DAY + timedelta(days=1)},
        {"evidence_on": DAY - timedelta(days=800)},
        {"evidence": file(b"MZ a program")},
        {"evidence": file(PDF + b"0" * 5_000_000)},
    ]

    for values in wrong:
        with pytest.raises(NotAllowed):
            ask(cast, fnd, **right | values)
    made = ask(cast, fnd, **right)

    assert list(Exemption.objects.all()) == [made]
    assert made.evidence.read() == PDF
    assert "certificate" not in made.evidence.name


def test_a_long_leave_has_an_end(cast, fnd):
    with pytest.raises(NotAllowed):
        ask(cast, fnd, ends_on=None)


@pytest.mark.parametrize(("days", "is_taken"), [(30, True), (31, False), (None, False)])
def test_the_end_of_a_contract_is_read_from_the_staff_record(cast, fnd, days, is_taken):
    ends_on = DAY + timedelta(days=days) if days else None
    Posting.objects.filter(person=cast.lea).update(ends_on=ends_on)

    if is_taken:
        assert ask(cast, fnd, reason="end-of-contract", ends_on=None).ends_on == ends_on
    else:
        with pytest.raises(NotAllowed):
            ask(cast, fnd, reason="end-of-contract", ends_on=None)


def test_what_was_declined_stays_in_the_record_and_cannot_be_agreed_to(cast, fnd):
    made = ask(cast, fnd)
    exempting.decline(made, by=cast.hr2)

    with pytest.raises(NotAllowed):
        exempting.agree(made, by=cast.hr2)

    made.refresh_from_db()
    assert (made.superseded_at is not None, made.approved_at) == (True, None)


def test_who_is_back_has_thirty_days_and_the_first_version_is_kept(cast, fnd):
    made = ask(cast, fnd, starts_on=DAY - timedelta(days=10))
    exempting.agree(made, by=cast.hr2)

    for _ in range(2):
        exempting.end(made, by=cast.hr, day=DAY)

    rows = Exemption.objects.order_by("pk")
    assert [(row.ends_on, row.superseded_at is None) for row in rows] == [(DAY + WEEKS, False), (DAY, True)]
    assert [state(cast.lea, DAY + timedelta(days=days)) for days in (0, 29, 30)] == ["not-started", "not-started", "overdue"]


def test_one_that_ends_on_its_first_day_is_taken_out(cast, fnd):
    made = ask(cast, fnd)
    exempting.agree(made, by=cast.hr2)

    exempting.end(made, by=cast.hr, day=DAY)

    assert (Exemption.objects.known().count(), state(cast.lea)) == (0, "overdue")


# --- the pages ---------------------------------------------------------------------------------------------------------
def test_one_officer_asks_on_the_page_and_the_other_agrees(signed_in, cast, fnd):
    address = f"/reports/person/{cast.lea.uuid}/fnd/exempt/"
    sent = {"reason": "equivalent", "starts_on": DAY, "evidence_on": DAY - timedelta(days=30), "evidence": file()}

    signed_in(cast.hr).post(address, sent)
    made = Exemption.objects.get()
    own = signed_in(cast.hr).post(f"/reports/exemptions/{made.pk}/agree/", follow=True).content.decode()
    signed_in(cast.hr2).post(f"/reports/exemptions/{made.pk}/agree/")

    assert "A second HR officer has to agree." in own
    assert state(cast.lea) == "exempt"
    assert ">waived<" in signed_in(cast.hr).get(f"/reports/person/{cast.lea.uuid}/fnd/").content.decode()


def test_a_refused_request_says_why(signed_in, cast, fnd):
    answer = signed_in(cast.hr).post(
        f"/reports/person/{cast.lea.uuid}/fnd/exempt/", {"reason": "equivalent", "starts_on": DAY, "evidence_on": DAY}
    )

    assert (answer.status_code, Exemption.objects.count()) == (422, 0)
    assert "add the file" in answer.content.decode()


def test_threat_21_the_evidence_is_opened_by_hr_alone_and_each_look_is_logged(signed_in, cast, fnd):
    """Whoever may not is answered as about one that does not exist: about an exemption, and about a correction."""
    made = ask(cast, fnd, reason="equivalent", ends_on=None, evidence=file(), evidence_on=DAY)
    correction = correcting.ask_credit(
        cast.lea, fnd, reason="elsewhere", completed_on=DAY, evidence=file(), answer="We record it.", by=cast.hr
    )
    doors = {f"/reports/exemptions/{made.pk}/evidence/": f"/reports/exemptions/{made.pk + 1}/evidence/"}
    doors[f"/reports/corrections/{correction.uuid}/evidence/"] = f"/reports/corrections/{uuid4()}/evidence/"
    others = ("focal", "manager", "lea", "ben", "admin", "auditor")

    refused = {
        (name, path): signed_in(getattr(cast, name)).get(path) for name in others for pair in doors.items() for path in pair
    }
    opened = [signed_in(cast.hr2).get(path) for path in doors]

    assert {answer.status_code for answer in refused.values()} == {404}
    assert [
        (name, door)
        for name in others
        for door, unknown in doors.items()
        if page_of(refused[name, door]) != page_of(refused[name, unknown])
    ] == []
    assert [b"".join(answer.streaming_content) for answer in opened] == [PDF, PDF]
    assert {answer.headers["Content-Disposition"].partition(";")[0] for answer in opened} == {"attachment"}
    assert AccessEntry.objects.filter(actor=cast.hr2, person=cast.lea, what__startswith="evidence of a").count() == 2
    assert AccessEntry.objects.filter(actor=cast.lea, was_refused=True).count() == 4
    kept = [made.evidence.name, storages["private"].save("feeds/feed.json", file(b"{}"))]
    learner = signed_in(cast.lea)
    assert {learner.get(f"{place}{name}").status_code for place in ("/", "/media/", "/private/") for name in kept} == {404}


def page_of(answer) -> str:
    """Without what differs each time."""
    return re.sub(r'(nonce|value)="[^"]*"', "", answer.content.decode())


def test_an_officer_finds_nothing_about_herself(signed_in, cast, fnd):
    made = exempting.ask(cast.hr, fnd, reason="long-leave", by=cast.hr2, day=DAY, starts_on=DAY, ends_on=DAY + WEEKS)

    answer = signed_in(cast.hr).post(f"/reports/exemptions/{made.pk}/agree/")

    assert (answer.status_code, state(cast.hr)) == (404, "overdue")


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_costs_the_same_for_one_and_for_three(signed_in, cast, fnd, django_assert_num_queries, more):
    for person in (cast.lea, cast.ben, cast.nora)[: more + 1]:
        exempting.ask(person, fnd, reason="long-leave", by=cast.hr, day=DAY, starts_on=DAY, ends_on=DAY + WEEKS)
    client = signed_in(cast.hr2)
    client.get("/my/")

    with django_assert_num_queries(5):
        client.get("/reports/exemptions/")
