"""The colours of the tokens against one another (WCAG 2.2, 1.4.3 and 1.4.11), in light and in dark."""

import re

import pytest

from tests.conftest import ROOT

TOKENS = (ROOT / "lms" / "static" / "lms" / "tokens.css").read_text()
COLOURS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+):\s*light-dark\((#\w{6}), (#\w{6})\)", TOKENS)
}
PAPERS = ["paper", "surface", "surface-sunk"]
TEXTS = [(ink, paper) for ink in ("ink", "ink-soft", "accent", "accent-deep", "warm", "good", "late") for paper in PAPERS]
TEXTS += [("on-accent", "accent"), ("accent-deep", "accent-wash"), ("accent", "accent-wash"), ("warm", "warm-wash")]
TEXTS += [("good", "good-wash"), ("late", "late-wash")]
TEXTS += [("ink", f"{wash}-wash") for wash in ("accent", "warm", "good", "late")]
EDGES = [(edge, paper) for edge in ("line-strong", "warm", "accent") for paper in PAPERS]


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right():
    assert (round(contrast("#000000", "#ffffff"), 2), round(contrast("#777777", "#ffffff"), 2)) == (21.0, 4.48)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXTS)
def test_text_can_be_read(ink, paper, scheme):
    assert contrast(COLOURS[ink][scheme], COLOURS[paper][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "paper"), EDGES)
def test_edges_and_focus_can_be_seen(edge, paper, scheme):
    assert contrast(COLOURS[edge][scheme], COLOURS[paper][scheme]) >= 3


def test_no_colour_stands_outside_the_tokens():
    ours = (ROOT / "lms" / "static" / "lms").glob("*.css")
    sheets = [path for path in ours if path.name not in {"tokens.css", "admin.css"}]  # Wagtail's admin has tokens of its own

    assert len(sheets) == 5
    assert [path.name for path in sheets if re.search(r"#[0-9a-fA-F]{3,8}\b", path.read_text())] == []
