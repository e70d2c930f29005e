"""How parts of a definition are put together (rule Q101)."""

from hypothesis import given
from hypothesis import strategies as st

from lms.xapi import definitions

CHOICE = {"interactionType": "choice", "choices": [{"id": "a"}], "correctResponsesPattern": ["a"]}
LIKERT = {"interactionType": "likert", "scale": [{"id": "1"}]}


def test_languages_and_extensions_are_united_and_a_later_part_wins():
    parts = [
        {"name": {"en": "old", "de": "alt"}, "type": "urn:x:1", "extensions": {"urn:x:a": {"k": 1}}},
        {"description": {"en": "d"}, "moreInfo": "urn:x:m"},
        {"name": {"en": "new"}, "type": "urn:x:2", "extensions": {"urn:x:a": {"l": 2}}},
    ]

    assert definitions.merged(parts) == {
        "name": {"en": "new", "de": "alt"},
        "type": "urn:x:2",
        "extensions": {"urn:x:a": {"l": 2}},
        "description": {"en": "d"},
        "moreInfo": "urn:x:m",
    }


def test_two_interaction_types_are_never_mixed():
    assert definitions.merged([{"name": {"en": "n"}, **CHOICE}, LIKERT]) == {"name": {"en": "n"}, **LIKERT}


def test_one_interaction_type_is_completed_by_later_parts():
    longer = {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "b"}]}

    assert definitions.merged([CHOICE, {"name": {"en": "n"}}, longer]) == {"name": {"en": "n"}, **CHOICE, **longer}


def test_an_activity_without_definition_has_none():
    assert definitions.activity("urn:x:a", [], with_patterns=True) == {"objectType": "Activity", "id": "urn:x:a"}
    assert definitions.activity("urn:x:a", [{}], with_patterns=True) == {"objectType": "Activity", "id": "urn:x:a"}


def test_patterns_are_left_out_wherever_they_came_from():
    hidden = definitions.activity("urn:x:a", [CHOICE, {"interactionType": "choice"}], with_patterns=False)
    shown = definitions.activity("urn:x:a", [CHOICE, {"interactionType": "choice"}], with_patterns=True)

    assert "correctResponsesPattern" not in hidden["definition"]
    assert shown["definition"] == CHOICE


PARTS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.dictionaries(st.sampled_from(["en", "de", "ru"]), st.text(max_size=2), max_size=3),
        "type": st.sampled_from(["urn:x:1", "urn:x:2"]),
        "interactionType": st.sampled_from(["choice", "likert"]),
    },
)


@given(st.lists(PARTS, max_size=5))
def test_merging_changes_no_part_and_may_be_done_again(parts):
    before = [dict(part) for part in parts]
    once = definitions.merged(parts)

    assert parts == before
    assert definitions.merged([once]) == definitions.merged([*parts, once]) == once
