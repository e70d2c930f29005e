"""Compares the name as its holder writes it with the name in the staff record."""

import re

from anyascii import anyascii


def differ_only_in_writing(one: str, other: str) -> bool:
    """Whether two names are the same but for accents, order, case or script (Latin or Cyrillic)."""
    return _parts(one) == _parts(other)


def _parts(name: str) -> list[str]:
    return sorted(re.findall(r"[a-z0-9]+", anyascii(name).lower()))
