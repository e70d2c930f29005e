"""The letters of a GIFT file: which of them are signs and which were escaped, on which line they stand, and markup taken away."""

import html
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

ESCAPABLE = "~=#{}:\\>"
ESCAPED = "\0"  # stands in the mask for a letter that is no sign
FORMAT = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]", re.I)
# Moodle's own format mixes plain text with HTML: only what is surely a tag goes.
TAGS = (
    "a|abbr|b|blockquote|br|code|dd|div|dl|dt|em|figure|font|h[1-6]|hr|i|img|li|ol|p|pre|s|small|span|strike|strong|sub|sup"
    "|table|tbody|td|th|thead|tr|u|ul"
)
TAG = re.compile(rf"</?(?:{TAGS})\b[^<>]*>", re.I)
BREAK = re.compile(r"<(?:br|hr)\b[^<>]*>|</(?:p|div|li|h[1-6]|tr|ul|ol|pre|blockquote|table|dd|dt)\s*>", re.I)
PICTURE = re.compile(r"<img\b", re.I)


@dataclass(frozen=True)
class Text:
    """`real` is what is meant, `mask` the same with every escaped letter hidden; `lines` are (start, line number)."""

    real: str
    mask: str
    lines: tuple[tuple[int, int], ...]
    start: int = 0

    @property
    def line(self) -> int:
        """The line of the first letter that is no blank."""
        at = self.start + len(self.mask) - len(self.mask.lstrip())
        found = bisect_right(self.lines, at, key=lambda pair: pair[0])
        return self.lines[max(0, found - 1)][1] if self.lines else 1

    @property
    def stripped(self) -> "Text":
        """Without blanks around it."""
        left = len(self.real) - len(self.real.lstrip())
        return self.part(left, max(left, len(self.real.rstrip())))

    def part(self, start: int, end: int | None = None) -> "Text":
        return Text(self.real[start:end], self.mask[start:end], self.lines, self.start + start)

    def format(self, default: str) -> tuple[str, "Text"]:
        """The format that a prefix names, or `default`, and the text behind it."""
        found = FORMAT.match(self.mask)
        return (found[1].lower(), self.part(found.end())) if found else (default, self)


def scan(lines: Sequence[tuple[int, str]]) -> Text:
    """Takes the backslashes out. One before a letter that needs none stays, as in Moodle."""
    real: list[str] = []
    mask: list[str] = []
    starts: list[tuple[int, int]] = []
    for number, line in lines:
        starts.append((len(real), number))
        letters = iter(line)
        for letter in letters:
            following = next(letters, "") if letter == "\\" else ""
            if following and following in ESCAPABLE + "n":
                real.append("\n" if following == "n" else following)
                mask.append(ESCAPED)
            else:
                real += [letter, *following]
                mask += [letter, *following]
        real.append("\n")
        mask.append("\n")
    return Text("".join(real), "".join(mask), tuple(starts))


def plain(text: str, form: str) -> tuple[str, bool]:
    """The words of a text in one of Moodle's formats, and whether a picture was lost."""
    if form not in {"html", "moodle"}:
        return text, False
    if form == "html":
        text = " ".join(_without_comments(text).split())
    text = BREAK.sub("\n", text)
    words = html.unescape(re.sub(r"<[^<>]*>", "", text) if form == "html" else TAG.sub("", text))
    if form == "html":
        words = "\n".join(line for line in (" ".join(line.split()) for line in words.split("\n")) if line)
    return words, bool(PICTURE.search(text))


def _without_comments(text: str) -> str:
    first, *others = text.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)


def escaped(text: str) -> str:
    """A text as it stands in a file, on one line, with no sign in it and no beginning that means something."""
    line = escaped_signs(text)
    return f"[plain]{line}" if line.startswith(("[", "%")) else line


def escaped_signs(text: str) -> str:
    line = text.strip().replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\").replace("\n", "\\n")
    for sign in "~=#{}:":
        line = line.replace(sign, "\\" + sign)
    return line.replace("->", "-\\>")
