import pytest
from django.core.exceptions import ValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from content.second_person import PublishingRefused
from courses.blocks import ScreenBody
from courses.models import Edition, ModulePage
from courses.scenario_blocks import ScenarioBlock
from tests.factories.course import add_course, add_module, screen
from tests.factories.story import choice, make_told, node, story_value


def value(**changes):
    return ScenarioBlock().to_python(story_value(**changes))


def refusals(**changes) -> list[str]:
    with pytest.raises(StructBlockValidationError) as refused:
        ScenarioBlock().clean(value(**changes))
    return [str(message) for message in refused.value.non_block_errors]


def test_a_sound_story_passes_and_keeps_its_keys():
    cleaned = ScenarioBlock().clean(value())

    assert [[one["key"] for one in node["choices"]] for node in cleaned["nodes"]] == [["a", "b"], ["c", "d"], ["e", "f"], [], []]


END = node("E", ending="good", debrief="Because.")
WRONG = {
    "no step": ({"nodes": []}, "The story has no step yet."),
    "doubled": ({"nodes": [node("A", choice("a", "E", 1)), END, END]}, "Two steps are called E."),
    "unreachable": ({"nodes": [node("A", choice("a", "E", 1)), END, node("B", choice("b", "E", 1))]}, "No way leads to B."),
    "dead end": ({"nodes": [node("A", choice("a", "B", 1), choice("b", "E", 1)), node("B"), END]}, "B is a dead end"),
    "goes on": (
        {"nodes": [node("A", choice("a", "E", 1)), node("E", choice("b", "F", 1), ending="good", debrief="D"), node("F")]},
        "E is an ending and has choices.",
    ),
    "no feedback": (
        {"nodes": [node("A", choice("a", "E", 1), choice("b", "E", 1) | {"feedback": " "}), END]},
        "A, choice b has no feedback",
    ),
    "unknown": ({"nodes": [node("A", choice("a", "E", 1), choice("b", "Z", 1)), END]}, "A, choice b leads to a step that"),
    "no debrief": ({"nodes": [node("A", choice("a", "E", 1)), node("E", ending="good")]}, "E is an ending without a debrief"),
    "loop": (
        {"nodes": [node("A", choice("a", "B", 1)), node("B", choice("b", "A", 1), choice("c", "E", 1)), END]},
        "From A a way leads back to A.",
    ),
    "no alternative": ({"claims": []}, "needs an alternative exercise"),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_fault_is_refused_with_a_sentence(name):
    changes, said = WRONG[name]

    assert [sentence for sentence in refusals(**changes) if said in sentence] != []


def test_a_draft_may_be_half_done():
    half = value(nodes=[node("A", choice("", "", 1) | {"text": ""}), node("")], topic="", claims=[])

    cleaned = ScenarioBlock().clean_deferred(half)

    assert [one["name"] for one in cleaned["nodes"]] == ["A", ""]
    assert ScenarioBlock().is_deferred_validation is False


def test_choices_without_or_with_a_doubled_key_get_one_of_their_own():
    nodes = [node("A", choice("", "E", 1), choice("a", "E", 1), choice("a", "E", 1)), END]

    cleaned = ScenarioBlock().clean(value(nodes=nodes))

    keys = [one["key"] for one in cleaned["nodes"][0]["choices"]]
    assert (len(set(keys)), keys[1], "" in keys) == (3, "a", False)


@pytest.mark.parametrize("key", ["two words", "a" * 9, "é"])
def test_keys_of_steps_are_short_and_plain(key):
    with pytest.raises(StructBlockValidationError):
        ScenarioBlock().clean(value(nodes=[node(key, choice("a", "E", 1)), END]))


def test_a_screen_has_one_scenario_at_most():
    body = ScreenBody()
    two = body.to_python([{"type": "scenario", "value": story_value()}] * 2)

    with pytest.raises(StreamBlockValidationError) as refused:
        body.clean(two)

    assert "scenario" in str(refused.value.as_json_data()).lower()


def test_the_outline_says_which_screens_wait_for_the_end_of_a_scenario(db):
    told = make_told()

    [module] = Edition.objects.get().modules
    assert (module.plain["rule"], module.scenarios) == ({"scenarios": [told.screen]}, [told.screen])


def test_a_faulty_story_goes_live_by_no_door(db):
    page = add_course("BAD", "Bad")
    faulty = {"type": "scenario", "value": story_value(nodes=[node("A")])}
    module = add_module(page, "Bad", [screen("bad", faulty)])

    for publish in (module.get_latest_revision().publish, page.get_latest_revision().publish):
        with pytest.raises(PublishingRefused, match="A is a dead end"):
            publish()

    assert not ModulePage.objects.live().exists()


def test_a_quiz_and_a_story_stand_in_two_modules(course):
    page = ModulePage.objects.get(pk=course.quiz.pk)
    page.body.append(("screen", {"title": "S", "body": [("scenario", value())]}))

    with pytest.raises(ValidationError, match="has no scenario"):
        page.clean()


# --- the editor's preview -------------------------------------------------------------------------------------------------


def preview(module, mode: str = "1") -> str:
    return module.make_preview_request(preview_mode=mode).content.decode()


def test_the_preview_shows_the_graph_as_a_picture_and_as_a_list(db):
    page = preview(make_told().module)

    picture = page[page.index("<svg") : page.index("</svg>")]
    assert picture.count("<rect") == 5
    assert picture.count('class="arrow') == 6
    assert "5 steps, and an arrow for each choice." in picture
    assert 'role="img"' in picture
    listed = page[page.index("The steps as a list") :]
    assert "Do a. <b>→ B</b> (2 points)" in listed
    assert ("Feedback of f." in listed, "Debrief of E2." in listed, "Second statement." in listed) == (True, True, True)


def test_the_preview_of_a_half_done_story_says_what_is_missing(db):
    page = add_course("HALF", "Half")
    nodes = [node("A", choice("a", "Z", 2), choice("b", "A", 0)), node(""), node("")]
    module = add_module(page, "Half", [screen("half", {"type": "scenario", "value": story_value(nodes=nodes)})])

    shown = preview(module, "0")

    assert "A, choice a leads to a step that does not exist." in shown
    assert "<svg" in shown
