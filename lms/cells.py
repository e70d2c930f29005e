"""A cell of a table that people open in a spreadsheet: text that stays text."""

# A cell that begins with one of these is a formula somewhere; full-width forms are folded by some programs.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BREAKS = ("\t", "\r", "\n")
BOM = "\ufeff"  # so that spreadsheets read UTF-8
GUARD = "'"


def harmless(cell: object) -> str:
    """The cell as text that stays text: an apostrophe goes before whatever would begin a formula."""
    text = "" if cell is None else str(cell)
    return f"{GUARD}{text}" if _begins_a_formula(text) else text


def guarded(text: str) -> str:
    """As `harmless`, and `unguarded` gives the very text back: one that looks guarded already gets one more apostrophe."""
    return f"{GUARD}{text}" if _begins_a_formula(text.lstrip(GUARD)) else text


def unguarded(cell: str) -> str:
    """The text of a cell that `guarded` wrote."""
    return cell[1:] if cell.startswith(GUARD) and _begins_a_formula(cell.lstrip(GUARD)) else cell


def _begins_a_formula(text: str) -> bool:
    return text.startswith(BREAKS) or text.lstrip().startswith(FORMULA_SIGNS)
