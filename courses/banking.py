"""Brings questions of a file into the bank, as drafts and all or none, and takes them out again.

How a kind stands in its block is said in `bank_kinds`.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from wagtail.log_actions import log
from wagtail.models import Locale

from content.models import Picture
from courses import bank_kinds, gift
from courses.bank_items import BankItem, BankOption, Body, Choices, Fault, Finding, Reading, TrueFalse, is_blank, shortened
from courses.models import Question
from courses.policies import QuestionPolicy
from lms.people.models import User

MOST_QUESTIONS = 500
# As long as the model allows.
LONGEST = {"course": 20, "objective": 40, "source": 300}
LONGEST_CODE = 40
USUAL_DIFFICULTY = 2
COMPARED = ("prompt", "body", "rationale", "course", "objective", "difficulty", "is_must_pass", "source")

DRAFTED = {"code", "body", "rationale", "course", "objective", "difficulty", "is_must_pass", "source"}


class BankChanged(ValueError):
    """What would be done now is not what was agreed to; nothing was done. Show it again."""


# --- out of the bank -----------------------------------------------------------------------------------------------------
def item_of(question: Question) -> BankItem | None:
    """The question as it stands in this object; None where a draft has no body yet, or one that is half empty."""
    for child in question.body:
        body = bank_kinds.body_of(child.block_type, child.value)
        if body is not None:
            return BankItem(
                question.code,
                child.value["prompt"] or "",
                body,
                question.rationale,
                course=question.course,
                objective=question.objective,
                difficulty=question.difficulty,
                is_must_pass=question.is_must_pass,
                source=question.source,
            )
    return None


@dataclass(frozen=True)
class Export:
    """`unfinished`: codes of drafts that no file would bring back."""

    items: tuple[BankItem, ...]
    unfinished: tuple[str, ...]

    @property
    def not_in_gift(self) -> list[str]:
        return [item.title for item in self.items if not gift.is_held(item.body)]


def exportable(by: User) -> Export:
    """The latest drafts of all questions within reach."""
    questions = Question.objects.filter(locale=Locale.get_default()).select_related("latest_revision").order_by("code")
    both = [(question.code, item_of(_drafted(question))) for question in QuestionPolicy(Question).within_reach(by, questions)]
    pictures = _pictures(item for _code, item in both if item)
    ready = [item for _code, item in both if item and not _faults(item, pictures)]
    codes = {item.title for item in ready}
    return Export(tuple(ready), tuple(code for code, _item in both if code not in codes))


def _drafted(question: Question) -> Question:
    """What files hold of the latest draft: without a query, which a whole revision takes."""
    drafted = copy(question)
    written = question.latest_revision.content if question.latest_revision else {}
    for name in DRAFTED & written.keys():
        field: Any = Question._meta.get_field(name)
        setattr(drafted, name, field.to_python(written[name]))
    return drafted


def _draft(question: Question) -> Question:
    return question.latest_revision.as_object() if question.latest_revision else question


# --- what a file would do ------------------------------------------------------------------------------------------------
class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Entry:
    """`changes`: the fields of the item in which it differs from the latest draft."""

    item: BankItem
    question: Question | None = None
    changes: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        if self.question is None:
            return State.NEW
        return State.CHANGED if self.changes else State.SAME


@dataclass(frozen=True)
class Plan:
    """What a file would do to the bank as it is now."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.fault.is_error]

    @property
    def notes(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.fault.is_error]

    @property
    def work(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.state is not State.SAME]

    @property
    def digest(self) -> str:
        """Stands for what was agreed to: the same for the same file while nobody touches these questions."""
        told = [(entry.item.title, entry.state, entry.question and entry.question.latest_revision_id) for entry in self.work]
        return sha256(json.dumps(told).encode()).hexdigest()


def plan(reading: Reading, *, by: User) -> Plan:
    """What would be done with the questions of a file, and everything that stands against it. Writes nothing."""
    findings = list(reading.findings)
    if len(reading.items) > MOST_QUESTIONS:
        return Plan((), (Finding(reading.items[MOST_QUESTIONS].line, Fault.TOO_MANY_QUESTIONS), *findings))
    pictures = _pictures(reading.items)
    items = [_kept(item, findings, pictures) for item in reading.items]
    times = Counter(item.title for item in items)
    known = _known(times)
    reached = set(QuestionPolicy(Question).within_reach(by, Question.objects.all()).values_list("pk", flat=True))
    entries: list[Entry] = []
    for item in items:
        faults = _faults(item, pictures)
        entry = _entry(item, known.get(item.title), pictures)
        if times[item.title] > 1:
            faults.append(Finding(item.line, Fault.CODE_TWICE, item.title, "code"))
        if entry.question and entry.question.pk not in reached:
            faults.append(Finding(item.line, Fault.CODE_TAKEN, item.title, "code"))
        elif entry.state is State.CHANGED and _is_locked(entry.question, by):
            faults.append(Finding(item.line, Fault.LOCKED, item.title, "code"))
        if not faults:
            entries.append(entry)
        findings += faults
    return Plan(tuple(entries), tuple(sorted(findings, key=lambda finding: finding.line)))


def _known(codes: Iterable[str]) -> dict[str, Question]:
    """Locked until the transaction ends, where there is one, so that nobody edits what is being replaced."""
    rows = (
        Question.objects.filter(locale=Locale.get_default(), code__in=list(codes))
        .select_related("latest_revision")
        .order_by("pk")
    )
    if transaction.get_connection().in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    return {question.code: question for question in rows}


def _pictures(items: Iterable[BankItem]) -> dict[str, Picture]:
    return bank_kinds.pictures_named({name for item in items for name in bank_kinds.references_in(item.body)})


def _entry(item: BankItem, question: Question | None, pictures: Mapping[str, Picture]) -> Entry:
    """A file that is silent about a field of a question that there is leaves it as it is."""
    if question is None:
        return Entry(replace(item, difficulty=item.difficulty or USUAL_DIFFICULTY))
    draft = _drafted(question)
    old = item_of(draft)
    was = _kept(old, [], pictures) if old else None
    kept = was or draft
    item = replace(
        item,
        rationale=item.rationale or kept.rationale,
        course=item.course or kept.course,
        objective=item.objective or kept.objective,
        difficulty=item.difficulty or kept.difficulty,
        source=item.source or kept.source,
    )
    changes = tuple(name for name in COMPARED if was is None or getattr(item, name) != getattr(was, name))
    return Entry(item, question, changes)


def _is_locked(question: Question | None, by: User) -> bool:
    lock = question.get_lock() if question else None
    return bool(lock and lock.for_user(by))


def _kept(item: BankItem, findings: list[Finding], pictures: Mapping[str, Picture]) -> BankItem:
    """The question as the bank would hold it. What is lost is added to the findings."""
    body, feedback = _without_feedback(item.body)
    rationale = item.rationale.strip() or "\n".join(feedback.right)
    if feedback.wrong or (feedback.right and item.rationale.strip()):
        findings.append(Finding(item.line, Fault.FEEDBACK, shortened(item.prompt)))
    if item.tags:
        findings.append(Finding(item.line, Fault.TAGS, shortened(", ".join(item.tags))))
    return replace(
        item,
        title=_code(item),
        prompt=item.prompt.strip(),
        body=bank_kinds.settled(body, pictures),
        rationale=rationale,
        course=item.course.strip(),
        objective=item.objective.strip(),
        source=" ".join(item.source.split()),
        tags=(),
        ident="",
        category="",
    )


@dataclass(frozen=True)
class _Feedback:
    right: list[str]
    wrong: list[str]


def _without_feedback(body: Body) -> tuple[Body, _Feedback]:
    if isinstance(body, TrueFalse):
        right, wrong = body.right_feedback.strip(), body.wrong_feedback.strip()
        return TrueFalse(body.is_true), _Feedback([right] if right else [], [wrong] if wrong else [])
    if isinstance(body, Choices):
        said = [(option.is_right, option.feedback.strip()) for option in body.options if option.feedback.strip()]
        options = (BankOption(option.text, option.is_right) for option in body.options)
        feedback = _Feedback([text for is_right, text in said if is_right], [text for is_right, text in said if not is_right])
        return Choices(tuple(options), body.is_several), feedback
    return body, _Feedback([], [])


def _code(item: BankItem) -> str:
    """Its title where that is short enough. Else one made of its words, the same each time, so that a file can be repeated."""
    title = " ".join(item.title.split())
    if 0 < len(title) <= LONGEST_CODE:
        return title
    made = sha256(f"{title}\n{item.prompt}".encode()).hexdigest()[:8]
    return f"{title[: LONGEST_CODE - 9].rstrip() or 'Q'}-{made}"


def _faults(item: BankItem, pictures: Mapping[str, Picture]) -> list[Finding]:
    texts = {name: getattr(item, name) for name in ("title", "prompt", "rationale", *LONGEST)}
    found = [Finding(item.line, Fault.NUL, column=name) for name, text in texts.items() if "\0" in text]
    for name, text in texts.items():
        if len(text) > LONGEST.get(name, len(text)):
            found.append(Finding(item.line, Fault.TOO_LONG, shortened(text), name))
    if is_blank(item.prompt):
        found.append(Finding(item.line, Fault.NO_PROMPT, item.title, "prompt"))
    for fault, detail, column in bank_kinds.faults_of(item.body, pictures):
        found.append(Finding(item.line, fault, detail or shortened(item.prompt), column))
    return found


# --- into the bank -------------------------------------------------------------------------------------------------------
def bring_in(reading: Reading, *, by: User, agreed: str) -> Plan:
    """Writes the questions of a file as drafts, all or none; what is in the bank already stays as it is.

    `agreed` is the digest of the plan that was shown. Raises BankChanged where the bank is another one by now.
    """
    try:
        with transaction.atomic():
            found = plan(reading, by=by)
            if found.errors or found.digest != agreed:
                raise BankChanged
            pictures = _pictures(entry.item for entry in found.work)
            for entry in found.work:
                _write(entry, by, pictures)
            return found
    except IntegrityError as error:  # somebody took one of the codes this very moment
        raise BankChanged from error


def _write(entry: Entry, by: User, pictures: Mapping[str, Picture]) -> None:
    question = _draft(entry.question) if entry.question else Question(locale=Locale.get_default(), live=False)
    item = entry.item
    question.code, question.rationale, question.source = item.title, item.rationale, item.source
    question.course, question.objective = item.course, item.objective
    question.difficulty, question.is_must_pass = item.difficulty, item.is_must_pass
    question.body = _body(question, item, pictures)
    if not question.live:
        question.save()
    if entry.question is None:
        log(instance=question, action="wagtail.create", user=by)
    question.save_revision(user=by, clean=False, log_action=entry.question is not None)


def _body(question: Question, item: BankItem, pictures: Mapping[str, Picture]) -> Any:
    old = [child.value for child in question.body]
    value = bank_kinds.block_value(item.prompt, item.body, old=old, pictures=pictures)
    block = {"type": bank_kinds.block_name(item.body), "id": str(uuid4()), "value": value}
    return Question._meta.get_field("body").to_python([block])
