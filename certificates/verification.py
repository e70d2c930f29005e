"""What a stranger may learn of a certificate: its state, course, edition and dates. Never a name."""

from dataclasses import dataclass
from datetime import date

from certificates.models import CODE_LENGTH, Certificate
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
