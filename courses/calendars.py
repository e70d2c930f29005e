"""Days as a calendar program reads them: RFC 5545, whole days, with titles that tell nobody what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

WIDTH = 75  # bytes of a line (3.1)
# A calendar holds one component at least (3.6): where there is no day, one that no program shows.
NOTHING = (
    "BEGIN:VTIMEZONE",
    "TZID:UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)
PRODUCT = "-//Learning for protection//Due days//EN"


@dataclass(frozen=True)
class Entry:
    """`uid` is the same whatever becomes of the day, so that a program moves the entry and makes no second one."""

    uid: str
    day: date
    title: str


def calendar(entries: Iterable[Entry], *, name: str, address: str, at: datetime) -> bytes:
    """The whole file. `name` is that of the calendar, `address` where one looks for more, `at` when it was made."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"NAME:{_escaped(name)}",  # RFC 7986; what stands below is what most programs read
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
    ]
    shown = list(entries)
    if not shown:
        lines += NOTHING
    for entry in shown:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",  # without an end it lasts that day (3.6.1)
            f"SUMMARY:{_escaped(entry.title)}",
            f"URL:{address}",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",  # nobody is taken to be busy
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    """3.3.11"""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> bytes:
    """3.1: no line is longer than 75 bytes, a continued one begins with a blank, and no letter is torn apart."""
    folded, room = b"", WIDTH
    for letter in line:
        sign = letter.encode()
        if len(sign) > room:
            folded += b"\r\n "
            room = WIDTH - 1
        folded += sign
        room -= len(sign)
    return folded + b"\r\n"
