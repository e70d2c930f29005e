import pytest

from content.sensitive import signs_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The chapter on channels is out of date.", []),
        ("See page 12, paragraph 40.7, edition 2006.", []),
        ("PC.DEC/557 and Resolution 1325 of 2000.", []),
        ("Call +43 1 234 56 78", ["telephone"]),
        ("Her number is 0664/1234567", ["telephone"]),
        ("Write to anna.k@example.org", ["address"]),
        ("born on 03.05.2004", ["birth"]),
        ("passport AB1234567", ["document"]),
        ('She said "Anna Kovac took my papers"', ["name"]),
        ("“They hold us”, says Иван Петров", ["name"]),
        ("The Council of Europe says so.", []),
    ],
)
def test_signs_of_a_person(text, expected):
    assert signs_in(text) == expected
