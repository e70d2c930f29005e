"""What a stranger may learn of a certificate: its state, course, edition and dates, no name. And whether its file is ours."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from certificates import signatures
from certificates.models import CODE_LENGTH, Certificate, SigningKey
from lms.people.names import differ_only_in_writing


@dataclass(frozen=True)
class Finding:
    """What the page shows. `state` is valid, expired, withdrawn or unknown; a malformed code is unknown."""

    state: str
    certificate: Certificate | None


def look_up(code: str, *, day: date) -> Finding:
    """Costs the same for every code: one look-up. A corrected certificate gives way to its latest issue."""
    certificate = Certificate.objects.filter(code=normal(code)).first()
    if certificate is None:
        return Finding("unknown", None)
    if Certificate.objects.filter(award=certificate.award, issue__gt=certificate.issue).exists():
        return Finding("withdrawn", certificate)
    return Finding(certificate.state_on(day).value, certificate)


def is_name(certificate: Certificate, typed: str) -> bool:
    return differ_only_in_writing(typed, certificate.name)


def normal(code: str) -> str:
    """The code as it is stored: capitals, no hyphens, never longer than a code."""
    return "".join(char for char in code.upper() if char.isalnum())[:CODE_LENGTH]


def faults() -> Iterator[tuple[Certificate, str]]:
    """The certificates whose file is missing, is not the one that was drawn, or was not signed by a key of this installation.

    Those that were drawn before the first key need no signature.
    """
    keys = list(SigningKey.objects.all())
    known = [key.x509 for key in keys]
    for certificate in Certificate.objects.filter(drawn_at__isnull=False).order_by("pk").iterator():
        try:
            content = certificate.pdf.open().read()
        except FileNotFoundError:
            yield certificate, "its file is missing"
            continue
        if hashlib.sha256(content).hexdigest() != certificate.pdf_sha256:
            yield certificate, "its file was changed"
            continue
        state = signatures.state_of(content, known=known)
        if state is signatures.State.WRONG:
            yield certificate, "its signature is by no key of this installation"
        elif state is signatures.State.NONE and keys and certificate.drawn_at > keys[-1].first_used_at:
            yield certificate, "its file is not signed"
