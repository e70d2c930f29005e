"""A pseudo language, in the place of Russian: every message in brackets, with accents and about 35 % longer words.

What stands outside brackets on a page and is no content was never marked for translation.
"""

import math
import re
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import polib

from tests.conftest import ROOT

CATALOGUE = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
LIBRARIES = ("django.conf", "django.contrib.auth", "allauth")  # whose words stand on our pages
ACCENTS = str.maketrans("aceinosuyAEIOU", "áçéíñöšúýÁÉÍÖÚ")
# Placeholders, tags and entities stay as they are.
KEPT = re.compile(r"(%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|<[^>]*>|&\w+;)")
WORD = re.compile(r"[^\W\d_]+")
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
LETTERS = re.compile(r"[^\W\d_]")
PLAIN_ATTRIBUTES = ("aria-label", "alt", "title", "placeholder")
VOID = {"br", "img", "input", "link", "meta", "hr", "source"}


def pseudo(text: str) -> str:
    """The message in the pseudo language; line breaks at both ends stay at the ends."""
    body = text.strip("\n")
    head, tail = text[: len(text) - len(text.lstrip("\n"))], text[len(text.rstrip("\n")) :]
    parts = [part if KEPT.fullmatch(part) else WORD.sub(_longer, part.translate(ACCENTS)) for part in KEPT.split(body)]
    return f"{head}⟦{''.join(parts)}⟧{tail}" if body else text


def _longer(word: re.Match) -> str:
    return word[0] + "ö" * math.ceil(len(word[0]) * 0.35)


def write_catalogue(folder: Path) -> None:
    """Puts the pseudo language under `folder` as the catalogue of Russian, for LOCALE_PATHS."""
    made = polib.POFile()
    made.metadata = polib.pofile(str(CATALOGUE)).metadata
    known = set()
    for path in [CATALOGUE, *map(_english, LIBRARIES)]:
        for entry in polib.pofile(str(path)):
            key = (entry.msgctxt, entry.msgid)
            if key in known or entry.obsolete:
                continue
            known.add(key)
            several = {"msgid_plural": entry.msgid_plural, "msgstr_plural": _forms(entry)} if entry.msgid_plural else {}
            one = {} if several else {"msgstr": pseudo(entry.msgid)}
            made.append(polib.POEntry(msgctxt=entry.msgctxt, msgid=entry.msgid, **several, **one))
    target = folder / "ru" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    made.save_as_mofile(str(target))


def _english(package: str) -> Path:
    return Path(find_spec(package).origin).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"


def _forms(entry: polib.POEntry) -> dict[int, str]:
    return {0: pseudo(entry.msgid), 1: pseudo(entry.msgid_plural), 2: pseudo(entry.msgid_plural)}


class _Reader(HTMLParser):
    """Collects what a page says in its own language; what says another language is content and holds none of our words."""

    def __init__(self):
        super().__init__()
        self.open: list[tuple[str, bool]] = []  # tag, and whether its text counts
        self.language = ""
        self.lines: list[str] = []

    @property
    def counts(self) -> bool:
        return not self.open or self.open[-1][1]

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang", "")
        counts = self.counts if "lang" not in values else values["lang"] == self.language
        counts = counts and tag not in {"script", "style", "svg"}
        if counts:
            self.lines += [values[name] for name in PLAIN_ATTRIBUTES if values.get(name)]
            self.lines += [values["value"]] if tag == "input" and values.get("type") in {"submit", "button"} else []
        if tag not in VOID:
            self.open.append((tag, counts))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if any(tag == known for known, _counts in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data):
        if self.counts and data.strip():
            self.lines.append(" ".join(data.split()))
        elif "⟦" in data:
            self.lines.append(f"said to be content: {data.strip('⟦⟧')}")


def unmarked(page: str, known: set[str]) -> list[str]:
    """What an HTML page says outside brackets and outside elements in another language, but for the `known` data."""
    reader = _Reader()
    reader.feed(page)
    return outside_brackets("\n".join(reader.lines), known)


def outside_brackets(text: str, known: set[str]) -> list[str]:
    """The lines that still hold letters when brackets, innermost first, and known data are taken out."""
    for datum in sorted(known, key=len, reverse=True):
        text = text.replace(datum, "")
    while BRACKETED.search(text):
        text = BRACKETED.sub("", text)
    return [line.strip() for line in text.splitlines() if LETTERS.search(line)]
