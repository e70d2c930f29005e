from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from certificates import issuing
from certificates.models import CODE_ALPHABET, Certificate
from lms.days import today
from lms.refusals import NotAllowed


def award(person, **values) -> issuing.Award:
    values = {
        "key": uuid4(),
        "person": person,
        "name": person.display_name,
        "course_key": uuid4(),
        "course_code": "TST",
        "course_title": "A course",
        "edition": "1.0",
        "language": "en",
        "completed_on": date(2026, 11, 24),
        "valid_until": date(2028, 11, 24),
        "statement": uuid4(),
        "statement_sha256": "0" * 64,
        **values,
    }
    return issuing.Award(**values)


def test_issuing_the_same_award_twice_is_once(cast):
    earned = award(cast.lea)

    first, second = issuing.issue(earned), issuing.issue(earned)

    assert first == second
    assert Certificate.objects.count() == 1


def test_threat_7_codes_are_random_and_long_enough():
    codes = {issuing.new_code() for _ in range(500)}

    assert len(codes) == 500
    assert {len(code) for code in codes} == {26}
    assert set("".join(codes)) == set(CODE_ALPHABET)
    assert len(CODE_ALPHABET) ** 26 > 2**80


def test_the_worker_draws_the_pdf_after_the_commit(cast, run_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        certificate = issuing.issue(award(cast.lea, completed_on=today()))
        issuing.issue(award(cast.ben, completed_on=today() - timedelta(days=31)))  # waits for the sweep, or until it is asked for
    run = run_tasks()

    certificate.refresh_from_db()
    assert run == 1
    assert certificate.drawn_at is not None


def test_what_is_rolled_back_is_never_drawn(cast, run_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        issuing.issue(award(cast.lea))
        transaction.set_rollback(True)

    assert run_tasks() == 0


def test_threat_24_a_withdrawal_keeps_who_when_and_why(cast):
    certificate = issuing.issue(award(cast.lea))

    issuing.withdraw(certificate, by=cast.admin, reason=" Wrong person ")
    issuing.withdraw(certificate, by=cast.admin2, reason="Again")

    certificate.refresh_from_db()
    assert (certificate.withdrawn_by, certificate.withdrawn_reason) == (cast.admin, "Wrong person")
    assert certificate.withdrawn_at is not None


@pytest.mark.parametrize(("by", "reason"), [("admin", ""), ("admin", "   "), ("lea", "My own")])
def test_no_withdrawal_without_a_reason_or_of_ones_own(cast, by, reason):
    certificate = issuing.issue(award(cast.lea))

    with pytest.raises(NotAllowed):
        issuing.withdraw(certificate, by=getattr(cast, by), reason=reason)

    certificate.refresh_from_db()
    assert certificate.withdrawn_at is None


@pytest.mark.parametrize(
    "half",
    [
        {"pdf": "x.pdf"},
        {"pdf_sha256": "0" * 64},
        {"withdrawn_reason": "because"},
        {"withdrawn_at": "2026-11-24T12:00:00Z"},
    ],
)
def test_half_a_drawing_or_withdrawal_cannot_be_stored(cast, half):
    certificate = issuing.issue(award(cast.lea))

    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(**half)


def test_a_person_with_a_certificate_cannot_be_deleted(cast):
    issuing.issue(award(cast.lea))

    with pytest.raises(Exception, match="protected"):
        cast.lea.delete()


def test_the_latest_issue_of_an_award_counts(cast):
    first = issuing.issue(award(cast.lea))
    second = Certificate.objects.get(pk=first.pk)
    second.pk, second.issue, second.code = None, 2, issuing.new_code()
    second.save()

    assert list(Certificate.objects.current()) == [second]
