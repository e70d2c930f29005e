"""What trainers see of items and stories: numbers over 20 people and more, of the courses that were given to them."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import ItemTally, ScenarioTally
from lms.days import add_months, today
from lms.people.models import RoleGrant
from tests.factories.course import add_course, add_module, make_course, make_question, screen
from tests.factories.kinds import make_question_of
from tests.factories.learning import enrol, sit_quiz
from tests.factories.people import make_person
from tests.factories.story import make_told, story_value

PAGE = "/admin/snippets/courses/question/statistics/"
LAST_MONTH = add_months(today().replace(day=1), -1)


def tally(module, question, *, right=(), wrong=(), language="en", month: date = LAST_MONTH, **options) -> None:
    """`right` and `wrong`: people by band; `options`: how many chose each."""
    right, wrong = dict(right), dict(wrong)
    row = {
        "module": module.translation_key,
        "question": question.translation_key,
        "revision": question.live_revision_id,
        "language": language,
        "month": month,
    }
    for band in {*right, *wrong}:
        both = right.get(band, 0) + wrong.get(band, 0)
        ItemTally.objects.create(**row, option="", band=band, count=both, right_count=right.get(band, 0))
    for option, count in options.items():
        ItemTally.objects.create(**row, option=option, count=count)


def text_of(page) -> str:
    """The words of a page, without marks and doubled spaces."""
    return " ".join(re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", page.content.decode()).split())


def line_of(page, code: str):
    [found] = [line for line in page.context["items"].lines if line.question.code == code]
    return found


@pytest.fixture
def look(signed_in, cast):
    return lambda who=None, code="tst", what="": signed_in(who or cast.trainer).get(f"{PAGE}{code}/{what}")


# --- items -------------------------------------------------------------------------------------------------------------
def test_figures_are_those_worked_out_by_hand(look, course):
    # As in test_item_statistics: 240 / √(2520·96) = 0.48795; 12 of 20 right.
    item = course.items[1]
    tally(course.quiz, item, right={2: 2, 5: 4, 8: 6}, wrong={2: 5, 5: 2, 8: 1}, b=12, a=5, c=3)

    page = look()

    [english] = line_of(page, "TST-Q2").languages
    assert (english.found.people, english.right_percent, english.lag_percent) == (20, 60, None)
    assert english.found.discrimination == pytest.approx(0.48795, abs=0.00001)
    assert [(option.part.text, option.percent) for option in english.options] == [
        ("TST-Q2 first", 25),
        ("TST-Q2 second", 60),
        ("TST-Q2 third", 15),
    ]
    assert "English 20 60 % 0.49 –" in text_of(page)
    assert "TST-Q2 second (right) 60 %" in text_of(page)


@pytest.mark.parametrize(("people", "shown"), [(19, False), (20, True)])
def test_numbers_begin_with_twenty_people_by_the_verbs_themselves(look, course, people, shown):
    for number in range(people):
        sit_quiz(enrol(make_person(f"Person {number}"), course), course.quiz, wrong={"TST-Q1"} if number < 5 else set())
    this_month = look()
    ItemTally.objects.update(month=LAST_MONTH)

    page = look()

    [english] = line_of(page, "TST-Q1").languages
    assert not any(line.is_known for line in this_month.context["items"].lines)
    assert (english.found is not None, english.right_percent) == (shown, 75 if shown else None)
    assert "Person 1" not in page.content.decode()


def test_below_twenty_people_a_page_looks_as_if_nobody_had_answered(look, course):
    nobody = text_of(look())

    tally(course.quiz, course.items[0], right={9: 10}, wrong={3: 9}, b=10, a=9)

    assert text_of(look()) == nobody
    assert "English fewer than 20 people" in nobody


def test_every_item_of_the_course_is_listed(look, course):
    page = look()

    codes = [line.question.code for line in page.context["items"].lines]
    assert codes == ["TST-K1", "TST-Q1", "TST-Q2", "TST-Q3", "TST-Q4", "TST-Q5"]


def test_items_to_review_come_first_and_say_why(look, course):
    tally(course.quiz, course.items[3], right={2: 2, 8: 2}, wrong={2: 10, 8: 8}, false=4, true=18)

    page = look()

    assert page.context["items"].lines[0].question.code == "TST-Q4"
    assert "Few answer it rightly." in text_of(page)
    assert "A wrong option is chosen more often than a right one." in text_of(page)


def test_an_item_that_fails_in_one_language_only_is_marked(look, course):
    item = course.items[1]
    tally(course.quiz, item, right={2: 5, 8: 18}, wrong={2: 5, 8: 2}, b=23, a=4, c=3)
    tally(course.quiz, item, right={2: 2, 8: 5}, wrong={2: 8, 8: 5}, b=7, a=8, c=5, language="ru")

    page = look()

    english, russian = line_of(page, "TST-Q2").languages
    # Russian as in test_item_statistics; English the other way: (10·0.3 + 20·0.4) / 30 = 0.367.
    assert (english.lag_percent, russian.lag_percent) == (37, -35)
    assert "likely a fault of translation" in russian.reviews[-1]
    assert english.reviews == []
    assert "Русский: It fails in this language only" in text_of(page)


def test_a_language_of_few_people_leaves_the_others_as_they_were(look, course):
    tally(course.quiz, course.items[1], right={2: 5, 8: 18}, wrong={2: 5, 8: 2}, b=23, a=4, c=3)
    before = text_of(look())

    tally(course.quiz, course.items[1], wrong={2: 19}, a=19, language="ru")

    assert text_of(look()) == before


def test_an_option_that_nobody_chose_is_in_the_list_and_asks_for_a_look(look, course):
    tally(course.quiz, course.items[1], right={8: 14}, wrong={2: 6}, b=14, a=6)

    page = look()

    [english] = line_of(page, "TST-Q2").languages
    assert [option.percent for option in english.options] == [30, 70, 0]
    assert "Hardly anybody chooses one of the wrong options." in english.reviews


def test_a_scale_has_shares_and_nothing_that_is_right(look, course):
    scale = make_question_of("likert")
    module = add_module(type(course.page).objects.get(), "Scale", [screen("scale", {"type": "question", "value": scale.pk})])
    module.get_latest_revision().publish()
    tally(module, scale, wrong={0: 20}, l2=5, l7=15)

    page = look()

    [english] = line_of(page, "KIND-likert").languages
    assert [(option.part.text, option.percent) for option in english.options] == [("Not sure", 25), ("Rather sure", 75)]
    assert (english.right_percent, english.reviews) == (None, [])
    assert "English 20 What was chosen" in text_of(page)


def test_of_cards_only_what_is_right_or_was_chosen_is_listed(look, course):
    question = make_question_of("matching")
    cards = add_module(type(course.page).objects.get(), "Cards", [screen("cards", {"type": "question", "value": question.pk})])
    cards.get_latest_revision().publish()
    chosen = {"c4[.]p1": 20, "c2[.]p8": 15, "c2[.]p5": 5, "c7[.]p5": 15, "c7[.]p8": 5}
    tally(cards, question, right={0: 15}, wrong={0: 5}, **chosen)

    [english] = line_of(look(), "KIND-matching").languages

    assert [(option.part.text, option.part.is_right, option.percent) for option in english.options] == [
        ("A child → no means needed", True, 100),
        ("An adult → act, means and purpose", True, 75),
        ("An adult → smuggling", False, 25),
        ("A crossing → act, means and purpose", False, 25),
        ("A crossing → smuggling", True, 75),
    ]
    assert (english.found.discrimination, english.reviews) == (None, [])


def test_a_question_in_a_new_version_begins_anew_and_the_old_one_speaks_until_then(look, course):
    item = course.items[1]
    tally(course.quiz, item, right={8: 10}, wrong={2: 10}, b=10, a=5, c=5)
    item.body[0].value["options"][0]["text"] = "Other words"
    item.save_revision().publish()

    [english] = line_of(look(), "TST-Q2").languages

    assert english.found.people == 20
    assert english.options[0].part.text == "TST-Q2 first"


def test_counts_of_another_module_do_not_mix_in(look, course):
    tally(course.quiz, course.items[1], right={8: 10}, b=10)
    tally(course.second, course.items[1], right={8: 10}, b=10)

    assert line_of(look(), "TST-Q2").languages[0].found is None


@pytest.mark.parametrize("asked", ["", "tst/", "tst/stories/"])
def test_who_has_no_function_for_it_is_refused(signed_in, cast, course, asked):
    for person in (cast.lea, cast.hr, cast.focal, cast.manager, cast.owner, cast.overview, cast.admin, cast.auditor):
        assert signed_in(person).get(PAGE + asked).status_code in {302, 403}


def test_a_course_that_was_not_given_is_as_one_that_does_not_exist(look, cast, course):
    make_course("OTH", key="33333333-3333-4333-8333-333333333333")

    answers = [look(code=code, what=what) for code in ("oth", "nowhere") for what in ("", "stories/")]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_the_list_names_the_given_courses_only(signed_in, cast, course):
    make_course("OTH", key="33333333-3333-4333-8333-333333333333")

    page = signed_in(cast.publisher).get(PAGE)

    assert [one.code for one in page.context["courses"]] == ["TST"]
    assert f"{PAGE}tst/" in page.content.decode()


def test_a_grant_that_ended_shows_nothing_any_more(look, cast, course):
    RoleGrant.objects.filter(person=cast.trainer).update(starts_on=add_months(today(), -2), ends_on=today())

    assert look().status_code in {302, 403}


def test_an_item_that_belongs_to_a_course_not_given_keeps_its_key_to_itself(look, course):
    other = add_course("OTH", "Other")
    shared = {"type": "question", "value": course.check.pk}
    add_module(other, "Other module", [screen("other", shared)])
    other.get_latest_revision().publish()

    page = look()

    assert "TST-K1" not in text_of(page)
    assert "1 item is left out" in text_of(page)


def test_the_bank_leads_there(signed_in, cast, course):
    assert f'href="{PAGE}"' in signed_in(cast.trainer).get("/admin/snippets/courses/question/").content.decode()


def make_pool(course, items: int):
    pool = [make_question(f"MANY-{items}-{number}") for number in range(items)]
    quiz = {"pass_mark": 50, "count": 1, "blueprint": [{"objective": "one", "share": 100}], "pool": [one.pk for one in pool]}
    module = add_module(type(course.page).objects.get(), f"Pool of {items}", [screen(f"pool {items}")], quiz=quiz)
    module.get_latest_revision().publish()
    for question in pool:
        for language in ("en", "ru"):
            tally(module, question, right={8: 15}, wrong={2: 10}, b=15, a=10, language=language)


def test_the_page_costs_the_same_for_any_number_of_items(look, course):
    look()
    costs = []
    for items in (1, 3, 12):
        make_pool(course, items)
        with CaptureQueriesContext(connection) as captured:
            page = look()
        costs.append(len(captured))

    assert sum(line.is_known for line in page.context["items"].lines) == 1 + 3 + 12
    assert costs == [costs[0]] * 3
    assert costs[0] <= 34


# --- stories -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def told(db, cast):
    made = make_told()
    RoleGrant.objects.filter(person=cast.trainer).update(object_keys=[str(made.page.translation_key)])
    return made


def test_a_story_is_a_list_of_choices_with_rough_counts(look, told):
    for node, choice, count in (("A", "a", 30), ("A", "b", 10), ("B", "c", 12), ("B", "d", 7)):
        ScenarioTally.objects.create(
            module=told.module.translation_key, screen=told.screen, node=node, choice=choice, count=count
        )

    page = look(code="sto", what="stories/")

    [story] = page.context["stories"]
    assert [(step.node.key, step.total, step.is_shown) for step in story.steps[:3]] == [
        ("A", 40, True),
        ("B", 19, False),
        ("C", 0, False),
    ]
    words = text_of(page)
    assert "About 40 choices were counted here: about 75 %: Do a. → B" in words
    assert "Fewer than 20 choices were counted here. Do c. → E1" in words
    assert words.count("about") == words.count("about 75 %") + words.count("about 25 %")
    assert "counted in batches of 20 readers" in words


def test_a_course_without_stories_says_so(look, course):
    assert "This course tells no story." in text_of(look(what="stories/"))


def test_stories_cost_the_same_for_any_number_of_them(look, told):
    look(code="sto", what="stories/")
    costs = []
    for number in range(3):
        with CaptureQueriesContext(connection) as captured:
            page = look(code="sto", what="stories/")
        costs.append(len(captured))
        block = {"type": "scenario", "value": story_value()}
        more = add_module(type(told.page).objects.get(), f"Story {number}", [screen(f"story {number}", block)])
        more.get_latest_revision().publish()

    assert len(page.context["stories"]) == 3
    assert costs == [costs[0]] * 3
