"""Failed attempts are looked at again after a question was wrong: it only helps."""

from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates.models import Certificate
from courses import answering, regrading, tracking, withdrawing
from courses.models import Answer, Attempt, Completion, Edition, Enrolment, ModuleProgress, Question, Regrade
from courses.regrading import Touched
from courses.statements import VERBS, verb_id
from lms.days import day_of
from lms.people.models import AccessEntry
from lms.refusals import NotAllowed
from lms.xapi import queries
from tests.courses.cutting import dying_at
from tests.factories.learning import complete, correct, enrol, read_module, sit_quiz

CODES = ["TST-Q1", "TST-Q2", "TST-Q3", "TST-Q4", "TST-Q5"]


def item(code: str) -> Question:
    return Question.objects.get(code=f"TST-{code}")


def withdraw(code, cast):
    withdrawing.withdraw(item(code), by=cast.publisher, reason="The key is wrong.")


def regrade(code, cast) -> Touched:
    return regrading.regrade(item(code), by=cast.publisher)


def read_all(enrolment, course) -> Enrolment:
    read_module(enrolment, course.reading)
    read_module(enrolment, course.second)
    return enrolment


def failed(person, course, wrong, *, days_ago: int = 0) -> Attempt:
    """She has read everything and failed; so many days ago."""
    attempt = sit_quiz(read_all(enrol(person, course), course), course.quiz, wrong=wrong)
    attempt.finished_at -= timedelta(days=days_ago)
    attempt.save()
    Edition.objects.update(published_at=timezone.now() - timedelta(days=100))
    return attempt


def told(enrolment) -> list[dict]:
    stored = queries.of_registration(enrolment.registration, [verb_id(name) for name in VERBS])
    return [statement.statement for statement in stored]


def verbs_of(enrolment) -> list[str]:
    return [statement["verb"]["id"].rpartition("/")[2] for statement in told(enrolment)]


def is_rebuilt_alike() -> bool:
    out = StringIO()
    call_command("rebuild_progress", "--check", stdout=out)
    return out.getvalue().endswith("0 notes.\n0 differences.\n")


# --- what it does ------------------------------------------------------------------------------------------------------
def test_a_failure_that_hung_on_a_withdrawn_question_becomes_a_pass_of_that_day(cast, course):
    attempt = failed(cast.lea, course, {"TST-Q1"}, days_ago=9)
    before = told(attempt.enrolment)
    ModuleProgress.objects.update(completed_at=timezone.now() - timedelta(days=20))
    withdraw("Q1", cast)

    assert regrade("Q1", cast) == Touched(passes=1, again=0)

    completion = Completion.objects.get()
    assert (completion.completed_on, completion.person) == (day_of(attempt.finished_at), cast.lea)
    assert Certificate.objects.get().completed_on == completion.completed_on
    now = told(attempt.enrolment)
    assert (now[: len(before)], verbs_of(attempt.enrolment)[len(before) :]) == (before, ["passed", "completed", "completed"])
    assert now[len(before)]["result"] == {"success": True, "score": {"scaled": 1.0}}
    assert {one["context"]["revision"] for one in now[len(before) : -1]} == {"1.0"}
    attempt.refresh_from_db()
    assert (attempt.result, attempt.score) == ("passed", 1)


def test_what_it_wrote_is_what_a_rebuild_finds(cast, course):
    failed(cast.lea, course, {"TST-Q1"})
    failed(cast.ben, course, set(CODES))
    withdraw("Q1", cast)

    regrade("Q1", cast)

    assert is_rebuilt_alike()


def test_who_still_fails_may_try_again_at_once_though_there_is_a_pause(cast, course):
    failed(cast.lea, course, set(CODES))
    attempt = failed(cast.lea, course, set(CODES))
    withdraw("Q1", cast)
    with pytest.raises(answering.NotNow):
        answering.start_quiz(attempt.enrolment, module=course.quiz.translation_key)

    assert regrade("Q1", cast) == Touched(passes=0, again=1)

    assert answering.start_quiz(attempt.enrolment, module=course.quiz.translation_key).number == 3
    assert set(Attempt.objects.exclude(result="").values_list("result", flat=True)) == {"failed"}


def test_a_corrected_key_makes_a_wrong_answer_right(cast, course):
    """Those who chose what was right all along."""
    attempt = failed(cast.lea, course, {"TST-Q1"})
    chosen = Answer.objects.get(is_right=False).response
    correct(item("Q1"), chosen[0], author=cast.trainer, publisher=cast.publisher)

    assert regrade("Q1", cast) == Touched(passes=1, again=0)

    attempt.refresh_from_db()
    assert (attempt.result, attempt.score, Completion.objects.count()) == ("passed", 1, 1)


def test_a_question_that_was_withdrawn_and_then_corrected_counts_for_whom_it_helps(cast, course):
    """Three of four are right by the new key, two of three without the question: only the first is a pass."""
    failed(cast.lea, course, {"TST-Q1", "TST-Q2"})
    chosen = Answer.objects.get(question=item("Q1").translation_key).response
    withdraw("Q1", cast)
    correct(item("Q1"), chosen[0], author=cast.trainer, publisher=cast.publisher)

    assert regrade("Q1", cast) == Touched(passes=1, again=0)


def test_a_pass_stays_a_pass_though_the_new_key_would_make_it_fail(cast, course):
    complete(cast.lea, course)
    before = told(Enrolment.objects.get())
    correct(item("Q1"), "a", author=cast.trainer, publisher=cast.publisher)

    assert regrade("Q1", cast) == Touched(0, 0)

    assert (Attempt.objects.get(is_graded=True).result, Completion.objects.standing().count()) == ("passed", 1)
    assert told(Enrolment.objects.get()) == before


def test_who_chose_the_old_key_and_failed_for_another_reason_is_not_touched(cast, course):
    failed(cast.lea, course, {"TST-Q2", "TST-Q3", "TST-Q4", "TST-Q5"})
    correct(item("Q1"), "a", author=cast.trainer, publisher=cast.publisher)

    assert regrade("Q1", cast) == Touched(0, 0)


def test_a_correction_of_words_touches_nobody(cast, course):
    failed(cast.lea, course, {"TST-Q1"})
    correct(item("Q1"), "b", author=cast.trainer, publisher=cast.publisher)

    assert regrade("Q1", cast) == Touched(0, 0)


def test_who_passed_a_later_attempt_needs_no_help(cast, course):
    attempt = failed(cast.lea, course, {"TST-Q1"})
    sit_quiz(attempt.enrolment, course.quiz)
    withdraw("Q1", cast)

    assert regrade("Q1", cast) == Touched(0, 0)


def test_a_closed_enrolment_is_left_as_it_is_and_so_is_the_next_cycle(cast, course):
    attempt = failed(cast.lea, course, {"TST-Q1"})
    old = attempt.enrolment
    Enrolment.objects.update(closed_at=timezone.now(), closed_because="withdrawn")
    renewed = Enrolment.objects.create(
        person=cast.lea, course=course.course, edition=old.edition, language="en", cycle=2, enrolled_at=timezone.now()
    )
    withdraw("Q1", cast)

    assert regrade("Q1", cast) == Touched(0, 0)
    assert (Completion.objects.count(), renewed.attempts.count()) == (0, 0)


def test_an_attempt_begun_since_is_not_needed_any_more(cast, course):
    attempt = failed(cast.lea, course, {"TST-Q1"})
    running = sit_quiz(attempt.enrolment, course.quiz, leave=2)
    withdraw("Q1", cast)

    regrade("Q1", cast)

    running.refresh_from_db()
    assert (running.result, Completion.objects.count()) == ("void", 1)


def test_the_first_attempt_that_passes_now_is_the_one(cast, course):
    first = failed(cast.lea, course, {"TST-Q1"}, days_ago=5)
    second = failed(cast.lea, course, {"TST-Q1"}, days_ago=1)
    withdraw("Q1", cast)

    regrade("Q1", cast)

    assert [Attempt.objects.get(pk=attempt.pk).result for attempt in (first, second)] == ["passed", "failed"]
    assert ModuleProgress.objects.get(module=course.quiz.translation_key).passed_at.date() == first.finished_at.date()


def test_a_module_that_changed_in_substance_since_is_to_be_sat_anew(cast, course):
    """Its old attempt would pass under a rule that counts no more."""
    attempt = failed(cast.lea, course, {"TST-Q1"}, days_ago=5)
    withdraw("Q1", cast)
    newest = Edition.objects.latest("pk")
    newest.outline["modules"][2]["counts_from"] = newest.number
    newest.save()

    assert regrade("Q1", cast) == Touched(passes=0, again=1)

    attempt.refresh_from_db()
    assert attempt.result == "failed"


def test_her_own_attempt_waits_for_another_publisher(cast, course):
    failed(cast.publisher, course, {"TST-Q1"})
    withdraw("Q1", cast)

    assert regrading.touched_by(item("Q1"), by=cast.publisher) == Touched(0, 0)
    assert regrade("Q1", cast) == Touched(0, 0)


# --- who, and how often --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["trainer", "lea", "admin", "hr"])
def test_nobody_but_a_publisher_does_it(cast, course, who):
    failed(cast.ben, course, {"TST-Q1"})
    withdraw("Q1", cast)

    with pytest.raises(NotAllowed):
        regrading.regrade(item("Q1"), by=getattr(cast, who))

    assert Regrade.objects.count() == 0


def test_it_is_logged_with_a_number_and_no_names(cast, course):
    failed(cast.lea, course, {"TST-Q1"})
    withdraw("Q1", cast)

    regrade("Q1", cast)

    entry = AccessEntry.objects.get(what="attempts regraded")
    assert (entry.actor, entry.person, entry.count, entry.selection["question"]) == (cast.publisher, None, 1, "TST-Q1")


def test_what_it_would_do_is_said_before_and_nothing_is_written(cast, course):
    failed(cast.lea, course, {"TST-Q1"})
    failed(cast.ben, course, set(CODES))
    withdraw("Q1", cast)

    assert regrading.touched_by(item("Q1"), by=cast.publisher) == Touched(passes=1, again=1)
    assert (Regrade.objects.count(), Completion.objects.count()) == (0, 0)


def test_done_twice_it_is_done_once(cast, course):
    failed(cast.lea, course, {"TST-Q1"})
    failed(cast.ben, course, set(CODES))
    withdraw("Q1", cast)
    regrade("Q1", cast)
    before = [told(enrolment) for enrolment in Enrolment.objects.order_by("pk")]

    assert (regrading.touched_by(item("Q1"), by=cast.publisher), regrade("Q1", cast)) == (Touched(0, 0), Touched(0, 0))

    assert [told(enrolment) for enrolment in Enrolment.objects.order_by("pk")] == before
    assert (Completion.objects.count(), Certificate.objects.count(), Regrade.objects.count()) == (1, 1, 2)


def test_cut_short_in_the_middle_it_is_gone_on_with(cast, course):
    """The second person's turn fails: the first is helped and stays so, the second is helped next time."""
    for person in (cast.lea, cast.ben):
        failed(person, course, {"TST-Q1"})
    withdraw("Q1", cast)

    with pytest.raises(ConnectionError), dying_at('INSERT INTO "courses_regrade"', time=2):
        regrade("Q1", cast)
    after_death = (Completion.objects.count(), Regrade.objects.count())

    assert (after_death, regrade("Q1", cast)) == ((1, 1), Touched(passes=1, again=0))
    assert (Completion.objects.count(), Certificate.objects.count()) == (2, 2)
    assert is_rebuilt_alike()


@pytest.mark.parametrize("people", [1, 3])
def test_looking_costs_the_same_for_one_and_for_three(cast, course, people, django_assert_max_num_queries):
    for person in (cast.lea, cast.ben, cast.nora)[:people]:
        failed(person, course, {"TST-Q1"})
    withdraw("Q1", cast)
    question = item("Q1")

    with django_assert_max_num_queries(7):
        regrading.touched_by(question, by=cast.publisher)


# --- it only helps -------------------------------------------------------------------------------------------------------
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tries=st.lists(st.tuples(st.sampled_from(["lea", "ben", "nora"]), st.sets(st.sampled_from(CODES))), max_size=5),
    events=st.lists(st.tuples(st.sampled_from(["Q1", "Q2"]), st.sampled_from(["withdraw", "a", "c"])), max_size=3),
)
def test_whatever_was_answered_and_corrected_nobody_is_worse_off(cast, course, tries, events):
    with transaction.atomic():
        for name, wrong in tries:
            enrolment = read_all(enrol(getattr(cast, name), course), course)
            if enrolment.is_open and Attempt.objects.filter(enrolment=enrolment, result="failed").count() < 2:
                sit_quiz(enrolment, course.quiz, wrong=wrong)
        completions = list(Completion.objects.values())
        passes = set(Attempt.objects.filter(result="passed").values_list("pk", "score"))
        before = {enrolment: told(enrolment) for enrolment in Enrolment.objects.all()}
        for code, event in events:
            if event == "withdraw":
                withdraw(code, cast)
            else:
                correct(item(code), event, author=cast.trainer, publisher=cast.publisher)
            promised = regrading.touched_by(item(code), by=cast.publisher)
            assert regrade(code, cast) == promised
            assert regrade(code, cast) == Touched(0, 0)

        kept = [row for row in Completion.objects.values() if row["id"] in {one["id"] for one in completions}]
        assert kept == completions
        assert passes <= set(Attempt.objects.filter(result="passed").values_list("pk", "score"))
        assert all(told(enrolment)[: len(said)] == said for enrolment, said in before.items())
        assert all(tracking.check(enrolment).differences == [] for enrolment in Enrolment.objects.with_course())
        assert Completion.objects.count() == Enrolment.objects.filter(closed_because="completed").count()
        assert {str(one) for one in Regrade.objects.values_list("question", flat=True)} <= {
            str(UUID(str(item(code).translation_key))) for code, _ in events
        }
        transaction.set_rollback(True)
