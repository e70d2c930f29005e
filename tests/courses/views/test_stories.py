import re

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses import counting
from courses.models import Completion, Enrolment, ModulePage, ModuleProgress, ScenarioTally
from courses.statements import verb_id
from lms.xapi import queries
from tests.factories.learning import enrol
from tests.factories.story import GOOD, MISSED, do_the_other, go, make_told, step, trail_in

VERBS = [verb_id(name) for name in ("launched", "experienced", "answered", "completed", "passed", "failed")]


@pytest.fixture(autouse=True)
def _nothing_waits():
    counting.forget()
    yield
    counting.forget()


@pytest.fixture
def told(db):
    return make_told()


@pytest.fixture
def lea(signed_in, cast, told):
    enrol(cast.lea, told)
    return signed_in(cast.lea)


def recorded() -> list[tuple[str, str]]:
    """Verb and last part of the activity of what was stored about learning."""
    stored = queries.of_registration(Enrolment.objects.get().registration, VERBS)
    return [(one.statement["verb"]["id"].rpartition("/")[2], one.statement["object"]["id"].rpartition("/")[2]) for one in stored]


def test_the_screen_says_what_comes_before_it_comes(lea, told):
    page = lea.get(told.url()).content.decode()

    assert 'This story speaks about <span lang="en">a difficult thing</span>. It takes 3 minutes.' in page
    assert "Do the alternative instead" in page
    assert "Situation A." not in page


def test_a_level_without_an_alternative_offers_none(signed_in, cast):
    told = make_told(level="mentions", claims=[])
    enrol(cast.lea, told)

    assert "alternative" not in signed_in(cast.lea).get(told.url()).content.decode()


def test_each_choice_shows_what_it_means_and_leads_on(lea, told):
    first = go(lea, told, [])
    second = step(lea, told, first, "a").content.decode()

    assert ("Situation A." in first, "Feedback of" in first, "Step 1" in first) == (True, False, True)
    assert re.search(r'class="verdict stack tight" tabindex="-1" autofocus', second)
    assert ("Feedback of a." in second, "A good step" in second, "Situation B." in second, "Step 2" in second) == (True,) * 4


def test_nothing_of_what_choices_lead_to_is_in_the_page_before(lea, told):
    page = go(lea, told, [])

    labels = {re.sub(r'value="\w+"|<span.*</span>', "", label) for label in re.findall(r"<label .*?</label>", page)}
    assert len(labels) == 1
    assert not re.search("Feedback of|Debrief|Situation [BCE]|points", page)


def test_principles_are_there_to_look_at_in_every_step(lea, told):
    page = go(lea, told, ["a"])

    assert re.search(r"<summary>What others consider</summary><ul[^>]*><li>Choice</li><li>Honest limits</li>", page)


def test_an_ending_shows_debrief_points_and_the_way(lea, told):
    page = go(lea, told, ["a", "d", "e"])

    assert "Situation E1." in page
    assert "Debrief of E1." in page
    assert "This way: 4 of 5 points." in page
    assert page.count("Choose again at step") == 3
    assert "If this is heavy" in page
    assert "To the end" in page


def test_going_back_tries_another_branch_and_the_best_run_counts(lea, told):
    page = go(lea, told, GOOD)
    back = lea.post(told.url("story"), {"trail": trail_in(page), "back": "0"}).content.decode()
    again = step(lea, told, step(lea, told, back, "b").content.decode(), "f").content.decode()

    assert "Step 1" in back
    assert re.search(r"Do a\.</span> <span[^>]*>· tried before", back)
    assert not re.search(r"Do b\.</span> <span[^>]*>· tried before", back)
    assert ("Situation E2." in again, "This way: 0 of 3 points." in again) == (True, True)
    assert "Your best way so far: 4 of 4." in again


def test_going_back_to_the_middle_keeps_the_beginning(lea, told):
    page = go(lea, told, GOOD)

    back = lea.post(told.url("story"), {"trail": trail_in(page), "back": "1"}).content.decode()

    assert ("Situation B." in back, "Step 2" in back) == (True, True)


@pytest.mark.parametrize("way", [GOOD, MISSED, None])
def test_every_end_is_one_completed_of_the_screen_and_no_more(lea, told, way):
    for _ in range(2):
        do_the_other(lea, told) if way is None else go(lea, told, way)

    assert recorded() == [("completed", told.screen)]
    assert ModuleProgress.objects.get().screens == [told.screen]


def test_before_the_end_nothing_is_recorded(lea, told):
    go(lea, told, ["a", "d"])
    lea.post(told.url("story"), {"other": "1"})
    lea.post(told.url("leave"))

    assert recorded() == []
    assert not ModuleProgress.objects.exists()


def test_with_the_last_screen_the_module_is_done_in_either_order(lea, told):
    go(lea, told, MISSED)
    lea.post(told.url("leave", told.reading))

    assert recorded()[:2] == [("completed", told.screen), ("experienced", told.reading)]
    assert recorded()[2:] == [("completed", str(told.module.translation_key)), ("completed", str(told.course.key))]
    assert Completion.objects.count() == 1


def test_what_is_missing_is_said_in_words(lea, told):
    lea.post(told.url("leave", told.reading))

    assert "the exercise is not finished yet" in lea.get("/learn/sto/").content.decode()


def test_the_alternative_wants_every_statement_judged(lea, told):
    page = lea.post(told.url("story"), {"other": "1", "judged": "1", "claim-1": "correct"})

    assert page.status_code == 422
    assert page.content.decode().count("Accept or correct this statement.") == 1
    assert re.search(r'name="claim-1" value="correct" checked', page.content.decode())
    assert recorded() == []


def test_the_alternative_says_why_and_how_one_does_there_does_not_matter(lea, told):
    page = do_the_other(lea, told)

    assert "You saw 1 of 2 statements as people with experience do." in page
    assert ("It holds." in page, "It does not hold." in page) == (True, True)
    assert Enrolment.objects.get().progress.get().screens == [told.screen]


def test_without_an_alternative_nobody_gets_past_by_asking_for_it(signed_in, cast):
    told = make_told(level="mentions", claims=[])
    enrol(cast.lea, told)
    client = signed_in(cast.lea)

    client.post(told.url("story"), {"other": "1", "judged": "1"})

    assert not ModuleProgress.objects.exists()


def test_choosing_nothing_gets_a_sentence_and_stays_at_the_step(lea, told):
    page = go(lea, told, ["a"])

    answer = lea.post(told.url("story"), {"trail": trail_in(page), "step": "1"})

    assert answer.status_code == 422
    assert "Choose what you would do first." in answer.content.decode()
    assert "Situation B." in answer.content.decode()


@pytest.mark.parametrize("choice", ["c", "x", "a" * 5000, "a' OR 1=1"])
def test_a_choice_that_is_not_offered_here_is_refused_and_nothing_lost(lea, told, choice):
    page = go(lea, told, [])

    answer = step(lea, told, page, choice)

    assert answer.status_code == 422
    assert "Choose one of the ways shown." in answer.content.decode()
    assert step(lea, told, answer.content.decode(), "a").status_code == 200


def forged(told) -> dict[str, str]:
    whole = f"courses.stories {told.module.translation_key} {told.screen}"
    other = Signer(salt=f"courses.stories {told.module.translation_key} {told.reading}")
    return {
        "nonsense": "x",
        "unsigned": "W1siYSIsImMiXSxudWxsLFtdXQ",
        "of another screen": other.sign_object([["a"], None, []]),
        "of another key": Signer(key="another", salt=whole).sign_object([["a"], None, []]),
        "of a story that was changed": Signer(salt=whole).sign_object([["a", "gone"], None, []]),
        "long": "a:" * 10_000,
    }


@pytest.mark.parametrize(
    "name", ["nonsense", "unsigned", "of another screen", "of another key", "of a story that was changed", "long"]
)
def test_what_we_did_not_seal_is_refused_in_words_and_loses_nothing(lea, told, name):
    go(lea, told, GOOD)
    before = recorded(), ModuleProgress.objects.get().screens

    answer = lea.post(told.url("story"), {"trail": forged(told)[name], "choice": "c", "step": "1"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing is lost: what you have finished stays finished." in page
    assert "Begin the story" in page
    assert (recorded(), ModuleProgress.objects.get().screens) == before


def test_a_changed_letter_is_noticed(lea, told):
    trail = trail_in(go(lea, told, ["a"]))

    for place in range(len(trail)):
        other = "A" if trail[place] != "A" else "B"
        answer = lea.post(told.url("story"), {"trail": trail[:place] + other + trail[place + 1 :], "choice": "c", "step": "1"})
        if answer.status_code != 422:
            # The last letter of a signature holds bits that mean nothing.
            assert place == len(trail) - 1


def test_the_trail_names_nobody_and_is_the_same_for_everybody(signed_in, cast, told):
    trails = set()
    for person in (cast.lea, cast.ben):
        enrol(person, told)
        trails.add(trail_in(go(signed_in(person), told, ["a"])))

    assert len(trails) == 1


def test_a_double_click_on_the_last_choice_is_one_end(lea, told):
    page = go(lea, told, ["a"])

    pages = {re.sub(r"csrfmiddleware.*", "", step(lea, told, page, "c").content.decode()) for _ in range(2)}

    assert all("Situation E1." in one for one in pages)
    assert recorded() == [("completed", told.screen)]


def test_an_address_typed_in_leads_to_the_screen(lea, told):
    assert lea.get(told.url("story")).headers["Location"] == told.url()


def test_who_is_not_enrolled_or_asks_for_another_screen_gets_nowhere(signed_in, cast, lea, told):
    assert lea.post(told.url("story", told.reading)).headers["Location"].endswith(f"{told.module.translation_key}/")
    assert signed_in(cast.ben).post(told.url("story")).status_code == 404


def test_after_the_course_is_done_the_story_can_be_read_again_and_nothing_is_recorded(lea, told):
    lea.post(told.url("leave", told.reading))
    go(lea, told, GOOD)
    before = recorded()

    page = go(lea, told, MISSED)

    assert "Situation E2." in page
    assert recorded() == before
    assert "You have finished this exercise." in lea.get(told.url()).content.decode()


def test_an_edition_in_which_the_screen_has_no_scenario_any_more_counts_what_was_done(lea, told):
    go(lea, told, GOOD)
    page = ModulePage.objects.get(pk=told.module.pk)
    del page.body[1].value["body"][1]
    page.save_revision().publish()

    lea.post(told.url("leave", told.reading))

    assert Completion.objects.count() == 1


# --- what it costs --------------------------------------------------------------------------------------------------------


def real(captured) -> list[str]:
    return [query["sql"] for query in captured if not re.match(r"(RELEASE )?SAVEPOINT|BEGIN|COMMIT", query["sql"] or "")]


def test_the_screen_and_each_step_cost_eight_queries(lea, told, django_assert_max_num_queries):
    page = go(lea, told, [])

    with django_assert_max_num_queries(8):
        lea.get(told.url())
    with django_assert_max_num_queries(8):
        step(lea, told, page, "a")


@pytest.mark.parametrize("modules", [1, 3])
@pytest.mark.parametrize("waiting", [0, counting.BATCH - 1])
def test_the_end_that_completes_the_course_costs_thirty(signed_in, cast, modules, waiting):
    told = make_told(modules=modules)
    enrol(cast.lea, told)
    client = signed_in(cast.lea)
    for page in told.page.get_children().specific():
        for screen in page.screen_ids:
            if screen != told.screen:
                client.post(told.url("leave", screen).replace(str(told.module.translation_key), str(page.translation_key)))
    scenario = told.module.scenarios[told.screen].scenario
    for _ in range(waiting):
        counting.count(told.module.translation_key, told.screen, scenario, GOOD)
    page = go(client, told, ["a"])

    with CaptureQueriesContext(connection) as captured:
        step(client, told, page, "c")

    assert Completion.objects.count() == 1
    assert ScenarioTally.objects.exists() == bool(waiting)
    assert len(real(captured)) <= 30, "\n".join(real(captured))
