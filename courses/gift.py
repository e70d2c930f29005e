"""Reads and writes Moodle's GIFT, a text format for questions (docs.moodle.org, "GIFT format").

Taken: choice with one right answer (`=`), several answers by weights (`~%50%`), true/false, matching, numeric. Essay, short
answer, missing word and description are named and left out. Weights become right or wrong: more than 0 % is right among
several answers, since a question here is right as a whole or not.

Course, objective, difficulty, must-pass mark, source and the unit of a number travel as tags: `[tag:course:…]`,
`[tag:objective:…]`, `[tag:difficulty:2]`, `[tag:must-pass]`, `[tag:source:…]`, `[tag:unit:…]`. What GIFT has no kind for is
named in a comment at the end of a file. Two things go beyond Moodle: `\\>` keeps an arrow inside a term of a matching question,
and `\\[`, `\\]` a bracket inside a tag. Texts are plain: tags of [html] and [moodle] texts are taken away, and blanks around a
text do not count.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias, TypeGuard

from courses.bank_items import (
    BankItem,
    BankOption,
    Body,
    Choices,
    Fault,
    Finding,
    Matching,
    Numeric,
    Pair,
    Reading,
    Refused,
    TrueFalse,
    fault_of,
    number,
    shortened,
)
from courses.gift_text import Text, escaped, escaped_signs, plain, scan

COMMENT = re.compile(r"^\s*//")
CATEGORY = re.compile(r"^\s*\$CATEGORY:(.*)$")
TITLE = re.compile(r"^\s*::(.*?)::", re.S)
TAG = re.compile(r"\[(tag|id):((?:\\.|[^][\\\n])*)\]")
WEIGHT = re.compile(r"^\s*%([^%\n]*)%")
LARGEST = 10**12  # not reached, so that a range that was worked out can be written and read again
TRUE_FALSE = re.compile(r"^(T|TRUE|F|FALSE)\s*(?=#|$)", re.I)
CLOSING_MARKS = re.compile(r"[\s.,;:!?…。]*")  # what may stand after the answers without being a missing word


Held: TypeAlias = Choices | TrueFalse | Matching | Numeric


@dataclass(frozen=True)
class _Block:
    """What stands between two empty lines, comments left out."""

    lines: tuple[tuple[int, str], ...]
    comments: str
    category: str


@dataclass(frozen=True)
class _Answer:
    sign: str  # "=" or "~"
    weight: Decimal | None  # in per cent
    text: Text
    feedback: Text | None


def read(text: str) -> Reading:
    """Questions and findings of a file, in its order. Answers for any text and never raises."""
    items: list[BankItem] = []
    findings: list[Finding] = []
    for block in _blocks(text):
        notes: list[Finding] = []
        try:
            items.append(_item(block, notes))
            findings += notes
        except Refused as refused:
            findings.append(refused.finding)
    return Reading(tuple(items), tuple(findings))


# --- lines and blocks ----------------------------------------------------------------------------------------------------
def _blocks(text: str) -> list[_Block]:
    """An empty line ends a question, as in Moodle; a category counts until the next."""
    blocks: list[_Block] = []
    lines: list[tuple[int, str]] = []
    comments: list[str] = []
    category = ""
    whole = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for at, line in enumerate([*whole.split("\n"), ""], start=1):
        named = CATEGORY.match(line) if not lines else None
        if named:
            category = _unescaped(named[1])
        elif COMMENT.match(line):
            comments.append(line)
        elif line.strip():
            lines.append((at, line))
        elif lines:
            blocks.append(_Block(tuple(lines), "\n".join(comments), category))
            lines, comments = [], []
    return blocks


def _item(block: _Block, notes: list[Finding]) -> BankItem:
    whole = scan(block.lines)
    title, rest = _title(whole)
    head, inside, tail = _parts(rest)
    prompt_format, prompt_text = head.format("moodle")
    prompt = _plain(prompt_text, prompt_format, notes)
    if not CLOSING_MARKS.fullmatch(tail.mask):
        raise Refused(Fault.MISSING_WORD, whole.line, prompt or tail.real)
    if not prompt:
        raise Refused(Fault.NO_PROMPT, whole.line, title)
    answers, general = _general_feedback(inside)
    body = _body(answers, prompt_format, notes, prompt)
    rationale = _feedback(general, prompt_format, notes)
    item = BankItem(title or "", prompt, body, rationale, category=block.category, line=whole.line)
    return _tagged(item, block.comments)


def _title(text: Text) -> tuple[str, Text]:
    found = TITLE.match(text.mask)
    if not found:
        return "", text
    return text.part(found.start(1), found.end(1)).stripped.real, text.part(found.end())


def _parts(text: Text) -> tuple[Text, Text, Text]:
    """Before, inside and after the braces."""
    start, end = text.mask.find("{"), text.mask.rfind("}")
    if start < 0 and end < 0:
        raise Refused(Fault.DESCRIPTION, text.line, text.real)
    if start < 0 or 0 <= end < start:
        raise Refused(Fault.NOT_OPENED, text.line, text.real)
    if end < 0:
        raise Refused(Fault.NOT_CLOSED, text.line, text.real)
    inside = text.part(start + 1, end)
    if "{" in inside.mask or "}" in inside.mask:
        raise Refused(Fault.MISSING_WORD, text.line, text.real)
    return text.part(0, start), inside, text.part(end + 1)


def _general_feedback(inside: Text) -> tuple[Text, Text | None]:
    at = inside.mask.find("####")
    return (inside.stripped, None) if at < 0 else (inside.part(0, at).stripped, inside.part(at + 4))


# --- the kinds -----------------------------------------------------------------------------------------------------------
def _body(inside: Text, form: str, notes: list[Finding], prompt: str) -> Body:
    if not inside.mask:
        raise Refused(Fault.ESSAY, inside.line, prompt)
    if inside.mask.startswith("#"):
        return _numeric(inside.part(1), notes)
    if TRUE_FALSE.match(inside.mask):
        return _true_false(inside, form, notes)
    answers = _answers(inside)
    if not answers:
        raise Refused(Fault.UNKNOWN_KIND, inside.line, inside.real)
    if all(answer.sign == "=" for answer in answers):
        if not any("->" in answer.text.mask for answer in answers):
            raise Refused(Fault.SHORT_ANSWER, inside.line, prompt)
        body: Body = _matching(answers, form, notes)
    else:
        body = _choices(answers, form, notes)
    fault = fault_of(body)
    if fault:
        raise Refused(fault, inside.line, prompt)
    return body


def _answers(inside: Text) -> list[_Answer]:
    signs = [at for at, sign in enumerate(inside.mask) if sign in "=~"]
    if signs and inside.part(0, signs[0]).stripped.mask:
        raise Refused(Fault.TEXT_BEFORE_ANSWERS, inside.line, inside.part(0, signs[0]).real)
    ends = [*signs[1:], len(inside.mask)]
    return [_answer(inside.mask[at], inside.part(at + 1, end)) for at, end in zip(signs, ends, strict=False)]


def _answer(sign: str, text: Text) -> _Answer:
    weight = None
    if found := WEIGHT.match(text.mask):
        weight = _number(text.part(found.start(1), found.end(1)), Fault.NOT_A_WEIGHT)
        text = text.part(found.end())
    words, feedback = _split_off(text)
    return _Answer(sign, weight, words, feedback)


def _split_off(text: Text) -> tuple[Text, Text | None]:
    at = text.mask.find("#")
    return (text, None) if at < 0 else (text.part(0, at), text.part(at + 1))


def _true_false(inside: Text, form: str, notes: list[Finding]) -> TrueFalse:
    word, first = _split_off(inside)
    wrong, right = _split_off(first) if first is not None else (None, None)
    is_true = word.stripped.real.upper().startswith("T")
    return TrueFalse(is_true, _feedback(wrong, form, notes), _feedback(right, form, notes))


def _matching(answers: list[_Answer], form: str, notes: list[Finding]) -> Matching:
    pairs, extra = [], []
    for answer in answers:
        at = answer.text.mask.find("->")
        if at < 0:
            raise Refused(Fault.NOT_A_PAIR, answer.text.line, answer.text.real)
        term = _formatted(answer.text.part(0, at), form, notes)
        match = _formatted(answer.text.part(at + 2), form, notes)
        if term:
            pairs.append(Pair(term, match))
        else:
            extra.append(match)
    return Matching(tuple(pairs), tuple(extra))


def _choices(answers: list[_Answer], form: str, notes: list[Finding]) -> Choices:
    """Without any `=` the weights say which are right: Moodle's several answers."""
    is_several = all(answer.sign == "~" for answer in answers)
    options = []
    for answer in answers:
        weight = answer.weight or Decimal(0)
        is_right = weight > 0 if is_several else answer.sign == "=" and weight >= (100 if answer.weight is not None else 0)
        if not is_several and not is_right and weight > 0:
            notes.append(Finding(answer.text.line, Fault.PARTIAL_CREDIT, shortened(answer.text.real)))
        options.append(BankOption(_formatted(answer.text, form, notes), is_right, _feedback(answer.feedback, form, notes)))
    return Choices(tuple(options), is_several)


def _numeric(text: Text, notes: list[Finding]) -> Numeric:
    """`1..5`, `3:2`, `3`, or lines with `=` of which one has full marks."""
    if "=" not in text.mask:
        return _range(_split_off(text)[0].stripped)
    answers = [answer for answer in _answers(text) if answer.sign == "="]
    full = [answer for answer in answers if answer.weight is None or answer.weight >= 100]
    if not full:
        raise Refused(Fault.NO_RIGHT_OPTION, text.line, text.real)
    if len(full) > 1:
        raise Refused(Fault.SEVERAL_NUMBERS, full[1].text.line, full[1].text.real)
    for answer in answers:
        if answer is not full[0]:
            notes.append(Finding(answer.text.line, Fault.PARTIAL_CREDIT, shortened(answer.text.real)))
    return _range(full[0].text.stripped)


def _range(text: Text) -> Numeric:
    if ".." in text.mask:
        at = text.mask.find("..")
        low, high = _number(text.part(0, at)), _number(text.part(at + 2))
    else:
        value, _, tolerance = text.mask.partition(":")
        middle = _number(text.part(0, len(value)))
        width = _number(text.part(len(value) + 1)) if tolerance else Decimal(0)
        low, high = middle - width, middle + width
    if low > high:
        raise Refused(Fault.NOT_A_RANGE, text.line, text.real)
    if low <= -LARGEST or high >= LARGEST:
        raise Refused(Fault.NOT_A_NUMBER, text.line, text.real)
    return Numeric(low, high)


def _number(text: Text, fault: Fault = Fault.NOT_A_NUMBER) -> Decimal:
    value = number(text.real)
    if value is None:
        raise Refused(fault, text.line, text.real)
    return value


# --- texts, tags ---------------------------------------------------------------------------------------------------------
def _formatted(text: Text, form: str, notes: list[Finding]) -> str:
    own, rest = text.format(form)
    return _plain(rest, own, notes)


def _feedback(text: Text | None, form: str, notes: list[Finding]) -> str:
    return "" if text is None else _formatted(text, form, notes)


def _plain(text: Text, form: str, notes: list[Finding]) -> str:
    words, has_picture = plain(text.stripped.real, form)
    if has_picture:
        notes.append(Finding(text.line, Fault.PICTURE, shortened(words)))
    return words.strip()


def _tagged(item: BankItem, comments: str) -> BankItem:
    """Comments before a question may hold tags and an id; known tags become the fields they stand for."""
    tags = []
    for kind, words in TAG.findall(comments):
        value = _unescaped(words)
        name, _, rest = (part.strip() for part in value.partition(":"))
        if kind == "id":
            item = replace(item, ident=value)
        elif name == "course" and rest:
            item = replace(item, course=rest)
        elif name == "unit" and rest and isinstance(item.body, Numeric):
            item = replace(item, body=replace(item.body, unit=rest))
        elif name == "objective" and rest:
            item = replace(item, objective=rest)
        elif name == "source" and rest:
            item = replace(item, source=rest)
        elif name == "difficulty" and rest in {"1", "2", "3"}:
            item = replace(item, difficulty=int(rest))
        elif value == "must-pass":
            item = replace(item, is_must_pass=True)
        elif value:
            tags.append(value)
    return replace(item, tags=tuple(tags))


def _unescaped(text: str) -> str:
    """In comments and categories: `\\n` is a new line, any other character after a backslash is itself."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text).strip()


# --- writing -------------------------------------------------------------------------------------------------------------
def write(items: Iterable[BankItem]) -> str:
    """A file that `read` gives back as these items, save for blanks around a text, the kind of line break, and kinds that GIFT
    does not have: they are named at its end."""
    parts: list[str] = []
    left_out: list[str] = []
    category = ""
    for item in items:
        if not is_held(item.body):
            left_out.append(f"// not in GIFT: {_in_comment(item.title)}\n")
            continue
        if item.category.strip() != category:
            category = item.category.strip()
            parts.append(f"$CATEGORY: {_in_comment(category)}\n\n")
        parts.append(_written(item, item.body))
    return "".join(parts + left_out)


def is_held(body: Body) -> TypeGuard[Held]:
    """Whether GIFT has such a kind at all."""
    return isinstance(body, Held)


def _written(item: BankItem, body: Held) -> str:
    tags = "".join(f" [{name}:{_in_comment(value)}]" for name, value in _tags_of(item))
    comment = f"//{tags}\n" if tags else ""
    title = f"::{escaped_signs(item.title)}::" if item.title.strip() else ""
    general = f"####{escaped(item.rationale)}\n" if item.rationale.strip() else ""
    return f"{comment}{title}[plain]{escaped_signs(item.prompt)}{{{_answers_of(body)}{general}}}\n\n"


def _tags_of(item: BankItem) -> list[tuple[str, str]]:
    unit = item.body.unit.strip() if isinstance(item.body, Numeric) else ""
    values = [
        f"course:{item.course.strip()}" if item.course.strip() else "",
        f"objective:{item.objective.strip()}" if item.objective.strip() else "",
        f"difficulty:{item.difficulty}" if item.difficulty else "",
        "must-pass" if item.is_must_pass else "",
        f"source:{item.source.strip()}" if item.source.strip() else "",
        f"unit:{unit}" if unit else "",
        *item.tags,
    ]
    ident = [("id", item.ident)] if item.ident.strip() else []
    return [*ident, *(("tag", value) for value in values if value.strip())]


def _answers_of(body: Held) -> str:
    if isinstance(body, TrueFalse):
        right = f"#{escaped(body.right_feedback)}" if body.right_feedback.strip() else ""
        wrong = f"#{escaped(body.wrong_feedback)}" if body.wrong_feedback.strip() or right else ""
        return f"{'TRUE' if body.is_true else 'FALSE'}{wrong}{right}"
    if isinstance(body, Numeric):
        return f"#{body.low:f}..{body.high:f}"
    if isinstance(body, Matching):
        pairs = [*body.pairs, *(Pair("", extra) for extra in body.extra)]
        lines = [f"={escaped(pair.term)} -> {escaped(pair.match)}" for pair in pairs]
    else:
        lines = [f"{sign}{escaped(option.text)}{_feedback_of(option)}" for sign, option in _signed(body)]
    return "\n" + "".join(f"\t{line}\n" for line in lines)


def _signed(body: Choices) -> Iterator[tuple[str, BankOption]]:
    """Among several answers the right ones share 100 % and a wrong one takes all away, so that Moodle, too, wants just these."""
    right = sum(option.is_right for option in body.options) or 1
    share = f"{100 / right:.5f}".rstrip("0").rstrip(".")
    for option in body.options:
        if body.is_several:
            yield (f"~%{share}%" if option.is_right else "~%-100%"), option
        else:
            yield ("=" if option.is_right else "~"), option


def _feedback_of(option: BankOption) -> str:
    return f"#{escaped(option.feedback)}" if option.feedback.strip() else ""


def _in_comment(text: str) -> str:
    line = re.sub(r"([]\\[])", r"\\\1", text.strip().replace("\r\n", "\n").replace("\r", "\n"))
    return line.replace("\n", "\\n")
