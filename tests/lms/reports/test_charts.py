"""Where the strokes of pictures stand."""

import pytest

from lms.reports import charts


def test_a_heat_map_has_a_cell_for_each_share_with_its_number_step_and_a_mark_under_half():
    drawn = charts.heat(
        ["ONE", "TWO"], [("Mission", [100, 49]), ("A mission whose name needs two lines of the drawing", [None, 50])]
    )

    assert [(cell.words.words, cell.step) for cell in drawn.cells] == [("100 %", 4), ("▲ 49 %", 0), ("–", None), ("50 %", 1)]
    assert [text.words for text in drawn.names] == ["Mission", "A mission whose name", "needs two lines of the …"]
    assert max(cell.x + drawn.cell_width for cell in drawn.cells) <= drawn.width
    assert max(cell.y + drawn.cell_height for cell in drawn.cells) <= drawn.height


@pytest.mark.parametrize(
    ("points", "line", "grid", "labels"),
    [
        ([(60, "May"), (80, "June")], "M40 162L294 88", ["60 %", "80 %", "100 %"], ["May", "June"]),
        ([(100, "May"), (97, "June"), (100, "July")], "M40 14L167 59L294 14", ["90 %", "95 %", "100 %"], ["May", "July"]),
        ([(0, "May")], "M40 162", ["0 %", "50 %", "100 %"], []),
    ],
)
def test_a_curve_goes_from_side_to_side_on_a_scale_from_the_ten_below_its_least(points, line, grid, labels):
    drawn = charts.curve(points)

    assert (drawn.line, [text.words for text in drawn.grid], [text.words for text in drawn.labels]) == (line, grid, labels)
    assert drawn.end.words == f"{points[-1][0]} %"


def test_the_longest_bar_is_the_widest_and_none_is_drawn_for_nobody():
    drawn = charts.bars([("old", 200), ("new", 1), ("none", 0)])

    assert [(bar.width, bar.number.words) for bar in drawn.bars] == [(280, "200"), (2, "1"), (0, "0")]
    assert charts.bars([]).bars == []
