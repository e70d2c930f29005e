"""Compares the name as its holder writes it with the name in the staff record."""

import re

from anyascii import anyascii


def differ_only_in_writing(one: str, other: str) -> bool:
    """Whether two names are the same but for accents, order, case or script (Latin or Cyrillic)."""
    return folded(one) == folded(other)


def folded(name: str) -> list[str]:
    """The parts of a name in small Latin letters, sorted."""
    return sorted(re.findall(r"[a-z0-9]+", anyascii(name).lower()))
