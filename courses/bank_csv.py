"""The bank as a table: one line a question, and what was written is read back to the letter.

Columns: code, kind, prompt, right, `option 1` …, `match 1` …, `place 1` …, `picture 1` …, `feedback 1` …, `tag 1` …, original,
low, high, unit, rationale, course, objective, difficulty (1 to 3), must pass (yes or empty), source, id, category. Options are:

- single choice, several answers: `right` holds the numbers of the right ones ("2", "1 3");
- picture choice: the same, and each option has a picture: its title in the library and, in brackets, the SHA-1 of its file. It is
  found by that, and by the title where no file is the same; the picture itself does not travel;
- rewriting: the same, and `original` is what is to be said anew;
- matching: what belongs to each is its match; a match without an option belongs to none;
- sorting: the places are the categories, and a match holds the numbers of those in which the option is right;
- right order: the steps as they follow each other; scale: the levels from one end to the other.

A numeric question has low and high, both right. In true/false `right` is true or false, and feedback 1 is for the wrong answer.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

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
    PictureChoice,
    PictureOption,
    Reading,
    Refused,
    Rewriting,
    Scale,
    Sequencing,
    SortedCard,
    Sorting,
    TrueFalse,
    fault_of,
    is_blank,
    number,
    shortened,
)
from lms.cells import BOM, guarded, unguarded

SINGLE, SEVERAL, TRUE_FALSE, MATCHING, NUMERIC = "single choice", "several answers", "true/false", "matching", "numeric"
SORTING, ORDER, SCALE, PICTURES, REWRITING = "sorting", "right order", "scale", "picture choice", "rewriting"
FIRST = ("code", "kind", "prompt", "right")
NUMBERED = ("option", "match", "place", "picture", "feedback", "tag")
LAST = (
    "original",
    "low",
    "high",
    "unit",
    "rationale",
    "course",
    "objective",
    "difficulty",
    "must pass",
    "source",
    "id",
    "category",
)
NEEDED = ("kind", "prompt")
COLUMN = re.compile(rf"(?:{'|'.join(NUMBERED)}) [1-9][0-9]?")
# Which columns hold the answers of a kind.
OWN = {
    SINGLE: {"right", "option", "feedback"},
    SEVERAL: {"right", "option", "feedback"},
    TRUE_FALSE: {"right", "feedback"},
    MATCHING: {"option", "match"},
    NUMERIC: {"low", "high", "unit"},
    SORTING: {"option", "match", "place"},
    ORDER: {"option"},
    SCALE: {"option"},
    PICTURES: {"right", "option", "picture"},
    REWRITING: {"right", "option", "original"},
}
ANSWERS = set().union(*OWN.values())
YES, NO = {"yes", "true", "1"}, {"no", "false", "0", ""}
# Where the fault of a whole question stands.
WHERE = {
    Fault.NO_RIGHT_OPTION: "right",
    Fault.SEVERAL_FULL_MARKS: "right",
    Fault.TOO_FEW_OPTIONS: "option 2",
    Fault.TOO_FEW_PAIRS: "option 2",
    Fault.NOT_A_PAIR: "match 1",
    Fault.NOT_A_RANGE: "low",
    Fault.NO_PICTURE: "picture 1",
    Fault.NOT_A_CATEGORY: "match 1",
}


# --- writing -------------------------------------------------------------------------------------------------------------
def write(items: Iterable[BankItem]) -> str:
    """A file for spreadsheets; no cell begins a formula."""
    rows = [_cells(item) for item in items]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, _header(rows), restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: guarded(text) for name, text in row.items()})
    return BOM + file.getvalue()


def _header(rows: Sequence[dict[str, str]]) -> list[str]:
    used = {name for row in rows for name in row} | {f"option {at}" for at in range(1, 5)}
    numbered = sorted(used - {*FIRST, *LAST}, key=lambda name: (NUMBERED.index(name.split()[0]), int(name.split()[1])))
    return [*FIRST, *numbered, *LAST]


def _cells(item: BankItem) -> dict[str, str]:
    return {
        "code": item.title,
        "prompt": item.prompt,
        "rationale": item.rationale,
        "course": item.course,
        "objective": item.objective,
        "difficulty": str(item.difficulty) if item.difficulty else "",
        "must pass": "yes" if item.is_must_pass else "",
        "source": item.source,
        "id": item.ident,
        "category": item.category,
        **_numbered("tag", item.tags),
        **_answer_cells(item.body),
    }


def _answer_cells(body: Body) -> dict[str, str]:
    match body:
        case Choices():
            feedback = _numbered("feedback", [option.feedback for option in body.options])
            return {"kind": SEVERAL if body.is_several else SINGLE, **_option_cells(body.options), **feedback}
        case TrueFalse():
            feedback = _numbered("feedback", (body.wrong_feedback, body.right_feedback))
            return {"kind": TRUE_FALSE, "right": "true" if body.is_true else "false", **feedback}
        case Numeric():
            return {"kind": NUMERIC, "low": f"{body.low:f}", "high": f"{body.high:f}", "unit": body.unit}
        case Matching():
            pairs = [*body.pairs, *(Pair("", match) for match in body.extra)]
            terms, matches = [pair.term for pair in pairs], [pair.match for pair in pairs]
            return {"kind": MATCHING, **_numbered("option", terms), **_numbered("match", matches)}
        case Sorting():
            texts, numbers = [card.text for card in body.cards], [" ".join(map(str, card.right_in)) for card in body.cards]
            cards = _numbered("option", texts) | _numbered("match", numbers)
            return {"kind": SORTING, **cards, **_numbered("place", body.categories)}
        case Sequencing():
            return {"kind": ORDER, **_numbered("option", body.steps)}
        case Scale():
            return {"kind": SCALE, **_numbered("option", body.levels)}
        case PictureChoice():
            pictures = _numbered("picture", [option.picture for option in body.options])
            return {"kind": PICTURES, **_option_cells(body.options), **pictures}
        case Rewriting():
            return {"kind": REWRITING, "original": body.original, **_option_cells(body.options)}


def _option_cells(options: Sequence[BankOption | PictureOption]) -> dict[str, str]:
    right = " ".join(str(at) for at, option in enumerate(options, start=1) if option.is_right)
    return {"right": right, **_numbered("option", [option.text for option in options])}


def _numbered(name: str, texts: Sequence[str]) -> dict[str, str]:
    return {f"{name} {at}": text for at, text in enumerate(texts, start=1) if text}


# --- reading -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Row:
    line: int
    cells: dict[str, str]  # only what is filled in

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    def numbered(self, name: str) -> list[str]:
        """The cells of `name 1` to the last one that is filled in."""
        return [self[f"{name} {at}"] for at in range(1, self.last(name) + 1)]

    def last(self, *names: str) -> int:
        return max(
            (int(column.split()[1]) for column in self.cells if column.split()[0] in names and COLUMN.fullmatch(column)),
            default=0,
        )

    def refused(self, fault: Fault, column: str, detail: str = "") -> Refused:
        return Refused(fault, self.line, detail or self[column], column)


def read(text: str) -> Reading:
    """Questions and findings of a file, in its order. Answers for any text and never raises."""
    lines = _lines(text)
    line, header = next(lines, (1, []))
    if isinstance(header, Finding):
        return Reading((), (header,))
    names = [" ".join(cell.split()).casefold() for cell in header]
    findings = _faults_of_header(names, line)
    if any(finding.fault.is_refusal for finding in findings):
        return Reading((), tuple(findings))
    items: list[BankItem] = []
    for line, cells in lines:
        if isinstance(cells, Finding):
            findings.append(cells)
            continue
        try:
            items.append(_item(_row(names, line, cells)))
        except Refused as refused:
            findings.append(refused.finding)
    return Reading(tuple(items), tuple(findings))


def _lines(text: str) -> Iterator[tuple[int, list[str] | Finding]]:
    """Each filled line with the number at which it begins; a finding for the one behind which nothing can be read."""
    text = text.removeprefix(BOM)
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Finding(line, Fault.UNREADABLE, shortened(str(error)))
            return
        if any(cells):
            yield line, cells


def _faults_of_header(names: Sequence[str], line: int) -> list[Finding]:
    missing = [Finding(line, Fault.NO_COLUMN, column=name) for name in NEEDED if name not in names]
    twice = [Finding(line, Fault.COLUMN_TWICE, column=name) for name, times in Counter(names).items() if name and times > 1]
    known = {*FIRST, *LAST, ""}
    unknown = [name for name in names if name not in known and not COLUMN.fullmatch(name)]
    return [*missing, *twice, *(Finding(line, Fault.UNKNOWN_COLUMN, column=shortened(name)) for name in unknown)]


def _row(names: Sequence[str], line: int, cells: Sequence[str]) -> _Row:
    beyond = [cell for name, cell in zip([*names, *[""] * len(cells)], cells, strict=False) if not name and cell]
    if beyond:
        raise Refused(Fault.TOO_MANY_CELLS, line, beyond[0])
    return _Row(line, {name: unguarded(cell) for name, cell in zip(names, cells, strict=False) if cell})


def _item(row: _Row) -> BankItem:
    if is_blank(row["prompt"]):
        raise row.refused(Fault.NO_PROMPT, "prompt")
    body = _body(row)
    fault = fault_of(body)
    if fault:
        raise row.refused(fault, WHERE.get(fault, "option 1"))
    return BankItem(
        row["code"],
        row["prompt"],
        body,
        row["rationale"],
        course=row["course"],
        objective=row["objective"],
        difficulty=_difficulty(row),
        is_must_pass=_is_must_pass(row),
        source=row["source"],
        tags=tuple(tag for tag in row.numbered("tag") if tag),
        ident=row["id"],
        category=row["category"],
        line=row.line,
    )


def _body(row: _Row) -> Body:
    kind = " ".join(row["kind"].split()).casefold()
    if kind not in OWN:
        raise row.refused(Fault.NOT_A_KIND, "kind")
    for column in row.cells:
        name = column.split()[0] if COLUMN.fullmatch(column) else column
        if name in ANSWERS - OWN[kind]:
            raise row.refused(Fault.NOT_FOR_THIS_KIND, column)
    return BODIES[kind](row)


def _true_false(row: _Row) -> TrueFalse:
    word = row["right"].strip().casefold()
    if word not in {"true", "false"}:
        raise row.refused(Fault.NOT_TRUE_OR_FALSE, "right")
    if row.last("feedback") > 2:
        raise row.refused(Fault.NOT_FOR_THIS_KIND, f"feedback {row.last('feedback')}")
    return TrueFalse(word == "true", row["feedback 1"], row["feedback 2"])


def _numeric(row: _Row) -> Numeric:
    low, high = (number(row[name]) for name in ("low", "high"))
    if low is None or high is None:
        raise row.refused(Fault.NOT_A_NUMBER, "low" if low is None else "high")
    return Numeric(low, high, row["unit"])


def _matching(row: _Row) -> Matching:
    both = [(row[f"option {at}"], row[f"match {at}"]) for at in range(1, row.last("option", "match") + 1)]
    for at, (_term, match) in enumerate(both, start=1):
        if not match:
            raise row.refused(Fault.NOT_A_PAIR, f"match {at}")
    return Matching(tuple(Pair(*both) for both in both if both[0]), tuple(match for term, match in both if not term))


def _sorting(row: _Row) -> Sorting:
    categories, texts = _filled(row, "place"), _filled(row, "option", "match")
    cards = [SortedCard(text, _numbers(row, f"match {at}", len(categories))) for at, text in enumerate(texts, start=1)]
    return Sorting(tuple(categories), tuple(cards))


def _choices(row: _Row) -> Choices:
    return Choices(tuple(_options(row)))


def _several(row: _Row) -> Choices:
    return Choices(tuple(_options(row)), is_several=True)


def _pictures(row: _Row) -> PictureChoice:
    options = enumerate(_options(row), start=1)
    return PictureChoice(tuple(PictureOption(row[f"picture {at}"], option.text, option.is_right) for at, option in options))


def _options(row: _Row) -> list[BankOption]:
    texts = _filled(row, "option", "feedback", "picture")
    right = _numbers(row, "right", len(texts))
    return [BankOption(text, at in right, row[f"feedback {at}"]) for at, text in enumerate(texts, start=1)]


def _filled(row: _Row, name: str, *others: str) -> list[str]:
    """The cells of `name 1` to the last that it or one of the others has; none of them may be empty."""
    texts = [row[f"{name} {at}"] for at in range(1, row.last(name, *others) + 1)]
    if "" in texts:
        raise row.refused(Fault.GAP, f"{name} {texts.index('') + 1}")
    return texts


def _numbers(row: _Row, column: str, count: int) -> tuple[int, ...]:
    """What "1 3" in that cell means, where there are `count` to choose from."""
    words = [word for word in re.split(r"[\s,;]+", row[column]) if word]
    numbers = {int(word) for word in words if re.fullmatch("[0-9]{1,2}", word)}
    if len(numbers) < len(words) or not numbers <= set(range(1, count + 1)):
        raise row.refused(Fault.NOT_THE_RIGHT_ONES, column)
    return tuple(sorted(numbers))


BODIES: dict[str, Callable[[_Row], Body]] = {
    SINGLE: _choices,
    SEVERAL: _several,
    TRUE_FALSE: _true_false,
    MATCHING: _matching,
    NUMERIC: _numeric,
    SORTING: _sorting,
    ORDER: lambda row: Sequencing(tuple(_filled(row, "option"))),
    SCALE: lambda row: Scale(tuple(_filled(row, "option"))),
    PICTURES: _pictures,
    REWRITING: lambda row: Rewriting(row["original"], tuple(_options(row))),
}


def _difficulty(row: _Row) -> int:
    word = row["difficulty"].strip()
    if word not in {"", "0", "1", "2", "3"}:
        raise row.refused(Fault.NOT_A_DIFFICULTY, "difficulty")
    return int(word or 0)


def _is_must_pass(row: _Row) -> bool:
    word = row["must pass"].strip().casefold()
    if word not in YES | NO:
        raise row.refused(Fault.NOT_YES_OR_NO, "must pass")
    return word in YES
