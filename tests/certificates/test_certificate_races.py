from functools import partial

import pytest
from django.test import Client

from certificates import issuing, rendering
from certificates.models import Certificate
from tests.certificates.test_issuing import award
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def files_of(certificate: Certificate) -> list[str]:
    folder = certificate.pdf.name.rpartition("/")[0]
    return [f"{folder}/{name}" for name in certificate.pdf.storage.listdir(folder)[1] if name.startswith(certificate.code)]


def test_two_workers_that_draw_the_same_certificate_leave_one_file(cast):
    certificate = issuing.issue(award(cast.lea))

    at_once(*[partial(rendering.draw, certificate.pk)] * 2, held_at=Certificate)

    certificate.refresh_from_db()
    assert files_of(certificate) == [certificate.pdf.name]


def test_worker_and_holder_who_draw_at_once_leave_one_file_and_she_gets_it(cast):
    certificate = issuing.issue(award(cast.lea))
    client = Client()
    client.force_login(cast.lea)

    def fetch():
        answer = client.get(f"/my/certificates/{certificate.code}.pdf")
        return answer.status_code, b"".join(answer.streaming_content)

    _, (status, content) = at_once(partial(rendering.draw, certificate.pk), fetch, held_at=Certificate)

    certificate.refresh_from_db()
    assert files_of(certificate) == [certificate.pdf.name]
    assert (status, content) == (200, certificate.pdf.open().read())


def test_the_same_award_issued_twice_at_once_is_one_certificate(cast):
    earned = award(cast.lea)

    first, second = at_once(*[partial(issuing.issue, earned)] * 2, held_at=Certificate)

    assert first == second == Certificate.objects.get()


def test_of_two_administrators_who_withdraw_at_once_the_first_ones_reason_stays(cast):
    """Several times: who comes first to a table is luck where nobody waits for the row."""
    for person in (cast.lea, cast.ben, cast.nora, cast.stranger, cast.head, cast.focal):
        certificate = issuing.issue(award(person))

        at_once(
            partial(issuing.withdraw, certificate, by=cast.admin, reason="Wrong person"),
            partial(issuing.withdraw, certificate, by=cast.admin2, reason="Another reason"),
            held_at=Certificate,
        )

        certificate.refresh_from_db()
        assert (certificate.withdrawn_by, certificate.withdrawn_reason) == (cast.admin, "Wrong person")


def test_a_certificate_withdrawn_while_it_is_drawn_stays_withdrawn(cast):
    certificate = issuing.issue(award(cast.lea))

    at_once(
        partial(issuing.withdraw, certificate, by=cast.admin, reason="Wrong person"),
        partial(rendering.draw, certificate.pk),
        held_at=Certificate,
    )

    certificate.refresh_from_db()
    assert (certificate.withdrawn_by, bool(certificate.pdf)) == (cast.admin, True)
