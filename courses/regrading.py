"""Looks again at failed attempts in which a question was wrong. It only helps.

A question is wrong here if it was withdrawn, or if a later revision with another key was published. Passes stay passes, whatever
the new key says of them, and closed enrolments stay as they are: who has completed needs no help, and who is in her next cycle
has attempts of her own there. A failure that becomes a pass is told by new statements of that very attempt, under the edition and
on the day on which she sat it; the old ones stand. Who was asked the question and fails still may try again at once.

Each enrolment is looked at in a transaction of its own, in the order of keys, and what was looked at keeps a row: what is cut
short is gone on with by the next call.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import grades, judging
from courses.grounds import ground_of
from courses.kinds.kind import Kind
from courses.models import Attempt, Edition, Enrolment, Question, QuestionWithdrawal, Regrade
from courses.models.editions import OutlineModule
from courses.policies import QuestionPolicy
from courses.statements import Statement
from lms.days import day_of, today
from lms.people import recording
from lms.people.models import User
from lms.refusals import NotAllowed
from lms.xapi import storing

AT_ONCE = 500  # enrolments that are looked at together


@dataclass(frozen=True)
class Touched:
    """Numbers of people: whose failure becomes a pass, and who may try again at once."""

    passes: int
    again: int


@dataclass(frozen=True)
class Fault:
    """What is wrong with a question: `corrected` is its content with the new key, None where it is only withdrawn."""

    question: UUID
    code: str
    revision: int  # of the corrected content, or the withdrawn one
    corrected: Kind | None

    @property
    def failures(self) -> QuerySet[Attempt]:
        """Failed attempts in open enrolments in which it was answered, whose module is not passed and which nobody looked at."""
        passed = Attempt.objects.filter(enrolment=OuterRef("enrolment"), module=OuterRef("module"), result=Attempt.Result.PASSED)
        seen = Regrade.objects.filter(attempt=OuterRef("pk"), question=self.question, revision=self.revision)
        return Attempt.objects.filter(
            ~Exists(passed),
            ~Exists(seen),
            is_graded=True,
            result=Attempt.Result.FAILED,
            enrolment__closed_at=None,
            answers__question=self.question,
        )


def fault_of(question: Question) -> Fault | None:
    """What a failed attempt is looked at with: the live version, or none of it. None where it was never live, nor withdrawn."""
    versions = list(Question.objects.filter(translation_key=question.translation_key, live=True).select_related("locale"))
    versions.sort(key=lambda version: version.locale.language_code != settings.LANGUAGE_CODE)
    for live in versions[:1]:
        return Fault(live.translation_key, live.code, live.live_revision_id or 0, live.content)
    withdrawal = QuestionWithdrawal.objects.filter(question=question.translation_key).first()
    if withdrawal is None:
        return None
    return Fault(withdrawal.question, withdrawal.code, withdrawal.revision, None)


def touched_by(question: Question, *, by: User) -> Touched:
    """What `regrade` would do now; nothing is written."""
    fault = fault_of(question)
    if fault is None:
        return Touched(0, 0)
    enrolments = _enrolments(fault, by)
    portions = [enrolments[first : first + AT_ONCE] for first in range(0, len(enrolments), AT_ONCE)]
    return _counted([_result(looks) for portion in portions for looks in _looks(fault, portion).values()])


def regrade(question: Question, *, by: User) -> Touched:
    """Does it. Safe to repeat: who was helped already is not counted again. Raises NotAllowed.

    Nobody decides about herself: an attempt of her own waits for another publisher.
    """
    if not QuestionPolicy(Question).may_publish(by, question):
        raise NotAllowed(_("Only a publisher of the courses that use this question may do that."))
    fault = fault_of(question)
    if fault is None:
        raise NotAllowed(_("Withdraw the question or publish its correction first."))
    results = [_regrade(fault, pk, by) for pk in _enrolments(fault, by)]
    touched = _counted(results)
    recording.decided(
        by,
        "attempts regraded",
        {"question": fault.code, "revision": str(fault.revision)},
        purpose="A question was wrong.",
        count=touched.passes + touched.again,
    )
    return touched


@dataclass(frozen=True)
class _Look:
    """One failed attempt, looked at again."""

    attempt: Attempt
    edition: Edition  # under which it was sat
    verdicts: Sequence[grades.Verdict]
    question: str

    @property
    def is_touched(self) -> bool:
        return any(verdict.is_better for verdict in self.verdicts if verdict.key == self.question)

    @property
    def outline(self) -> OutlineModule | None:
        return self.edition.module(self.attempt.module)

    @cached_property
    def grade(self) -> grades.Grade:
        outline = self.outline
        quiz = outline.quiz if outline else None
        if quiz is None:
            return grades.Grade(0, 0, (), is_passed=False)
        return grades.regrade(self.verdicts, pass_mark=quiz["pass_mark"])

    @property
    def is_passed(self) -> bool:
        """A pass under an edition that counts no more would help nobody: she has to sit the new one in any case."""
        now = self.attempt.enrolment.edition.module(self.attempt.module)
        sat_in = (self.edition.major, self.edition.minor)
        return self.is_touched and self.grade.is_passed and now is not None and sat_in >= now.counts_from


def _enrolments(fault: Fault, by: User) -> list[int]:
    found = fault.failures.exclude(enrolment__person=by).values_list("enrolment", flat=True)
    return sorted(set(found))


def _looks(fault: Fault, enrolments: Sequence[int]) -> dict[int, list[_Look]]:
    """The touched attempts of these enrolments; of each module up to the first that is passed now. Five queries."""
    failures = fault.failures.filter(enrolment__in=enrolments).order_by("enrolment", "module", "number")
    attempts = list(failures.select_related("enrolment__edition__course").prefetch_related("answers"))
    withdrawn = QuestionWithdrawal.objects.among(line for attempt in attempts for line in attempt.drawn)
    editions = defaultdict(list)
    courses = {attempt.enrolment.course_id for attempt in attempts}
    for edition in Edition.objects.filter(course__in=courses).order_by("major", "minor"):
        editions[edition.course_id].append(edition)
    found: dict[int, list[_Look]] = {}
    for attempt in attempts:
        earlier = found.setdefault(attempt.enrolment_id, [])
        if any(look.is_passed and look.attempt.module == attempt.module for look in earlier):
            continue
        sat_in = _edition_of(attempt, editions[attempt.enrolment.course_id])
        look = _Look(attempt, sat_in, _verdicts(fault, attempt, withdrawn), str(fault.question))
        if look.is_touched:
            earlier.append(look)
    return found


def _verdicts(fault: Fault, attempt: Attempt, withdrawn: Collection[tuple[str, int]]) -> list[grades.Verdict]:
    given = {str(answer.question): answer for answer in attempt.answers.all()}
    found = []
    for line in attempt.drawn:
        answer = given.get(line["key"])
        is_looked_at = fault.corrected is not None and line["key"] == str(fault.question) and line["revision"] < fault.revision
        found.append(
            grades.Verdict(
                key=line["key"],
                is_must_pass=line["must_pass"],
                was_right=answer is not None and answer.is_right,
                is_withdrawn=(line["key"], line["revision"]) in withdrawn,
                is_right_now=bool(is_looked_at and answer and _is_right(fault.corrected, answer.response)),
            )
        )
    return found


def _is_right(content: Kind | None, response: Sequence[str]) -> bool:
    """An answer that the corrected question cannot have says nothing."""
    return content is not None and content.is_possible(response) and content.is_right(response)


def _edition_of(attempt: Attempt, editions: Sequence[Edition]) -> Edition:
    """The one in force when the attempt ended: open enrolments are moved along with each publication."""
    then = [edition for edition in editions if attempt.finished_at and edition.published_at <= attempt.finished_at]
    return [*editions[:1], *then][-1]


def _regrade(fault: Fault, enrolment: int, by: User) -> str:
    """One enrolment, locked first as in every act of learning. The result, empty where nobody is helped any more."""
    with transaction.atomic():
        Enrolment.objects.locked(today()).get(pk=enrolment)
        looks = _looks(fault, [enrolment]).get(enrolment, [])
        acts: list[Statement] = []
        for look in looks:
            if look.is_passed:
                acts += list(_pass(look))
            Regrade.objects.create(
                attempt=look.attempt,
                question=fault.question,
                revision=fault.revision,
                result=Regrade.Result.PASSED if look.is_passed else Regrade.Result.AGAIN,
                right=look.grade.right,
                total=look.grade.total,
                regraded_by=by,
                regraded_at=timezone.now(),
            )
        if acts:
            storing.record(acts)
        return _result(looks)


def _pass(look: _Look) -> Iterator[Statement]:
    """The attempt is passed, as of the day on which she sat it; one that she began since is not needed any more."""
    attempt, outline = look.attempt, look.outline
    if outline is None or attempt.finished_at is None:
        return
    attempt.result, attempt.score = Attempt.Result.PASSED, look.grade.scaled
    attempt.save(update_fields=["result", "score"])
    for running in Attempt.objects.filter(
        enrolment=attempt.enrolment_id, module=attempt.module, is_graded=True, finished_at=None
    ):
        judging.close_void(running)
    then = Enrolment.objects.for_acts(day_of(attempt.finished_at)).get(pk=attempt.enrolment_id)
    ground = ground_of(then, edition=look.edition, now=attempt.finished_at)
    yield from judging.acts_of(then, attempt, outline, look.grade, ground, edition=look.edition)


def _result(looks: Sequence[_Look]) -> str:
    if any(look.is_passed for look in looks):
        return Regrade.Result.PASSED
    return Regrade.Result.AGAIN if looks else ""


def _counted(results: Sequence[str]) -> Touched:
    return Touched(results.count(Regrade.Result.PASSED), results.count(Regrade.Result.AGAIN))
