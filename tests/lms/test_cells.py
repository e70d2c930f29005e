import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.cells import guarded, harmless, unguarded


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1", "'=1"), ("'=1", "''=1"), ("''=1", "'''=1"), ("O'Neill", "O'Neill"), ("'tis", "'tis"), ("\n", "'\n"), ("", "")],
)
def test_a_guarded_cell_gives_its_text_back(text, cell):
    assert (guarded(text), unguarded(cell)) == (cell, text)


@given(st.text() | st.text("'=+ -@\t\n＝a"))
def test_any_text_is_guarded_and_given_back(text):
    cell = guarded(text)

    assert unguarded(cell) == text
    assert harmless(cell) == cell
