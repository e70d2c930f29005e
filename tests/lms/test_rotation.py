"""Keys change: nothing that was signed breaks. A former secret key is named for a while; one for certificates is forgotten."""

import hashlib

import pytest
from django.core import signing
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from pypdf import PdfReader

from certificates import issuing, rendering, signatures, verification
from certificates.models import Certificate, SigningKey
from lms.people.adapters import LinkTokenGenerator
from lms.reports import snapshots
from tests.certificates.test_issuing import award


def test_what_the_former_key_signed_still_counts_until_it_is_forgotten(cast, signed_in, settings):
    client = signed_in(cast.lea)
    link = LinkTokenGenerator().make_token(cast.ben)
    report = {"title": "Kept", "columns": []}
    digest = snapshots.digest_of(report, [])
    kept = {"report": report, "rows": [], "sha256": digest, "signature": snapshots.signature_of(digest)}
    cursor = signing.dumps([1], salt="cursor")

    def stands() -> list[bool]:
        try:
            reads = signing.loads(cursor, salt="cursor") == [1]
        except signing.BadSignature:
            reads = False
        return [
            snapshots.verify(snapshots.line_of(kept)).is_signed,
            LinkTokenGenerator().check_token(cast.ben, link),
            reads,
            client.get("/my/").status_code == 200,
        ]

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    rotated = stands()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", []
    forgotten = stands()

    assert rotated == [True] * 4
    assert forgotten == [False] * 4


def drawn(person) -> Certificate:
    certificate = issuing.issue(award(person))
    rendering.draw(certificate.pk)
    certificate.refresh_from_db()
    return certificate


def faults() -> dict[int, str]:
    return {certificate.pk: what for certificate, what in verification.faults()}


def test_certificates_of_a_former_key_stay_good_and_new_ones_carry_the_new_key(cast, settings, client):
    settings.CERTIFICATE_KEY = signatures.new_key()
    [former, same] = [drawn(cast.lea), drawn(cast.ben)]
    settings.CERTIFICATE_KEY = signatures.new_key()

    later = drawn(cast.nora)

    [new, old] = SigningKey.objects.all()
    states = {
        (one.pk, key.pk): signatures.state_of(one.pdf.open().read(), known=[key.x509])
        for one in (former, same, later)
        for key in (old, new)
    }
    assert {pair for pair, state in states.items() if state is signatures.State.GOOD} == {
        (former.pk, old.pk),
        (same.pk, old.pk),
        (later.pk, new.pk),
    }
    assert faults() == {}
    assert client.get("/verify/keys.pem").text == new.x509 + old.x509
    page = client.get("/verify/").text
    assert new.fingerprint in page
    assert old.fingerprint in page
    [field] = PdfReader(later.pdf.open()).get_fields().values()
    assert (field["/FT"], field["/TU"]) == ("/Sig", "Signature")
    [place] = PdfReader(later.pdf.open()).pages[0]["/Annots"]
    assert place.get_object()["/F"] & 2  # hidden


def test_a_file_that_is_not_as_it_was_drawn_is_named(cast, settings, capsys):
    people = (cast.lea, cast.ben, cast.nora, cast.hr, cast.admin)
    before, changed, gone, foreign, bare = (issuing.issue(award(person)) for person in people)
    unsigned = rendering.pdf.draw(rendering.look_of(before))
    keep(before, unsigned)
    settings.CERTIFICATE_KEY = signatures.new_key()
    for one in (changed, gone):
        rendering.draw(one.pk)
    key = signatures.new_key()
    x509 = signatures.x509_for(key, organisation="OSCE", product="Learning", since=before.issued_at.replace(microsecond=0))
    keep(foreign, signatures.sign(unsigned, key=key, x509=x509))
    keep(bare, unsigned)
    for one in (changed, gone):
        one.refresh_from_db()
    with changed.pdf.storage.open(changed.pdf.name, "ab") as file:
        file.write(b"%")
    gone.pdf.storage.delete(gone.pdf.name)

    with pytest.raises(SystemExit):
        call_command("verify_certificates")

    assert faults() == {
        changed.pk: "its file was changed",
        gone.pk: "its file is missing",
        foreign.pk: "its signature is by no key of this installation",
        bare.pk: "its file is not signed",
    }
    assert f"{gone.code}: its file is missing" in capsys.readouterr().out


def keep(certificate: Certificate, content: bytes) -> None:
    """As if it had been drawn so."""
    name = certificate.pdf.storage.save(f"certificates/{certificate.code}.pdf", ContentFile(content))
    Certificate.objects.filter(pk=certificate.pk).update(
        pdf=name, pdf_sha256=hashlib.sha256(content).hexdigest(), drawn_at=timezone.now()
    )
