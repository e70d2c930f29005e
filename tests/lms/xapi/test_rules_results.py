"""Rules H74-H75: results and scores of statements and sub-statements."""

import pytest

from tests.lms.xapi.valid_statements import NESTED, put, refusal, refused_at

RESULTS = "xAPI 1.0.3 Data 2.4.5"
at_each_level = pytest.mark.parametrize("path", ["$.result", "$.object.result"], ids=["statement", "sub-statement"])


@at_each_level
def test_each_part_of_a_result_has_its_form(path):  # H74
    wrongs = [
        ("", "text"),
        ("", []),
        ("", None),
        (".score", 7),
        (".score", []),
        (".success", "true"),
        (".success", 1),
        (".completion", "false"),
        (".completion", 0),
        (".response", True),
        (".response", 7),
        (".response", {}),
        (".duration", "PA1H0M0S"),
        (".extensions", "text"),
        (".dummy", 1),
    ]

    assert [refused_at(put(NESTED, path + step, wrong)) for step, wrong in wrongs] == [path + step for step, _ in wrongs]


@at_each_level
def test_every_part_of_a_result_is_optional(path):  # H74
    values = [
        {},
        {"score": {}},
        {"success": False},
        {"completion": True},
        {"response": ""},
        {"extensions": {}},
    ]

    assert [refused_at(put(NESTED, path, value)) for value in values] == [None] * 6


@at_each_level
@pytest.mark.parametrize("scaled", [-1, -1.0, -0.5, 0, 0.12123434, 1, 1.0])
def test_scaled_scores_lie_between_minus_one_and_one(path, scaled):  # H75
    assert refused_at(put(NESTED, f"{path}.score", {"scaled": scaled})) is None


@at_each_level
@pytest.mark.parametrize("scaled", [1.01, -1.00001, 2, -5, 1.0000000000000002])
def test_scaled_scores_beyond_one_are_refused(path, scaled):  # H75
    assert refusal(put(NESTED, f"{path}.score", {"scaled": scaled})) == (f"{path}.score.scaled", RESULTS)


@at_each_level
@pytest.mark.parametrize(
    ("score", "place"),
    [
        ({"raw": 5, "min": 5, "max": 10}, None),
        ({"raw": 10, "min": 5, "max": 10.0}, None),
        ({"raw": -3}, None),
        ({"raw": 99, "min": 5}, None),
        ({"raw": -99, "max": 5}, None),
        ({"min": 0}, None),
        ({"min": -2, "max": -1}, None),
        ({"raw": 4.999, "min": 5, "max": 10}, ".raw"),
        ({"raw": 10.001, "min": 5, "max": 10}, ".raw"),
        ({"raw": 0, "min": 1}, ".raw"),
        ({"raw": 1, "max": 0}, ".raw"),
        ({"min": 5, "max": 5}, ".min"),
        ({"min": 6, "max": 5}, ".min"),
        ({"raw": 5, "min": 6, "max": 5}, ".min"),
    ],
)
def test_the_raw_score_lies_between_least_and_greatest(path, score, place):  # H75
    expected = None if place is None else (f"{path}.score{place}", RESULTS)

    assert refusal(put(NESTED, f"{path}.score", score)) == expected


@at_each_level
@pytest.mark.parametrize("name", ["scaled", "raw", "min", "max"])
def test_scores_are_numbers(path, name):  # B14, H75
    found = [refused_at(put(NESTED, f"{path}.score", {name: wrong})) for wrong in ("0.5", True, None, [], {}, "")]

    assert found == [f"{path}.score.{name}"] * 6
