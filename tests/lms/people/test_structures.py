from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from lms.people.models import Structure, StructurePeriod, Tree
from tests.factories.people import make_structure

DAY = date(2026, 11, 24)


@pytest.fixture
def mission(db) -> dict[str, Structure]:
    """TOP over MIS and ODD; MIS over MIS-A and MIS-B; MIS-A over MIS-A1."""
    made = {"TOP": make_structure("TOP")}
    for code, parent in (("MIS", "TOP"), ("ODD", "TOP"), ("MIS-B", "MIS"), ("MIS-A", "MIS"), ("MIS-A1", "MIS-A")):
        made[code] = make_structure(code, parent=made[parent])
    return made


def codes(tree: Tree, keys) -> set[str]:
    return {tree.code(key) for key in keys}


@pytest.mark.parametrize(
    ("code", "below"),
    [
        ("MIS", {"MIS", "MIS-A", "MIS-A1", "MIS-B"}),
        ("MIS-A", {"MIS-A", "MIS-A1"}),
        ("ODD", {"ODD"}),
        ("TOP", {"TOP", "MIS", "ODD", "MIS-A", "MIS-A1", "MIS-B"}),
    ],
)
def test_a_structure_has_everything_below_it(mission, code, below):
    tree = Tree(DAY)

    assert codes(tree, tree.below(mission[code].pk)) == below


def test_what_is_below_several_counts_once(mission):
    tree = Tree(DAY)

    assert codes(tree, tree.below(mission["MIS-A"].pk, mission["MIS-A1"].pk, mission["ODD"].pk)) == {"MIS-A", "MIS-A1", "ODD"}


def test_upwards_goes_from_a_structure_to_the_top(mission):
    tree = Tree(DAY)

    assert [tree.code(key) for key in tree.upwards(mission["MIS-A1"].pk)] == ["MIS-A1", "MIS-A", "MIS", "TOP"]


def test_the_walk_shows_parents_before_children_in_the_order_of_codes(mission):
    tree = Tree(DAY)

    walked = [(tree.code(key), depth) for key, depth in tree.walk()]

    assert walked == [("TOP", 0), ("MIS", 1), ("MIS-A", 2), ("MIS-A1", 3), ("MIS-B", 2), ("ODD", 1)]


def test_the_whole_tree_is_one_query(mission, django_assert_num_queries):
    with django_assert_num_queries(1):
        tree = Tree(DAY)
        codes(tree, tree.below(mission["TOP"].pk))
        [tree.name(key) for key, _depth in tree.walk()]


def test_the_tree_stands_as_it_stood_on_the_day(mission):
    moved = mission["MIS-A"]
    StructurePeriod.objects.filter(structure=moved).update(ends_on=DAY)
    StructurePeriod.objects.create(structure=moved, names={"en": "New name"}, parent=mission["ODD"], starts_on=DAY)
    before, after = Tree(date(2026, 11, 23)), Tree(DAY)

    assert [codes(tree, tree.below(mission["ODD"].pk)) for tree in (before, after)] == [{"ODD"}, {"ODD", "MIS-A", "MIS-A1"}]
    assert [tree.name(moved.pk) for tree in (before, after)] == ["MIS-A", "New name"]


def test_a_structure_that_is_closed_has_no_name_and_no_place(mission):
    closed = mission["MIS-B"]
    StructurePeriod.objects.filter(structure=closed).update(ends_on=DAY)
    tree = Tree(DAY)

    assert (tree.name(closed.pk), tree.parent(closed.pk)) == ("a structure that is closed", None)
    assert closed.pk not in {key for key, _depth in tree.walk()}


def test_a_name_is_shown_in_the_readers_language_or_in_english(mission):
    StructurePeriod.objects.filter(structure=mission["MIS"]).update(names={"en": "Mission", "ru": "Миссия"})
    tree = Tree(DAY)

    found = {}
    for language in ("en", "ru", "fr"):
        with override(language):
            found[language] = tree.name(mission["MIS"].pk)

    assert found == {"en": "Mission", "ru": "Миссия", "fr": "Mission"}


def test_a_structure_has_one_open_period(mission):
    with pytest.raises(IntegrityError), transaction.atomic():
        StructurePeriod.objects.create(structure=mission["MIS"], names={"en": "Twice"}, starts_on=DAY)


def test_a_period_ends_after_it_begins(mission):
    with pytest.raises(IntegrityError), transaction.atomic():
        StructurePeriod.objects.filter(structure=mission["MIS"]).update(ends_on=date(2020, 1, 1))
