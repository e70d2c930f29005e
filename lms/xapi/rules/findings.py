"""What a rule says when it refuses, and the paragraph of each standard that it speaks for."""

import json
import re
from typing import NamedTuple

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST_QUOTE = 60


class Paragraph(NamedTuple):
    """Where a rule stands: the part and section of xAPI 1.0.3, the section of IEEE 9274.1.1."""

    first: str
    second: str

    def cite(self, version: str) -> str:
        return f"xAPI 1.0.3 {self.first}" if version == "1.0.3" else f"IEEE 9274.1.1 {self.second}"


FORMATTING = Paragraph("Data 2.2", "4.2.1")
VOIDING = Paragraph("Data 2.3.2", "4.2.5")
STATEMENT = Paragraph("Data 2.4", "4.2.1")
ACTOR = Paragraph("Data 2.4.2", "4.2.2.1")
VERB = Paragraph("Data 2.4.3", "4.2.2.2")
OBJECT = Paragraph("Data 2.4.4", "4.2.2.3")
RESULT = Paragraph("Data 2.4.5", "4.2.2.4")
CONTEXT = Paragraph("Data 2.4.6", "4.2.2.5")
AUTHORITY = Paragraph("Data 2.4.9", "4.2.4.2")
VERSION = Paragraph("Data 2.4.10", "4.2.4.3")
ATTACHMENT = Paragraph("Data 2.4.11", "4.2.2.6")
EXTENSIONS = Paragraph("Data 4.1", "4.2.7")
LANGUAGE = Paragraph("Data 4.2", "4.2.7")
IRI = Paragraph("Data 4.3", "4.2.7")
UUID = Paragraph("Data 4.4", "4.2.7")
TIMESTAMP = Paragraph("Data 4.5", "4.2.7")
DURATION = Paragraph("Data 4.6", "4.2.7")
ENCODING = Paragraph("Communication 1.4", "4.2.7")


class Finding(NamedTuple):
    """Why a statement is refused: the place (`$.verb.id`), a sentence for people, the paragraph."""

    path: str
    finding: str
    rule: str


class Fault(NamedTuple):
    """A finding on its way out: `path` starts at the value looked at, so only refusals pay for it."""

    path: str
    finding: str
    paragraph: Paragraph

    def under(self, step: str | int) -> "Fault":
        return Fault(_spell(step) + self.path, self.finding, self.paragraph)

    def named(self, version: str) -> Finding:
        return Finding("$" + self.path, self.finding, self.paragraph.cite(version))


def quote(text: str) -> str:
    """The text as ASCII JSON, cut to 60 characters, so that any input can be sent back in an answer."""
    return json.dumps(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "...")


def _spell(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if len(step) <= _LONGEST_QUOTE and _PLAIN_NAME.fullmatch(step):
        return f".{step}"
    return f"[{quote(step)}]"
