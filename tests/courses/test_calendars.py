"""A calendar as RFC 5545 asks for it, read back by its own rules."""

from datetime import UTC, date, datetime

from courses.calendars import Entry, calendar

AT = datetime(2026, 11, 26, 7, 5, 9, tzinfo=UTC)


def content_lines(file: bytes) -> list[str]:
    """3.1: what is folded is put together again."""
    return file.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def test_a_day_is_an_entry_without_a_time():
    file = calendar([Entry("u-1", date(2027, 1, 5), "A; b, c\\d")], name="Training", address="https://x.test/my/", at=AT)

    assert content_lines(file) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Learning for protection//Due days//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Training",
        "X-WR-CALNAME:Training",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "BEGIN:VEVENT",
        "UID:u-1",
        "DTSTAMP:20261126T070509Z",
        "DTSTART;VALUE=DATE:20270105",
        "SUMMARY:A\\; b\\, c\\\\d",
        "URL:https://x.test/my/",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_long_lines_are_folded_between_letters_and_all_end_in_the_same_way():
    titles = ["Обучение персонала: срок " * 5, "x" * 67, "x" * 68]  # with "SUMMARY:" 75 and 76 bytes

    file = calendar([Entry("u", AT.date(), title) for title in titles], name="N", address="https://x.test/", at=AT)

    rows = file.split(b"\r\n")
    assert (max(len(row) for row in rows), b"\n" in file.replace(b"\r\n", b"")) == (75, False)
    assert [row.decode() for row in rows]  # no letter is torn apart
    assert [line[8:] for line in content_lines(file) if line.startswith("SUMMARY:")] == titles
    assert [rows.count(b" x"), rows.count(b"SUMMARY:" + b"x" * 67)] == [1, 2]


def test_a_calendar_without_a_day_is_a_calendar_too():
    lines = content_lines(calendar([], name="N", address="https://x.test/", at=AT))

    assert [line for line in lines if line.startswith("BEGIN")] == ["BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", "BEGIN:STANDARD"]
