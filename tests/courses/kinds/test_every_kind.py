"""What holds for every kind: by the rule alone, on a screen, in a quiz, and for those who write it."""

from dataclasses import replace
from itertools import permutations
from uuid import UUID

import pytest
from django.template.loader import get_template
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from content.second_person import PublishingRefused
from courses import answering, enrolling
from courses.kind_blocks.body import KINDS
from courses.kinds.kind import Answered, Fault
from courses.models import Answer, Course, CoursePage, ModulePage, Question
from courses.statements import verb_id
from courses.states import PreviewState
from lms.xapi import queries, rules
from tests.factories.course import add_course, add_module, screen
from tests.factories.kinds import GRADED, VALUES, content_of, form_of, make_question_of
from tests.factories.learning import enrol
from tests.factories.replaying import replayed

TYPES = {
    "single_choice": "choice",
    "several_answers": "choice",
    "true_false": "true-false",
    "matching": "matching",
    "sorting": "matching",
    "sequencing": "sequencing",
    "numeric": "numeric",
    "likert": "likert",
    "pictures": "choice",
    "rewrite": "choice",
}
# Every response that is right, whatever its order where the order says nothing.
RIGHT = {
    "single_choice": [["k2"]],
    "several_answers": [["k2", "k9"]],
    "true_false": [["true"]],
    "matching": [["c2[.]p8", "c4[.]p1", "c7[.]p5"]],
    "sorting": [["c1[.]g1", "c3[.]g1", "c6[.]g3"], ["c1[.]g1", "c3[.]g3", "c6[.]g3"]],
    "sequencing": [["s8", "s3", "s5"]],
    "numeric": [[number] for number in ("30", "30.1", "30.5", "30.0")],
    "likert": [],
    "pictures": [["k5"]],
    "rewrite": [["k9"]],
}


CONTENTS = {kind: content_of(kind) for kind in KINDS}
TOKENS = sorted({token for content in CONTENTS.values() for token in content.order} | {"true", "30", "30.1", "1e1", "-0", ""})
PAIRS = [f"{one}[.]{two}" for one in ("c4", "c2", "c7", "c6", "c1", "c3") for two in ("p1", "p8", "p5", "g3", "g1", "")]
SIGNS = st.one_of(st.sampled_from(TOKENS + PAIRS), st.text(max_size=8))
RESPONSES = st.lists(SIGNS, max_size=5)
FORMS = st.dictionaries(
    st.sampled_from(["option", "number", *(f"at-{token}" for token in TOKENS)]), st.lists(SIGNS, max_size=3), max_size=8
)


def is_among_the_right(kind: str, response: list[str]) -> bool:
    if kind == "numeric":
        return len(response) == 1 and response[0] in {"30", "30.0", "30.1", "30.5"}
    if kind == "sequencing":
        return response in RIGHT[kind]
    return sorted(response) in RIGHT[kind]


# --- the rule ---------------------------------------------------------------------------------------------------------


def test_every_kind_is_tried_here():
    assert KINDS.keys() == VALUES.keys() == TYPES.keys() == RIGHT.keys()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(RESPONSES)
@example([])
@example([""])
def test_grading_answers_for_any_response_and_is_right_for_right_ones_only(kind, response):
    content = CONTENTS[kind]

    assert content.is_right(response) == is_among_the_right(kind, response)
    assert content.is_possible(response) or not content.is_right(response)
    assert isinstance(content.response_text(response), str)
    assert all(isinstance(row, Answered) for row in content.answered(response))


@pytest.mark.parametrize("kind", GRADED)
def test_each_right_response_is_right_in_any_order_that_says_nothing(kind):
    for right in RIGHT[kind]:
        orders = [right] if kind == "sequencing" else permutations(right)
        assert all(CONTENTS[kind].is_right(list(order)) for order in orders)
    assert CONTENTS[kind].is_right(CONTENTS[kind].right_response)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(FORMS)
@example({})
def test_any_form_is_read_as_a_possible_response_or_refused_in_a_sentence(kind, sent):
    content = CONTENTS[kind]
    content.filled(sent)

    read = response_or_fault(content, sent)

    if isinstance(read, Fault):
        assert (read.sentence % read.values).endswith(".")
        assert read.names <= {row.name for row in content.filled(sent)}
    else:
        assert content.is_possible(read)


def response_or_fault(content, sent):
    try:
        return content.read(sent)
    except Fault as fault:
        return fault


@pytest.mark.parametrize("kind", GRADED)
def test_what_a_browser_sends_is_read_as_it_was_meant(kind):
    content = CONTENTS[kind]

    assert content.read(form_of(content, content.right_response)) == content.right_response


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**128))
def test_mixing_is_the_same_for_the_same_seed_and_loses_nothing(kind, seed):
    content = CONTENTS[kind]
    once = content.shuffled(seed)

    assert once == content.shuffled(seed)
    assert sorted(once.order) == sorted(content.order)
    assert content.in_order(once.order) == once
    assert once.is_right(content.right_response) == content.is_graded
    assert len(once.filled({})) == len(content.filled({}))


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_can_stand_in_a_response_has_words_and_is_counted_once(kind):
    content = CONTENTS[kind]
    parts = {part.key: part for part in content.parts}

    counted = content.parts_of(content.right_response)

    assert len(parts) == len(content.parts)
    assert all(part.text for part in content.parts)
    assert len(counted) == (0 if kind == "numeric" else len(content.right_response))
    assert all(parts[key].is_right for key in counted)
    assert max(map(len, parts), default=0) <= 80


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(RESPONSES)
def test_of_any_response_only_known_parts_are_counted(kind, response):
    counted = CONTENTS[kind].parts_of(response)

    assert set(counted) <= {part.key for part in CONTENTS[kind].parts}
    assert len(counted) == len(set(counted))


def with_another_key(content):
    """The same question to the eye, in which something else is right."""
    if content.name in {"matching", "sorting"}:
        turned = [*content.cards[1:], content.cards[0]]
        return replace(content, cards=tuple(replace(a, right=b.right) for a, b in zip(content.cards, turned, strict=True)))
    if content.name == "sequence":
        return replace(content, right=tuple(reversed(content.right)))
    if content.name == "numeric":
        return replace(content, low=content.low + 1000, high=content.high + 1000)
    return replace(content, options=tuple(replace(option, is_right=not option.is_right) for option in content.options))


@pytest.mark.parametrize("kind", GRADED)
def test_the_open_form_is_the_same_whatever_is_right(kind):
    content = CONTENTS[kind]
    other = with_another_key(content)
    template = get_template(content.template)

    shown = [template.render({"state": _Open(one), "content_language": "en"}) for one in (content, other)]

    assert other.right_response != content.right_response
    assert shown[0] == shown[1]


class _Open:
    is_open, faulty, key = True, frozenset(), "key"

    def __init__(self, content):
        self.content, self.rows = content, content.filled({})


# --- on a screen ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def make_asked(kind):
    """A published module with one question of the kind: (course, module, question)."""
    question = make_question_of(kind)
    course_page = add_course("TST", "Kinds")
    page = add_module(course_page, "Asked", [screen("asked", {"type": "question", "value": question.pk})])
    course_page.get_latest_revision().publish()
    return course_page, page, question


@pytest.fixture
def asked(kind, cast, signed_in):
    """The module and a learner before it: (question, address, client, enrolment)."""
    course_page, page, question = replayed(make_asked, kind)
    enrolment = enrolling.enrol(cast.lea, Course.objects.get(key=course_page.translation_key), language="en")
    address = reverse("courses:screen", args=["tst", page.translation_key, page.screen_ids[0]])
    return question, address, signed_in(cast.lea), enrolment


def response_to(content) -> list[str]:
    return content.right_response or [content.order[0]]


def test_a_check_is_asked_answered_and_asked_again(asked):
    question, address, client, enrolment = asked
    content = question.content
    key = str(question.translation_key)

    before = client.get(address).content.decode()
    sent = form_of(content, response_to(content)) | {"question": key, "try_number": 1}
    after = client.post(f"{address}check/", sent, follow=True).content.decode()
    again = client.get(f"{address}?again={key}").content.decode()

    assert (question.rationale in before, question.rationale in again) == (False, False)
    assert question.rationale in after
    assert ("Yes, that is right." in after) == content.is_graded
    assert ("Nothing is right or wrong here." in after) == (not content.is_graded)
    assert '<legend lang="en">' in again
    answer = Answer.objects.get()
    assert (answer.response, answer.is_right) == (response_to(content), content.is_graded)


def test_its_statement_is_of_its_type_and_holds_no_pattern(asked, kind):
    question, address, client, enrolment = asked
    content = question.content
    sent = form_of(content, response_to(content)) | {"question": question.translation_key, "try_number": 1}

    client.post(f"{address}check/", sent)

    [stored] = queries.of_registration(enrolment.registration, [verb_id("answered")])
    definition = stored.statement["object"]["definition"]
    assert (definition["interactionType"], "correctResponsesPattern" in definition) == (TYPES[kind], False)
    assert stored.statement["result"]["response"] == "[,]".join(response_to(content))
    assert stored.statement["result"].get("success") == (True if content.is_graded else None)
    assert rules.check(stored.statement, version="1.0.3") is None


def test_an_empty_form_comes_back_with_a_sentence(asked):
    question, address, client, _enrolment = asked

    answer = client.post(f"{address}check/", {"question": question.translation_key, "try_number": 1})

    assert answer.status_code == 422
    assert f'id="e-{question.translation_key}" role="alert"' in answer.content.decode()
    assert Answer.objects.count() == 0


def test_what_was_filled_in_survives_an_error_and_the_end_of_a_session(asked, client):
    question, address, client, _enrolment = asked
    content = question.content
    sent = form_of(content, response_to(content)) | {"question": question.translation_key}
    chosen = content.filled(sent)

    refused = client.post(f"{address}check/", sent | {"try_number": "x"})
    person = client.session["_auth_user_id"]
    client.logout()
    client.post(f"{address}check/", sent | {"try_number": 1})
    client.force_login(type(_enrolment.person).objects.get(pk=person))
    kept = client.get(address)

    state = kept.context["states"][question.translation_key]
    assert refused.status_code == 422
    assert "Your answer is still here" in kept.content.decode()
    assert sorted(state.rows, key=repr) == sorted(state.content.filled(sent), key=repr)
    assert {row.name for row in state.rows} == {row.name for row in chosen}


def test_an_answer_to_what_the_question_was_before_opens_it_again(asked, kind):
    question, address, client, enrolment = asked
    module = UUID(address.split("/")[3])
    answering.answer_check(enrolment, module=module, question=question, response=response_to(question.content), try_number=1)
    Answer.objects.update(response=["what was an option once"])

    page = client.get(address).content.decode()

    assert 'name="try_number" value="2"' in page


# --- in a quiz --------------------------------------------------------------------------------------------------------


def make_quiz_of(course, kinds: list[str]) -> tuple[ModulePage, list[Question]]:
    questions = [make_question_of(kind) for kind in kinds]
    quiz = {
        "pass_mark": 50,
        "count": len(kinds),
        "blueprint": [{"objective": "one", "words": "", "share": 100}],
        "pool": [question.pk for question in questions],
    }
    page = add_module(CoursePage.objects.get(pk=course.page.pk), "Kinds", [screen("kinds")], quiz=quiz)
    page.get_latest_revision().publish()
    return page, questions


def test_a_quiz_draws_and_grades_every_graded_kind(cast, course, signed_in):
    page, questions = make_quiz_of(course, GRADED)
    enrolment = enrol(cast.lea, course)
    attempt = answering.start_quiz(enrolment, module=page.translation_key)
    by_key = {str(question.translation_key): question for question in questions}
    client = signed_in(cast.lea)

    for place, line in enumerate(attempt.drawn, start=1):
        content = by_key[line["key"]].content
        url = reverse("courses:quiz_item", args=["tst", page.translation_key, place])
        assert [row.name for row in client.get(url).context["item"].rows]
        sent = form_of(content, content.right_response) | {"question": line["key"], "try_number": 1}
        assert "Yes, that is right." in client.post(f"{url}answer/", sent, follow=True).content.decode()

    attempt.refresh_from_db()
    assert (attempt.result, float(attempt.score)) == ("passed", 1.0)
    assert {line["key"]: sorted(line["options"]) for line in attempt.drawn} == {
        key: sorted(question.content.order) for key, question in by_key.items()
    }


def test_what_is_neither_right_nor_wrong_is_refused_in_a_quiz(course):
    with pytest.raises(PublishingRefused, match="KIND-likert"):
        make_quiz_of(course, ["likert", "matching"])


def test_a_pool_whose_item_lost_its_key_draws_the_others(cast, course):
    page, [scale, matching] = make_quiz_of(course, ["single_choice", "matching"])
    scale.body = make_question_of("likert", code="OTHER").body
    scale.save_revision().publish()
    enrolment = enrol(cast.lea, course)

    attempt = answering.start_quiz(enrolment, module=page.translation_key)

    assert [line["key"] for line in attempt.drawn] == [str(matching.translation_key)]


# --- for those who write it -------------------------------------------------------------------------------------------


def test_its_preview_shows_the_open_form_and_the_right_answer(kind, cast, signed_in):
    question = make_question_of(kind)
    states = [PreviewState(question), PreviewState(question, is_open=False)]

    page = signed_in(cast.trainer).get(
        f"/admin/snippets/courses/question/history/{question.pk}/revisions/{question.latest_revision_id}/view/"
    )

    assert all(state.rows for state in states)
    assert (page.status_code, "Answered rightly" in page.content.decode()) == (200, True)


def test_keys_are_given_where_they_are_missing_or_doubled(kind, db):
    block = KINDS[kind]()
    value = block.to_python(make_question_of(kind).body.raw_data[0]["value"])
    lists = [name for name, child in block.child_blocks.items() if hasattr(child, "child_block")]
    for name in lists:
        for thing in value[name]:
            thing["key"] = ""

    cleaned = block.clean(value)

    for name in lists:
        keys = [thing["key"] for thing in cleaned[name]]
        assert len(set(keys)) == len(keys)
        assert all(keys)
