"""Questions of a file become drafts of the bank, all or none, and the bank becomes a file."""

from uuid import uuid4

import pytest
from django.utils import translation
from wagtail.models import Revision

from content.second_person import PublishingRefused
from courses import bank_csv, banking, gift
from courses.bank_items import BankItem, BankOption, Choices, Fault, Reading, TrueFalse
from courses.bank_words import WORDS
from courses.banking import BankChanged, State, bring_in, exportable, item_of, plan
from courses.models import Question
from tests.factories.course import make_course, make_question

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
    items, left_out = exportable(cast.trainer)

    found = plan(read(write(items)), by=cast.trainer)

    assert (len(items), left_out, found.findings) == (6, [], ())
    assert [entry.state for entry in found.entries] == [State.SAME] * 6


def test_the_latest_draft_is_taken_out_and_empty_drafts_are_named(cast, course):
    bring(of_one(title="TST-Q4", prompt="Later words.", body=TrueFalse(False)), cast.trainer)
    empty = make_question("TST-EMPTY")
    empty.body = []
    empty.save_revision()

    items, left_out = exportable(cast.trainer)

    assert next(item.prompt for item in items if item.title == "TST-Q4") == "Later words."
    assert left_out == ["TST-EMPTY"]


def test_questions_of_other_courses_are_neither_taken_out_nor_written_over(cast, course):
    make_course("OTH", key=uuid4())

    items, _left_out = exportable(cast.trainer)
    found = plan(of_one(title="OTH-Q1"), by=cast.trainer)

    assert {item.title.partition("-")[0] for item in items} == {"TST"}
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
    reading = gift.read(FILE + "\n::NEW-4::Tell.{}\n\n::NEW-5::How many?{#3}")

    found = bring(reading, cast.trainer)

    assert [(finding.line, finding.fault) for finding in found.notes] == [(9, Fault.ESSAY), (11, Fault.NO_BLOCK)]
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

    def slowly(entry, by):
        if entry.item.title == "NEW-3":
            make_question("NEW-3")
        write(entry, by)

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
        ({"body": Choices((BankOption("a  b", True), BankOption("a b", False)))}, Fault.SAME_OPTION_TWICE, ""),
        (
            {"body": Choices((BankOption("a", True), *(BankOption(str(at), False) for at in range(8))))},
            Fault.TOO_MANY_OPTIONS,
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


def test_queries_do_not_grow_with_the_questions(cast, course, django_assert_max_num_queries):
    reading = Reading(tuple(of_one(title=f"N-{at}", line=at).items[0] for at in range(30)), ())

    with django_assert_max_num_queries(12):
        plan(reading, by=cast.trainer)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_fault_has_words_of_its_own(language):
    with translation.override(language):
        words = [str(WORDS[fault][0]) for fault in Fault]

    assert len(set(words)) == len(Fault)
