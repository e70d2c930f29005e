"""How each kind of question stands in its block, and what a block cannot hold. A new kind is one entry in KINDS.

Pictures are named by their title and, in brackets, the SHA-1 of their file. They are found by the second, so that a title may
change, and by the first where no file is the same, since an installation writes the pictures that it is given anew.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q
from wagtail.blocks import ListBlock

from content.models import Picture
from courses.bank_items import (
    BankOption,
    Body,
    Choices,
    Fault,
    Matching,
    Numeric,
    Pair,
    PictureChoice,
    PictureOption,
    Rewriting,
    Scale,
    Sequencing,
    SortedCard,
    Sorting,
    TrueFalse,
    fault_of,
    shortened,
)
from courses.keys import short_key
from courses.kind_blocks import body as blocks
from courses.kind_blocks.numeric import LIMITS

PICTURE = re.compile(r"(.*) \[([0-9a-f]{40})\]", re.S)
KEYS = {"key": "text", "place_key": "place"}  # which words a key stands for
LONG = {"original"}  # may have several lines
COLUMNS = {"place": "match", "categories": "place", "picture": "picture"}  # of a table; all other lines are options


@dataclass(frozen=True)
class BankKind:
    """`value(body)` is what the block holds, without prompt and keys; `body(value)` reads it, None where it is half empty."""

    holds: Callable[[Body], bool]
    value: Callable[[Any], dict[str, Any]]
    body: Callable[[Mapping[str, Any]], Body | None]


def _option_lines(body: Choices | Rewriting) -> list[dict[str, Any]]:
    return [{"text": option.text, "is_right": option.is_right} for option in body.options]


def _options(value: Mapping[str, Any]) -> tuple[BankOption, ...]:
    return tuple(BankOption(option["text"] or "", bool(option["is_right"])) for option in value["options"])


def _texts(lines: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(line["text"] or "" for line in lines)


def _pair_lines(body: Matching) -> dict[str, Any]:
    return {"pairs": [{"text": pair.term, "place": pair.match} for pair in body.pairs]}


def _sorting_lines(body: Sorting) -> dict[str, Any]:
    cards = [{"text": card.text, "right_in": [str(number) for number in card.right_in]} for card in body.cards]
    return {"categories": [{"text": text} for text in body.categories], "cards": cards}


def _cards(value: Mapping[str, Any]) -> tuple[SortedCard, ...]:
    return tuple(SortedCard(card["text"] or "", tuple(sorted(map(int, card["right_in"] or ())))) for card in value["cards"])


def _numeric(value: Mapping[str, Any]) -> Numeric | None:
    low, high = value["low"], value["high"]
    return None if low is None or high is None else Numeric(Decimal(low), Decimal(high), value["unit"] or "")


def _picture_lines(body: PictureChoice) -> dict[str, Any]:
    lines = [{"picture": one.picture, "text": one.text, "is_right": one.is_right} for one in body.options]
    return {"options": lines}


def _picture_choice(value: Mapping[str, Any]) -> PictureChoice:
    options = (
        PictureOption(reference(one["picture"]) if one["picture"] else "", one["text"] or "", bool(one["is_right"]))
        for one in value["options"]
    )
    return PictureChoice(tuple(options))


KINDS = {
    "single_choice": BankKind(
        lambda body: isinstance(body, Choices) and not body.is_several,
        lambda body: {"options": _option_lines(body)},
        lambda value: Choices(_options(value)),
    ),
    "several_answers": BankKind(
        lambda body: isinstance(body, Choices) and body.is_several,
        lambda body: {"options": _option_lines(body)},
        lambda value: Choices(_options(value), is_several=True),
    ),
    "true_false": BankKind(
        lambda body: isinstance(body, TrueFalse),
        lambda body: {"is_true": body.is_true},
        lambda value: TrueFalse(bool(value["is_true"])),
    ),
    "matching": BankKind(
        lambda body: isinstance(body, Matching),
        _pair_lines,
        lambda value: Matching(tuple(Pair(pair["text"] or "", pair["place"] or "") for pair in value["pairs"])),
    ),
    "sorting": BankKind(
        lambda body: isinstance(body, Sorting),
        _sorting_lines,
        lambda value: Sorting(_texts(value["categories"]), _cards(value)),
    ),
    "sequencing": BankKind(
        lambda body: isinstance(body, Sequencing),
        lambda body: {"steps": [{"text": text} for text in body.steps]},
        lambda value: Sequencing(_texts(value["steps"])),
    ),
    "numeric": BankKind(
        lambda body: isinstance(body, Numeric),
        lambda body: {"low": str(body.low), "high": str(body.high), "unit": body.unit},
        _numeric,
    ),
    "likert": BankKind(
        lambda body: isinstance(body, Scale),
        lambda body: {"levels": [{"text": text} for text in body.levels]},
        lambda value: Scale(_texts(value["levels"])),
    ),
    "pictures": BankKind(lambda body: isinstance(body, PictureChoice), _picture_lines, _picture_choice),
    "rewrite": BankKind(
        lambda body: isinstance(body, Rewriting),
        lambda body: {"original": body.original, "options": _option_lines(body)},
        lambda value: Rewriting(value["original"] or "", _options(value)),
    ),
}


def block_name(body: Body) -> str:
    return next(name for name, kind in KINDS.items() if kind.holds(body))


# --- between the bank and a block ----------------------------------------------------------------------------------------
def body_of(name: str, value: Mapping[str, Any]) -> Body | None:
    """What a block holds; None where it is half empty. A block that nobody looked at yet may hold what `fault_of` refuses."""
    return KINDS[name].body(value)


def block_value(prompt: str, body: Body, *, old: Iterable[Mapping[str, Any]], pictures: Mapping[str, Picture]) -> dict[str, Any]:
    """What the block is filled with. Lines whose words are in the `old` values keep their keys; `pictures` are by reference."""
    value = {"prompt": prompt, **KINDS[block_name(body)].value(body)}
    before = list(old)
    for name, lines in value.items():
        if isinstance(lines, list):
            value[name] = [_with_keys(line, [known for one in before for known in one.get(name, ())]) for line in lines]
    for option in value["options"] if isinstance(body, PictureChoice) else ():
        option["picture"] = pictures[option["picture"]].pk
    return value


def _with_keys(line: Mapping[str, Any], known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    keys = {
        key: next((one[key] for one in known if one.get(words) == line[words] and one.get(key)), "") or short_key()
        for key, words in KEYS.items()
        if words in line
    }
    return {**line, **keys}


# --- pictures ------------------------------------------------------------------------------------------------------------
def reference(picture: Picture) -> str:
    return f"{picture.title} [{picture.file_hash}]"


def pictures_named(references: Iterable[str]) -> dict[str, Picture]:
    """Those that there are, by what they were called: a reference, or a title that only one picture has."""
    parts = {name: PICTURE.fullmatch(name) for name in references}
    titles = {name: found[1] if found else name for name, found in parts.items()}
    hashes = {name: found[2] for name, found in parts.items() if found}
    rows = Picture.objects.filter(Q(title__in=set(titles.values())) | Q(file_hash__in=set(hashes.values()))).order_by("-pk")
    pictures = list(rows) if titles else []
    times = Counter(picture.title for picture in pictures)
    by_title = {picture.title: picture for picture in pictures if times[picture.title] == 1}
    by_hash = {picture.file_hash: picture for picture in pictures}
    exact = {reference(picture): picture for picture in pictures}
    found = {name: exact.get(name) or by_hash.get(hashes.get(name, "")) or by_title.get(titles[name]) for name in titles}
    return {name: picture for name, picture in found.items() if picture}


def references_in(body: Body) -> list[str]:
    return [option.picture for option in body.options] if isinstance(body, PictureChoice) else []


# --- what the bank makes of a body -----------------------------------------------------------------------------------------
def settled(body: Body, pictures: Mapping[str, Picture]) -> Body:
    """As the bank would hold it: texts without blanks around them and, but for long ones, on one line; pictures by their
    full reference; matching where a match has several terms, or none, as sorting."""
    if isinstance(body, PictureChoice):
        named = [(one, pictures.get(one.picture)) for one in body.options]
        options = (replace(one, picture=reference(picture)) if picture else one for one, picture in named)
        return PictureChoice(tuple(replace(one, text=_line(one.text)) for one in options))
    body = _tidied(body)
    if isinstance(body, Matching):
        matches = [pair.match for pair in body.pairs]
        if body.extra or len(set(matches)) < len(matches):
            categories = tuple(dict.fromkeys([*matches, *body.extra]))
            return Sorting(categories, tuple(SortedCard(one.term, (categories.index(one.match) + 1,)) for one in body.pairs))
    return body


def _tidied(thing: Any, name: str = "") -> Any:
    if isinstance(thing, str):
        return thing.strip() if name in LONG else _line(thing)
    if isinstance(thing, tuple):
        return tuple(_tidied(one) for one in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{field.name: _tidied(getattr(thing, field.name), field.name) for field in fields(thing)})
    return thing


def _line(text: str) -> str:
    return re.sub(r"\s*[\r\n]\s*", " ", text.strip())


def faults_of(body: Body, pictures: Mapping[str, Picture]) -> Iterator[tuple[Fault, str, str]]:
    """(fault, detail, column of a table) for all that keeps a settled body out of its block."""
    fault = fault_of(body)
    if fault:
        yield fault, "", ""
        return
    for at, name in enumerate(references_in(body), start=1):
        if name not in {reference(picture) for picture in pictures.values()}:
            yield Fault.NO_PICTURE, name, f"picture {at}"
    if isinstance(body, Matching) and len({pair.match.casefold() for pair in body.pairs}) < len(body.pairs):
        yield Fault.SAME_OPTION_TWICE, "", "match 1"
    if isinstance(body, Numeric):
        for column, number in (("low", body.low), ("high", body.high)):
            if number != round(number, LIMITS["decimal_places"]):
                yield Fault.TOO_MANY_DIGITS, str(number), column
    block: Any = blocks.KINDS[block_name(body)]()
    for name, value in KINDS[block_name(body)].value(body).items():
        yield from _beyond(block.child_blocks[name], value, name)


def _beyond(block: Any, value: Any, name: str) -> Iterator[tuple[Fault, str, str]]:
    """Texts that are longer, lists that are longer or shorter than the block allows."""
    if isinstance(block, ListBlock):
        if len(value) > block.meta.max_num:
            yield Fault.TOO_MANY_LINES, str(block.meta.max_num), COLUMNS.get(name, "option")
        if len(value) < block.meta.min_num:
            yield Fault.TOO_FEW_LINES, str(block.meta.min_num), COLUMNS.get(name, "option")
        for at, line in enumerate(value, start=1):
            for part, text in line.items():
                child = block.child_block.child_blocks[part]
                column = COLUMNS.get(part, COLUMNS.get(name, "option"))
                yield from _beyond(child, text, f"{column} {at}")
    elif isinstance(value, str):
        longest = getattr(block.field, "max_length", None)
        if "\0" in value:
            yield Fault.NUL, "", name
        if longest and len(value) > longest:
            yield Fault.TOO_LONG, shortened(value), name
