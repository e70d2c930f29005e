"""Results and their scores (Data 2.4.5)."""

from typing import Any

from lms.xapi.rules.findings import RESULT, Fault
from lms.xapi.rules.shapes import boolean, closed, duration, extensions, number, text


def _scaled(value: object) -> Fault | None:
    fault = number(value)
    if fault is None and isinstance(value, int | float) and not -1 <= value <= 1:
        return Fault("", "A scaled score must lie between -1 and 1.", RESULT)
    return fault


def _is_in_range(score: dict[str, Any]) -> Fault | None:
    least, greatest, raw = score.get("min"), score.get("max"), score.get("raw")
    if least is not None and greatest is not None and least >= greatest:
        return Fault(".min", "The least score must be less than the greatest one, max.", RESULT)
    if raw is not None and least is not None and raw < least:
        return Fault(".raw", "The raw score must not be less than min.", RESULT)
    if raw is not None and greatest is not None and raw > greatest:
        return Fault(".raw", "The raw score must not be greater than max.", RESULT)
    return None


_score = closed(
    {"scaled": _scaled, "raw": number, "min": number, "max": number},
    paragraph=RESULT,
    relations=[_is_in_range],
)
result = closed(
    {
        "score": _score,
        "success": boolean,
        "completion": boolean,
        "response": text,
        "duration": duration,
        "extensions": extensions,
    },
    paragraph=RESULT,
)
