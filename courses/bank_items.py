"""Questions on their way in or out of the bank, as plain values that every file format shares. No keys, no rows, no markup.

One dataclass a kind, even where two look alike: what may stand in one may not stand in the other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

NUMBER = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")


@dataclass(frozen=True)
class BankOption:
    text: str
    is_right: bool
    feedback: str = ""


@dataclass(frozen=True)
class Choices:
    """Single choice, or several answers where all the right ones together are right."""

    options: tuple[BankOption, ...]
    is_several: bool = False


@dataclass(frozen=True)
class TrueFalse:
    is_true: bool
    wrong_feedback: str = ""
    right_feedback: str = ""


@dataclass(frozen=True)
class Pair:
    term: str
    match: str


@dataclass(frozen=True)
class Matching:
    """`extra`: matches that belong to no term."""

    pairs: tuple[Pair, ...]
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Numeric:
    """Every number from `low` to `high` is right, both included."""

    low: Decimal
    high: Decimal
    unit: str = ""


@dataclass(frozen=True)
class SortedCard:
    """`right_in`: the numbers of the categories where it may stand, from 1."""

    text: str
    right_in: tuple[int, ...]


@dataclass(frozen=True)
class Sorting:
    categories: tuple[str, ...]
    cards: tuple[SortedCard, ...]


@dataclass(frozen=True)
class Sequencing:
    """The steps in their right order."""

    steps: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """From one end to the other; nothing is right or wrong."""

    levels: tuple[str, ...]


@dataclass(frozen=True)
class PictureOption:
    """`picture` is the title of a picture in the library and, in brackets, the SHA-1 of its file; by hand the title is enough."""

    picture: str
    text: str
    is_right: bool


@dataclass(frozen=True)
class PictureChoice:
    options: tuple[PictureOption, ...]


@dataclass(frozen=True)
class Rewriting:
    """`original` is what is to be said anew, the options are the ways to say it."""

    original: str
    options: tuple[BankOption, ...]


Body: TypeAlias = Choices | TrueFalse | Matching | Numeric | Sorting | Sequencing | Scale | PictureChoice | Rewriting


@dataclass(frozen=True)
class BankItem:
    """`title` is the question's code, `ident` what another system calls it, `line` where it began in the file it came from."""

    title: str
    prompt: str
    body: Body
    rationale: str = ""
    course: str = ""
    objective: str = ""
    difficulty: int = 0  # 1 easy, 2 medium, 3 hard; 0 where the file does not say
    is_must_pass: bool = False
    source: str = ""
    tags: tuple[str, ...] = ()
    ident: str = ""
    category: str = ""
    line: int = field(default=0, compare=False)


class Fault(StrEnum):
    """What can be wrong in a file. `bank_words.py` says each in words, with what to do."""

    # The question is not taken.
    ESSAY = "essay"
    SHORT_ANSWER = "short answer"
    MISSING_WORD = "missing word"
    DESCRIPTION = "description"
    UNKNOWN_KIND = "unknown kind"
    NOT_CLOSED = "not closed"
    NOT_OPENED = "not opened"
    NO_PROMPT = "no prompt"
    TEXT_BEFORE_ANSWERS = "text before answers"
    EMPTY_OPTION = "empty option"
    TOO_FEW_OPTIONS = "too few options"
    NO_RIGHT_OPTION = "no right option"
    SEVERAL_FULL_MARKS = "several full marks"
    SAME_OPTION_TWICE = "same option twice"
    NOT_A_PAIR = "not a pair"
    TOO_FEW_PAIRS = "too few pairs"
    SAME_TERM_TWICE = "same term twice"
    NOT_A_NUMBER = "not a number"
    NOT_A_RANGE = "not a range"
    SEVERAL_NUMBERS = "several numbers"
    NOT_A_WEIGHT = "not a weight"
    # A table.
    UNREADABLE = "unreadable"
    NO_COLUMN = "no column"
    COLUMN_TWICE = "column twice"
    TOO_MANY_CELLS = "too many cells"
    NOT_A_KIND = "not a kind"
    NOT_A_DIFFICULTY = "not a difficulty"
    NOT_YES_OR_NO = "not yes or no"
    NOT_TRUE_OR_FALSE = "not true or false"
    NOT_THE_RIGHT_ONES = "not the right ones"
    GAP = "gap"
    NOT_FOR_THIS_KIND = "not for this kind"
    NOT_A_CATEGORY = "not a category"
    # The bank.
    NO_PICTURE = "no picture"
    TOO_LONG = "too long"
    TOO_MANY_LINES = "too many lines"
    TOO_FEW_LINES = "too few lines"
    TOO_MANY_DIGITS = "too many digits"
    TOO_MANY_QUESTIONS = "too many questions"
    NUL = "nul"
    CODE_TWICE = "code twice"
    CODE_TAKEN = "code taken"
    LOCKED = "locked"
    # The question is taken, and something of it is not.
    PARTIAL_CREDIT = "partial credit"
    PICTURE = "picture"
    UNKNOWN_COLUMN = "unknown column"
    FEEDBACK = "feedback"
    TAGS = "tags"

    @property
    def is_refusal(self) -> bool:
        """The question, or the whole table, is not taken."""
        return self not in _LOSSES

    @property
    def is_error(self) -> bool:
        """Somebody has to mend the file. A kind that is not taken is named and left out instead."""
        return self.is_refusal and self not in _KINDS_NOT_TAKEN


_LOSSES = {Fault.PARTIAL_CREDIT, Fault.PICTURE, Fault.UNKNOWN_COLUMN, Fault.FEEDBACK, Fault.TAGS}
_KINDS_NOT_TAKEN = {Fault.ESSAY, Fault.SHORT_ANSWER, Fault.MISSING_WORD, Fault.DESCRIPTION}


@dataclass(frozen=True)
class Finding:
    """`line` counts from 1; `detail` is what stands there, shortened; `column` is the heading in a table."""

    line: int
    fault: Fault
    detail: str = ""
    column: str = ""


class Refused(Exception):
    """This question is not taken; the finding says why. Never leaves the module that reads."""

    def __init__(self, fault: Fault, line: int, detail: str = "", column: str = ""):
        self.finding = Finding(line, fault, shortened(detail), column)


@dataclass(frozen=True)
class Reading:
    items: tuple[BankItem, ...]
    findings: tuple[Finding, ...]

    @property
    def refusals(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.fault.is_refusal)


def shortened(text: str, length: int = 60) -> str:
    """One line of at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def number(text: str) -> Decimal | None:
    """At most twelve digits on each side of the point, so that sums stay exact; None for anything else."""
    return Decimal(text.strip()) if NUMBER.fullmatch(text.strip()) else None


def fault_of(body: Body) -> Fault | None:
    """The first thing that keeps the answers from being a question at all."""
    match body:
        case Choices():
            return _fault_of_choices([(one.text, one.is_right) for one in body.options], is_several=body.is_several)
        case PictureChoice():
            if any(is_blank(one.picture) for one in body.options):
                return Fault.NO_PICTURE
            return _fault_of_choices([(one.text, one.is_right) for one in body.options])
        case Rewriting():
            if is_blank(body.original):
                return Fault.EMPTY_OPTION
            return _fault_of_choices([(one.text, one.is_right) for one in body.options])
        case Matching():
            return _fault_of_matching(body)
        case Numeric():
            return Fault.NOT_A_RANGE if body.low > body.high else None
        case Sorting():
            return _fault_of_sorting(body)
        case Sequencing():
            return _fault_of_lines(body.steps)
        case Scale():
            return _fault_of_lines(body.levels)
        case TrueFalse():
            return None


def _fault_of_choices(options: Sequence[tuple[str, bool]], *, is_several: bool = False) -> Fault | None:
    right = sum(is_right for _text, is_right in options)
    texts = [text for text, _is_right in options]
    if any(is_blank(text) for text in texts):
        return Fault.EMPTY_OPTION
    if len(texts) < 2:
        return Fault.TOO_FEW_OPTIONS
    if not right:
        return Fault.NO_RIGHT_OPTION
    if right > 1 and not is_several:
        return Fault.SEVERAL_FULL_MARKS
    return Fault.SAME_OPTION_TWICE if _is_any_twice(texts) else None


def _fault_of_matching(body: Matching) -> Fault | None:
    if any(is_blank(text) for pair in body.pairs for text in (pair.term, pair.match)) or any(map(is_blank, body.extra)):
        return Fault.NOT_A_PAIR
    if len(body.pairs) < 2:
        return Fault.TOO_FEW_PAIRS
    if _is_any_twice([pair.term for pair in body.pairs]):
        return Fault.SAME_TERM_TWICE
    used = {pair.match for pair in body.pairs}
    return Fault.SAME_OPTION_TWICE if _is_any_twice(body.extra) or used & set(body.extra) else None


def _fault_of_sorting(body: Sorting) -> Fault | None:
    fault = _fault_of_lines(body.categories) or _fault_of_lines([card.text for card in body.cards])
    if fault:
        return fault
    numbers = set(range(1, len(body.categories) + 1))
    return None if all(card.right_in and numbers.issuperset(card.right_in) for card in body.cards) else Fault.NOT_A_CATEGORY


def _fault_of_lines(texts: Sequence[str]) -> Fault | None:
    if any(is_blank(text) for text in texts):
        return Fault.EMPTY_OPTION
    if len(texts) < 2:
        return Fault.TOO_FEW_OPTIONS
    return Fault.SAME_OPTION_TWICE if _is_any_twice(texts) else None


def is_blank(text: str) -> bool:
    return not text.strip()


def _is_any_twice(texts: Sequence[str]) -> bool:
    return len(set(texts)) < len(texts)
