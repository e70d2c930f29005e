"""The signature in a PDF: what it covers, who made it, and keys that cannot make one."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from certificates import signatures
from certificates.pdf import Look, draw
from certificates.signatures import State

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def x509_of(key: str) -> str:
    return signatures.x509_for(key, organisation="OSCE", product="Learning", since=NOW)


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return draw(Look('<html lang="en"><title>Certificate</title><h1>Foundations</h1></html>', ""))


def test_a_signature_tells_what_was_changed_and_whose_it_is(drawn):
    ours, theirs = signatures.new_key(), signatures.new_key()
    known, foreign = x509_of(ours), x509_of(theirs)
    signed = signatures.sign(drawn, key=ours, x509=known)
    theirs_alone = signatures.sign(drawn, key=theirs, x509=foreign)

    states = {
        what: signatures.state_of(content, known=certificates)
        for what, content, certificates in [
            ("as signed", signed, [known]),
            ("key out of use", signed, [foreign, known]),
            ("by somebody else", theirs_alone, [known]),
            ("never signed", drawn, [known]),
            ("a byte changed", signed.replace(b"/Title", b"/Tutle"), [known]),
            ("something added", signed + b"\n% more\n", [known]),
            ("cut off", signed[:-200], [known]),
            ("no PDF", b"nothing", [known]),
            ("no key known", signed, []),
        ]
    }

    assert [what for what, state in states.items() if state is State.GOOD] == ["as signed", "key out of use"]
    assert [what for what, state in states.items() if state is State.NONE] == ["never signed"]


def pem(key, format=PrivateFormat.PKCS8, encryption=None) -> str:
    return key.private_bytes(Encoding.PEM, format, encryption or NoEncryption()).decode()


def test_the_public_half_names_a_key_and_holds_nothing_of_it():
    key = ec.generate_private_key(ec.SECP256R1())
    as_openssl_writes_it = pem(key, PrivateFormat.TraditionalOpenSSL)

    assert (
        signatures.digest_of(as_openssl_writes_it) == signatures.digest_of(pem(key)) != signatures.digest_of(signatures.new_key())
    )
    assert "PRIVATE" not in x509_of(as_openssl_writes_it)
    assert len(signatures.fingerprint_of(x509_of(pem(key))).split()) == 32


def test_a_key_that_cannot_sign_is_named():
    ours = ec.generate_private_key(ec.SECP256R1())
    others = {
        "": "no private key in PEM",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----": "no private key in PEM",
        x509_of(pem(ours)): "no private key in PEM",
        pem(ours, encryption=BestAvailableEncryption(b"word")): "no private key in PEM",
        pem(ec.generate_private_key(ec.SECP384R1())): "no elliptic curve key on P-256",
        pem(rsa.generate_private_key(65537, 2048)): "no elliptic curve key on P-256",
    }

    for key, said in others.items():
        with pytest.raises(signatures.WrongKey, match=said):
            signatures.digest_of(key)
