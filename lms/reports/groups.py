"""Small groups: what a reader without names may be told of numbers (permissions.md, section 6).

A group is a whole number whose bits are the keys of its people: so that whether one lies within another is one operation, also
for a hundred thousand people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

FEWEST = 5
WHOLE = ""
OTHER = "other"

Told = dict[int, set[int]]  # size → groups


def group(people: Iterable[int]) -> int:
    """The group of these people, named by their keys."""
    keys = list(people)
    bits = bytearray(max(keys, default=0) // 8 + 1)
    for key in keys:
        bits[key // 8] |= 1 << key % 8
    return int.from_bytes(bits, "little")


def together(groups: Iterable[int]) -> int:
    return reduce(or_, groups, 0)


def permitted(questions: Iterable[Mapping[str, int]], *, before: Iterable[int] = ()) -> list[dict[str, int]]:
    """What may be told of each question, a population in parts: the groups by the names of the parts, WHOLE for all of it.

    Parts under FEWEST are merged into OTHER, and with them the next smallest until the rest can be told; no two groups that are
    told, of whatever questions, lie within each other so that one to four people are left between them. What comes first is
    told first, after the groups that were told `before`: of a question whose whole cannot be told, nothing is.
    """
    told: Told = defaultdict(set)
    for people in before:
        told[people.bit_count()].add(people)
    answers = []
    for parts in questions:
        answer = _answer({name: people for name, people in parts.items() if people}, told)
        for people in answer.values():
            told[people.bit_count()].add(people)
        answers.append(answer)
    return answers


def _answer(parts: Mapping[str, int], told: Told) -> dict[str, int]:
    whole = together(parts.values())
    if not _passes(whole, told):
        return {}
    merged = {name for name, people in parts.items() if not _passes(people, told)}
    while merged and (len(merged) == 1 or not _passes(together(parts[name] for name in merged), told)):
        others = [(people.bit_count(), name) for name, people in parts.items() if name not in merged]
        if not others:
            break
        merged.add(min(others)[1])
    answer = {name: people for name, people in parts.items() if name not in merged}
    if answer and merged:
        answer[OTHER] = together(parts[name] for name in merged)
    return {WHOLE: whole, **answer}


def _passes(people: int, told: Told) -> bool:
    size = people.bit_count()
    if size < FEWEST:
        return False
    near = (other for step in range(1 - FEWEST, FEWEST) if step for other in told.get(size + step, ()))
    return not any(people & other in (people, other) for other in near)
