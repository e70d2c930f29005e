"""Points in time by ISO 8601 and RFC 3339, lengths of time by ISO 8601:2004 4.4.3.2 (Data 4.5, 4.6)."""

import re
from datetime import UTC, datetime, timedelta

# Date and time to the minute or finer, with all separators or none; a zone may be absent, not "minus zero".
_DATE_TIME = re.compile(
    r"[0-9]{4}(-)?[0-9]{2}(?(1)-)[0-9]{2}[Tt](?:[01][0-9]|2[0-3])(?(1):)[0-9]{2}"
    r"(?:(?(1):)(?P<second>[0-9]{2})(?:[.,][0-9]++)?)?"
    r"(?!-00(?::?00)?\Z)(?:[Zz]|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)?"
)
_FRACTION = re.compile(r"[.,]([0-9]+)")
_NUMBER = r"[0-9]++(?:[.,][0-9]++(?=[A-Z]\Z))?"  # only the smallest unit may have a fraction
_DURATION = re.compile(
    rf"P(?:(?=[0-9T])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?|{_NUMBER}W)"
)

is_duration = _DURATION.fullmatch


def check_timestamp(text: str) -> bool:
    """Whether `instant` can read the text."""
    return instant(text) is not None


def instant(text: str) -> datetime | None:
    """The moment in UTC that a timestamp names, None when it names none; without a zone it counts as UTC.

    Digits finer than a microsecond are cut. A leap second is read as the second after it, and must stand
    where leap seconds are: at the end of a UTC day. Moments outside the years 1 to 9999 cannot be kept and
    are refused.
    """
    shape = _DATE_TIME.fullmatch(text)
    if shape is None:
        return None
    try:
        if shape["second"] == "60":
            return _leap_second(text, shape.start("second"))
        return _in_utc(text)
    except (ValueError, OverflowError):
        return None


def in_utc(text: str) -> str:
    """The timestamp of the same moment in UTC, with as many digits; one that ends with Z stays letter by letter (IEEE 9274.1.1
    4.2.7). Expects what `check_timestamp` let pass."""
    moment = instant(text)
    if moment is None or text[-1] in "Zz":
        return text
    finer = _FRACTION.search(text)
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}{f'.{finer[1]}' if finer else ''}Z"


def _in_utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text.upper())
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _leap_second(text: str, start: int) -> datetime | None:
    before = _in_utc(f"{text[:start]}59{text[start + 2 :]}")
    return before + timedelta(seconds=1) if (before.hour, before.minute) == (23, 59) else None
