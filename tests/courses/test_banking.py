"""Questions of a file become drafts of the bank, all or none, and the bank becomes a file."""

from dataclasses import replace
from decimal import Decimal
from itertools import count
from uuid import uuid4

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Revision

from content.models import Picture
from content.second_person import PublishingRefused
from courses import bank_csv, banking, gift
from courses.bank_items import (
    BankItem,
    BankOption,
    Choices,
    Fault,
    Matching,
    Numeric,
    Pair,
    PictureChoice,
    PictureOption,
    Reading,
    Scale,
    SortedCard,
    Sorting,
    TrueFalse,
)
from courses.bank_kinds import reference
from courses.bank_words import WORDS
from courses.banking import BankChanged, State, bring_in, exportable, item_of, plan
from courses.kind_blocks.body import KINDS
from courses.models import Question
from tests.factories.course import make_course, make_question, stream
from tests.factories.kinds import VALUES, make_picture, make_question_of, value_of

FILE = """
// [tag:objective:one] [tag:difficulty:3] [tag:must-pass] [tag:source:A book]
::NEW-1::What is so?{=this ~that ####Since.}

::NEW-2::It is so.{F####Because.}

::NEW-3::Which?{~%50%a ~%50%b ~%-100%c ####Both.}
"""


def bring(reading: Reading, by) -> banking.Plan:
    return bring_in(reading, by=by, agreed=plan(reading, by=by).digest)


def of_one(**values) -> Reading:
    values = {"title": "NEW-1", "prompt": "Is it?", "body": TrueFalse(True), "line": 3} | values
    return Reading((BankItem(**values),), ())


def faults(found: banking.Plan) -> list[tuple]:
    return [(finding.line, finding.fault, finding.column) for finding in found.findings]


def test_new_questions_are_drafts_with_a_revision_of_who_brought_them(cast):
    found = bring(gift.read(FILE), cast.trainer)

    assert [(entry.item.title, entry.state) for entry in found.entries] == [
        ("NEW-1", State.NEW),
        ("NEW-2", State.NEW),
        ("NEW-3", State.NEW),
    ]
    one, two, three = Question.objects.order_by("code")
    assert (one.live, one.objective, one.difficulty, one.is_must_pass, one.source) == (False, "one", 3, True, "A book")
    assert (one.rationale, one.latest_revision.user, two.difficulty) == ("Since.", cast.trainer, 2)
    assert [one.content.is_right([option.key]) for option in one.content.options] == [True, False]
    assert (two.content.is_right(["false"]), three.content.is_several) == (True, True)
    assert all(option.key for option in three.content.options)


def test_a_file_can_be_repeated(cast):
    bring(gift.read(FILE), cast.trainer)
    count = Revision.objects.count()

    again = bring(gift.read(FILE), cast.trainer)

    assert [entry.state for entry in again.entries] == [State.SAME] * 3
    assert (Question.objects.count(), Revision.objects.count()) == (3, count)


def test_who_brought_a_question_does_not_publish_it(cast):
    bring(gift.read(FILE), cast.publisher)
    revision = Question.objects.get(code="NEW-1").latest_revision

    with pytest.raises(PublishingRefused):
        revision.publish(user=cast.publisher)


def test_a_live_question_stays_live_as_it_is_and_gets_a_draft_with_the_same_keys(cast, course):
    question = course.items[0]
    item = BankItem(
        "TST-Q1",
        "Other prompt?",
        Choices((BankOption("TST-Q1 second", True), BankOption("TST-Q1 first", False), BankOption("added", False))),
    )

    found = bring(Reading((item,), ()), cast.trainer)

    question.refresh_from_db()
    draft = question.latest_revision.as_object()
    assert [entry.state for entry in found.entries] == [State.CHANGED]
    assert (question.live, question.has_unpublished_changes, question.content.prompt) == (True, True, "Prompt of TST-Q1?")
    assert (draft.content.prompt, [option.key for option in draft.content.options][:2]) == ("Other prompt?", ["b", "a"])


def test_what_changes_is_named_and_what_the_file_is_silent_about_stays(cast, course):
    [entry] = plan(of_one(title="TST-Q1", prompt="Prompt of TST-Q1?", source="Another"), by=cast.trainer).entries
    [mark] = plan(
        of_one(title="TST-Q4", prompt="Prompt of TST-Q4.", body=TrueFalse(False), is_must_pass=True), by=cast.trainer
    ).entries

    assert (entry.changes, entry.item.rationale, entry.item.objective) == (
        ("body", "is_must_pass", "source"),
        "Rationale of TST-Q1.",
        "one",
    )
    assert mark.changes == ("is_must_pass",)


@pytest.mark.parametrize("write_and_read", [(bank_csv.write, bank_csv.read), (gift.write, gift.read)])
def test_what_is_taken_out_and_brought_back_changes_nothing(cast, course, write_and_read):
    write, read = write_and_read
    bank = exportable(cast.trainer)

    found = plan(read(write(bank.items)), by=cast.trainer)

    assert (len(bank.items), bank.unfinished, found.findings) == (6, (), ())
    assert [entry.state for entry in found.entries] == [State.SAME] * 6


def test_the_latest_draft_is_taken_out_and_empty_drafts_are_named(cast, course):
    bring(of_one(title="TST-Q4", prompt="Later words.", body=TrueFalse(False)), cast.trainer)
    empty = make_question("TST-EMPTY")
    empty.body = []
    empty.save_revision()

    bank = exportable(cast.trainer)

    assert next(item.prompt for item in bank.items if item.title == "TST-Q4") == "Later words."
    assert bank.unfinished == ("TST-EMPTY",)


def test_questions_of_other_courses_are_neither_taken_out_nor_written_over(cast, course):
    make_course("OTH", key=uuid4())

    bank = exportable(cast.trainer)
    found = plan(of_one(title="OTH-Q1"), by=cast.trainer)

    assert {item.title.partition("-")[0] for item in bank.items} == {"TST"}
    assert faults(found) == [(3, Fault.CODE_TAKEN, "code")]


def test_a_locked_question_waits(cast, course):
    Question.objects.filter(code="TST-Q4").update(locked=True, locked_by=cast.publisher)

    assert faults(plan(of_one(title="TST-Q4"), by=cast.trainer)) == [(3, Fault.LOCKED, "code")]


def test_one_bad_line_keeps_all_others_out(cast):
    reading = gift.read(FILE + "\n::NEW-4::Which?{=a =b ~c}")

    with pytest.raises(BankChanged):
        bring(reading, cast.trainer)

    assert Question.objects.count() == 0


def test_kinds_that_are_not_taken_are_left_out_by_name(cast):
    reading = gift.read(FILE + "\n::NEW-4::Tell.{}\n\n::NEW-5::Who?{=me}")

    found = bring(reading, cast.trainer)

    assert [(finding.line, finding.fault) for finding in found.notes] == [(9, Fault.ESSAY), (11, Fault.SHORT_ANSWER)]
    assert (found.errors, Question.objects.count()) == ([], 3)


def test_nothing_is_done_when_the_bank_changed_after_the_preview(cast, course):
    reading = of_one(title="TST-Q4")
    agreed = plan(reading, by=cast.trainer).digest
    Question.objects.get(code="TST-Q4").save_revision(user=cast.publisher)

    with pytest.raises(BankChanged):
        bring_in(reading, by=cast.trainer, agreed=agreed)


def test_a_code_that_somebody_takes_this_very_moment_undoes_everything(cast, monkeypatch):
    reading = gift.read(FILE)
    agreed = plan(reading, by=cast.trainer).digest
    write = banking._write

    def slowly(entry, by, pictures):
        if entry.item.title == "NEW-3":
            make_question("NEW-3")
        write(entry, by, pictures)

    monkeypatch.setattr(banking, "_write", slowly)

    with pytest.raises(BankChanged):
        bring_in(reading, by=cast.trainer, agreed=agreed)
    assert not Question.objects.filter(code="NEW-1").exists()


@pytest.mark.parametrize(
    ("values", "fault", "column"),
    [
        ({"objective": "o" * 41}, Fault.TOO_LONG, "objective"),
        ({"source": "s" * 301}, Fault.TOO_LONG, "source"),
        ({"prompt": "a\0b"}, Fault.NUL, "prompt"),
        ({"body": Choices((BankOption("x" * 401, True), BankOption("b", False)))}, Fault.TOO_LONG, "option 1"),
        ({"body": Choices((BankOption("a\nb", True), BankOption("a b", False)))}, Fault.SAME_OPTION_TWICE, ""),
        (
            {"body": Choices((BankOption("a", True), *(BankOption(str(at), False) for at in range(8))))},
            Fault.TOO_MANY_LINES,
            "option",
        ),
        ({"course": "c" * 21}, Fault.TOO_LONG, "course"),
        ({"body": Choices((BankOption("a\0", True), BankOption("b", False)))}, Fault.NUL, "option 1"),
        ({"body": Matching((Pair("a", "p" * 61), Pair("b", "q")))}, Fault.TOO_LONG, "match 1"),
        ({"body": Matching((Pair("a", "Act"), Pair("b", "act")))}, Fault.SAME_OPTION_TWICE, "match 1"),
        ({"body": Sorting(("x" * 61, "y"), (SortedCard("a", (1,)), SortedCard("b", (2,))))}, Fault.TOO_LONG, "place 1"),
        ({"body": Sorting(("x", "y"), (SortedCard("a", (1,)), SortedCard("b", (3,))))}, Fault.NOT_A_CATEGORY, ""),
        ({"body": Scale(("a", "b"))}, Fault.TOO_FEW_LINES, "option"),
        ({"body": Numeric(Decimal("0.1234567"), Decimal(1))}, Fault.TOO_MANY_DIGITS, "low"),
        ({"body": Numeric(Decimal(0), Decimal(1), "u" * 41)}, Fault.TOO_LONG, "unit"),
        (
            {"body": PictureChoice((PictureOption("No such", "a", True), PictureOption("", "b", False)))},
            Fault.NO_PICTURE,
            "",
        ),
    ],
)
def test_what_the_bank_cannot_hold_is_named(cast, values, fault, column):
    assert faults(plan(of_one(**values), by=cast.trainer)) == [(3, fault, column)]


def test_the_same_code_twice_is_named_on_both_lines(cast):
    reading = Reading((*of_one().items, *of_one(line=9).items), ())

    assert faults(plan(reading, by=cast.trainer)) == [(3, Fault.CODE_TWICE, "code"), (9, Fault.CODE_TWICE, "code")]


def test_too_many_questions_are_refused_at_once(cast):
    reading = Reading(tuple(of_one(title=f"N-{at}", line=at).items[0] for at in range(1, 502)), ())

    assert faults(plan(reading, by=cast.trainer)) == [(501, Fault.TOO_MANY_QUESTIONS, "")]


def test_feedback_stands_in_for_a_missing_rationale_and_is_named_where_it_is_lost(cast):
    answer = TrueFalse(True, right_feedback="Since.")
    alone = plan(of_one(body=answer), by=cast.trainer)
    beside = plan(of_one(body=answer, rationale="Given.", tags=("old",)), by=cast.trainer)

    assert (alone.entries[0].item.rationale, alone.findings) == ("Since.", ())
    assert (beside.entries[0].item.rationale, faults(beside)) == ("Given.", [(3, Fault.FEEDBACK, ""), (3, Fault.TAGS, "")])


@pytest.mark.parametrize("title", ["", "A title that is much longer than forty letters are"])
def test_a_code_is_made_where_there_is_none_and_stays_the_same(cast, title):
    codes = {plan(of_one(title=title), by=cast.trainer).entries[0].item.title for _ in range(2)}
    other = plan(of_one(title=title, prompt="Another?"), by=cast.trainer).entries[0].item.title

    assert (len(codes), len(codes | {other}), max(map(len, codes)) <= 40) == (1, 2, True)


def test_a_draft_without_a_body_is_no_item(cast):
    assert item_of(Question(code="X")) is None


# --- every kind -------------------------------------------------------------------------------------------------------


def without_keys(thing):
    """What a block holds, but for the keys that each installation gives by itself; of pictures, their file."""
    if isinstance(thing, dict):
        known = {name: without_keys(one) for name, one in thing.items() if name not in {"key", "place_key", "id"}}
        return known | ({"picture": Picture.objects.get(pk=thing["picture"]).file_hash} if "picture" in thing else {})
    return [without_keys(one) for one in thing] if isinstance(thing, list) else thing


def held(question: Question) -> tuple:
    said = [getattr(question, name) for name in ("code", "rationale", "course", "objective", "difficulty", "source")]
    [block] = question.latest_revision.as_object().body.raw_data
    return *said, question.is_must_pass, block["type"], without_keys(block["value"])


def emptied(write, read, by) -> list[tuple]:
    """The bank goes into a file, is emptied, and comes back out of it."""
    bank = exportable(by)
    Question.objects.all().delete()
    bring(read(write(bank.items)), by)
    return [held(question) for question in Question.objects.order_by("code")]


def test_every_kind_comes_back_from_csv_into_an_empty_bank(cast):
    before = [held(make_question_of(kind, course="TST", difficulty=3, is_must_pass=True)) for kind in sorted(KINDS)]

    after = emptied(bank_csv.write, bank_csv.read, cast.trainer)

    assert len(before) == len(KINDS)
    assert after == before
    for question in Question.objects.all():
        question.body.stream_block.clean(question.body)
        assert question.content.is_right(question.content.right_response) == question.content.is_graded


IN_GIFT = {"single_choice", "several_answers", "true_false", "matching", "numeric"}


def test_what_gift_has_a_kind_for_comes_back_and_the_rest_is_named(cast):
    before = [held(make_question_of(kind, course="TST")) for kind in sorted(KINDS)]
    named = exportable(cast.trainer).not_in_gift

    after = emptied(gift.write, gift.read, cast.trainer)

    assert named == [f"KIND-{kind}" for kind in sorted(KINDS.keys() - IN_GIFT)]
    assert after == [one for one in before if one[-2] in IN_GIFT]


NUMBERS = count(1)


def with_words(draw, thing, name=""):
    """The value of a block with other words in it, as a form would leave them: no blanks around, one line where one is asked."""
    if isinstance(thing, dict):
        return {name: with_words(draw, one, name) for name, one in thing.items()}
    if isinstance(thing, list) and name != "right_in":
        return [with_words(draw, one) for one in thing]
    if name in {"text", "place", "unit"}:
        return (draw(st.text("ab~=#{}:\\%->[];\"',+@0＝ я", max_size=8)) + str(next(NUMBERS))).strip()
    if name in {"prompt", "original"}:
        return (draw(st.text("ab~=#{}:\\%->[];\"',\r\n+@ я", max_size=12)) + "?").strip()
    return thing


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_whatever_its_words_a_question_of_any_kind_comes_back_from_csv(cast, kind, data):
    Question.objects.all().delete()
    value = with_words(data.draw, value_of(kind))
    question = make_question(f"W-{kind}")
    question.body = stream(Question, "body", [{"type": kind, "id": str(uuid4()), "value": value}])
    question.rationale = (data.draw(st.text("a=+',\n", max_size=5)) + ".").strip()
    question.save_revision()
    before = held(question)

    assert emptied(bank_csv.write, bank_csv.read, cast.trainer) == [before]


def test_lines_with_the_same_words_keep_their_keys_whatever_the_kind(cast):
    question = make_question_of("matching")
    item = item_of(question)
    turned = replace(item, body=Matching(tuple(reversed(item.body.pairs))))

    bring(Reading((turned,), ()), cast.trainer)

    kept = Question.objects.get().latest_revision.as_object().body[0].value["pairs"]
    assert [(pair["key"], pair["place_key"]) for pair in kept] == [
        (pair["key"], pair["place_key"]) for pair in reversed(VALUES["matching"]["pairs"])
    ]


def test_matching_with_a_match_for_several_terms_or_none_becomes_sorting(cast):
    reading = gift.read("::NEW::Where? {=a -> x =b -> y =c -> x = -> z}")

    bring(reading, cast.trainer)

    assert item_of(Question.objects.get().latest_revision.as_object()).body == Sorting(
        ("x", "y", "z"), (SortedCard("a", (1,)), SortedCard("b", (2,)), SortedCard("c", (1,)))
    )


def test_a_picture_is_found_by_its_file_and_by_its_title_where_only_one_has_it(cast):
    door, lamp, twin = make_picture("Door"), make_picture("Lamp", "navy"), make_picture("Twin", "olive")
    make_picture("Twin", "black")
    options = [(reference(door).replace("Door", "Gate"), True), ("Lamp", False), (reference(twin), False)]
    body = PictureChoice(tuple(PictureOption(name, f"Words {at}", right) for at, (name, right) in enumerate(options)))

    bring(of_one(body=body), cast.trainer)
    refused = plan(
        of_one(title="NEW-2", body=PictureChoice((*body.options, PictureOption("Twin", "Which?", False)))), by=cast.trainer
    )

    kept = Question.objects.get().latest_revision.as_object().body[0].value["options"]
    assert [option["picture"].pk for option in kept] == [door.pk, lamp.pk, twin.pk]
    assert faults(refused) == [(3, Fault.NO_PICTURE, "picture 4")]


@pytest.mark.parametrize("questions", [1, 3])
def test_taking_the_bank_out_asks_as_often_for_one_question_as_for_three(cast, django_assert_num_queries, questions):
    for at in range(questions):
        make_question_of("sorting", code=f"S-{at}")

    with django_assert_num_queries(5):
        assert len(exportable(cast.trainer).items) == questions


def test_queries_do_not_grow_with_the_questions(cast, course, django_assert_max_num_queries):
    reading = Reading(tuple(of_one(title=f"N-{at}", line=at).items[0] for at in range(30)), ())

    with django_assert_max_num_queries(12):
        plan(reading, by=cast.trainer)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_fault_has_words_of_its_own(language):
    with translation.override(language):
        words = [str(WORDS[fault][0]) for fault in Fault]

    assert len(set(words)) == len(Fault)
