"""Folding: any order, any number of times, the same progress; a rebuild equals what live folding gave."""

import contextlib
import io
import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from courses import answering, statements, tracking
from courses.models import Completion, Enrolment, ModulePage, ModuleProgress
from courses.models.editions import OutlineModule
from courses.statements import Ground
from lms.days import today
from lms.xapi import queries, storing
from lms.xapi.signals import StoredStatement
from tests.factories.course import make_course
from tests.factories.learning import complete, enrol, read_module, sit_quiz

BASE = "https://learn.test/xapi"
MODULES = [UUID(int=number) for number in (1, 2)]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def outline(key: UUID) -> OutlineModule:
    return OutlineModule(
        {"key": str(key), "screens": ["s1", "s2"], "required": True, "minutes": 1, "rule": {}, "counts_from": "1.2"}
    )


ENROLMENT = SimpleNamespace(
    edition=SimpleNamespace(module=lambda key: outline(key) if key in MODULES else None), registration=uuid4()
)


@st.composite
def acts(draw):
    ground = Ground(
        base=BASE,
        actor=UUID(int=9),
        registration=ENROLMENT.registration,
        secret=UUID(int=8),
        course=UUID(int=7),
        edition=draw(st.sampled_from(["1.1", "1.2", "1.3", "2.0"])),
        language="en",
        structure="",
        now=NOON + timedelta(minutes=draw(st.integers(0, 500))),
    )
    module = draw(st.sampled_from([*MODULES, UUID(int=3)]))
    statement = draw(
        st.sampled_from(
            [
                statements.experienced(ground, module=module, screen="s1", title=""),
                statements.experienced(ground, module=module, screen="s2", title=""),
                statements.module_completed(ground, module=module, title=""),
                statements.module_judged(ground, module=module, title="", attempt=1, is_passed=True, scaled=1),
                statements.module_judged(ground, module=module, title="", attempt=2, is_passed=False, scaled=0),
            ]
        )
    )
    return StoredStatement(1, uuid4(), NOON, ground.now, statement, moves_progress=draw(st.booleans()))


def folded(batch) -> dict:
    """The fold itself, without a database."""
    rows: dict[UUID, ModuleProgress] = {}
    for stored in batch:
        sign = tracking._sign(ENROLMENT, stored)
        if sign:
            row = rows.setdefault(sign.module, ModuleProgress(module=sign.module))
            tracking._apply(sign, row)
    return {module: tracking._state(row) for module, row in rows.items()}


@given(st.lists(acts(), max_size=12), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_any_order_and_any_number_of_times_give_the_same(batch, chance):
    once = folded(batch)

    repeated = batch + chance.sample(batch, len(batch))
    chance.shuffle(repeated)
    assert folded(repeated) == once


@given(st.lists(acts(), max_size=12))
def test_only_senders_who_may_move_progress_do(batch):
    assert folded(batch) == folded([stored for stored in batch if stored.moves_progress])


def test_a_module_counts_from_the_edition_in_which_it_changed():
    old = Ground(BASE, UUID(int=9), uuid4(), UUID(int=8), UUID(int=7), "1.1", "en", "", NOON)
    statement = statements.module_completed(old, module=MODULES[0], title="")

    assert folded([StoredStatement(1, uuid4(), NOON, NOON, statement, moves_progress=True)]) == {}


def test_live_progress_equals_a_rebuild(cast, course, capsys):
    complete(cast.lea, course)
    enrolment = enrol(cast.ben, course)
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"})
    live = list(
        ModuleProgress.objects.order_by("enrolment", "module").values(
            "enrolment", "module", "screens", "completed_at", "passed_at"
        )
    )

    call_command("rebuild_progress", "--check")
    call_command("rebuild_progress")

    rebuilt = ModuleProgress.objects.order_by("enrolment", "module")
    assert list(rebuilt.values("enrolment", "module", "screens", "completed_at", "passed_at")) == live
    assert "0 differences." in capsys.readouterr().out


def rows_of(*enrolments) -> list[dict]:
    rows = ModuleProgress.objects.filter(enrolment__in=enrolments).order_by("enrolment", "module")
    return list(rows.values("enrolment", "module", "screens", "completed_at", "passed_at"))


class Learning:
    """Two learners of one course and a third of another, who do what they are told; what cannot be done is not."""

    def __init__(self, cast, made, other):
        self.enrolments = [enrol(cast.lea, made), enrol(cast.ben, made), enrol(cast.lea, other)]
        self.made = dict(zip(self.enrolments, (made, made, other), strict=True))

    def screen(self, enrolment, number: int) -> None:
        made = self.made[enrolment]
        places = [(module, screen) for module in (made.reading, made.second, made.quiz) for screen in module.screen_ids]
        module, screen = places[number % len(places)]
        answering.leave_screen(enrolment, module=module.translation_key, screen=screen)

    def quiz(self, enrolment, number: int) -> None:
        made = self.made[enrolment]
        with contextlib.suppress(answering.NotNow, answering.NothingToSit):
            sit_quiz(enrolment, made.quiz, wrong={f"{made.page.code}-Q1"} if number % 2 else set())

    def late(self, enrolment, number: int) -> None:
        """A device tells today of what was done some days ago."""
        made, ground = self.made[enrolment], _ground(enrolment)
        module = (made.reading, made.second, made.quiz)[number % 3].translation_key
        act = (
            statements.module_judged(ground, module=module, title="", attempt=50 + number, is_passed=number % 2 == 0, scaled=1)
            if number % 4
            else statements.experienced(ground, module=module, screen=f"late-{number}", title="")
        )
        storing.record([act | {"timestamp": (timezone.now() - timedelta(days=number)).isoformat()}])

    def correction(self, enrolment, number: int) -> None:
        """One of her statements is taken back."""
        told = list(queries.of_registration(enrolment.registration, tracking.FOLDED_VERBS))
        if told:
            target = told[number % len(told)]
            void = {"objectType": "StatementRef", "id": str(target.id)}
            storing.record([{"actor": target.statement["actor"], "verb": {"id": statements.verb_id("voided")}, "object": void}])

    def publication(self, enrolment, number: int) -> None:
        """A module goes off line, or comes back."""
        page = ModulePage.objects.get(pk=self.made[enrolment].second.pk)
        if page.live:
            page.unpublish()
        else:
            page.get_latest_revision().publish()


ACTS = ["screen", "screen", "screen", "quiz", "late", "correction", "publication"]


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(ACTS), st.integers(0, 30)), min_size=5, max_size=30))
@settings(
    deadline=None,
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example is a life: making it short takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_people_do_a_rebuild_equals_live_and_completions_stay(cast, course, acts):
    with transaction.atomic():
        other = make_course("OTH", key=UUID("33333333-3333-4333-8333-333333333333"))
        learning = Learning(cast, course, other)
        for who, what, number in acts:
            enrolment = Enrolment.objects.for_acts(today()).get(pk=learning.enrolments[who].pk)
            getattr(learning, what)(enrolment, number)
        live, completed = rows_of(*learning.enrolments), list(Completion.objects.order_by("pk").values())
        told = [queries.of_registration(enrolment.registration, tracking.FOLDED_VERBS) for enrolment in learning.enrolments]
        shuffled = [list(statements_of_one)[::-1] for statements_of_one in told]

        found = [tracking.check(enrolment).differences for enrolment in Enrolment.objects.with_course()]
        call_command("rebuild_progress", stdout=io.StringIO())
        rebuilt = rows_of(*learning.enrolments)
        ModuleProgress.objects.all().delete()
        for enrolment, backwards in zip(Enrolment.objects.with_course().order_by("pk"), shuffled, strict=True):
            for stored in [*backwards, *backwards]:
                tracking.fold(enrolment, [stored])

        assert found == [[], [], []]
        assert rebuilt == live
        assert rows_of(*learning.enrolments) == live
        assert list(Completion.objects.order_by("pk").values()) == completed
        transaction.set_rollback(True)


def test_a_module_that_was_away_comes_back_as_what_it_was(cast, course):
    """What she did in it counts still, live and after a rebuild, and she can go on to the end."""
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.second)
    live = rows_of(enrolment)

    course.second.unpublish()
    away = (rows_of(enrolment), tracking.check(Enrolment.objects.get(pk=enrolment.pk)).differences)
    course.second.get_latest_revision().publish()
    call_command("rebuild_progress")

    assert away == (live, [])
    assert rows_of(enrolment) == live
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz)
    assert Completion.objects.count() == 1


def test_a_statement_that_is_taken_back_takes_its_progress_along_and_no_completion(cast, course):
    done, open_one = complete(cast.ben, course), enrol(cast.lea, course)
    read_module(open_one, course.second)
    for enrolment in (done, open_one):
        [target] = [
            stored
            for stored in queries.of_registration(enrolment.registration, [statements.verb_id("completed")])
            if str(course.second.translation_key) in stored.statement["object"]["id"]
        ]
        void = {"objectType": "StatementRef", "id": str(target.id)}
        storing.record([{"actor": target.statement["actor"], "verb": {"id": statements.verb_id("voided")}, "object": void}])

    rows = ModuleProgress.objects.filter(module=course.second.translation_key)

    assert list(rows.values_list("completed_at", flat=True)) == [None, None]
    assert Completion.objects.get().person == cast.ben
    call_command("rebuild_progress", "--check")


def test_a_late_statement_that_allows_an_earlier_completion_is_a_note_and_moves_no_date(cast, course, capsys):
    enrolment = enrol(cast.lea, course)
    last_week = timezone.now() - timedelta(days=7)
    for module in (course.reading, course.second):
        read_module(enrolment, module)
    sit_quiz(enrolment, course.quiz)
    before = Completion.objects.values().get()
    ground = _ground(Enrolment.objects.for_acts(today()).get(pk=enrolment.pk))
    early = [statements.module_judged(ground, module=course.quiz.translation_key, title="", attempt=9, is_passed=True, scaled=1)]
    early += [
        statements.module_completed(ground, module=module.translation_key, title="", attempt=9)
        for module in (course.reading, course.second)
    ]

    call_command("rebuild_progress", "--check")
    first = capsys.readouterr().out
    storing.record([act | {"timestamp": last_week.isoformat()} for act in early])
    call_command("rebuild_progress", "--check")

    assert first == "0 notes.\n0 differences.\n"
    note, *counts = capsys.readouterr().out.splitlines()
    assert note.startswith(f"Note: {enrolment.registration} was completed on {before['completed_at']}; its statements allow ")
    assert f"{last_week.astimezone(UTC):%Y-%m-%d %H:%M}" in note
    assert counts == ["1 notes.", "0 differences."]
    assert Completion.objects.values().get() == before


def test_a_difference_is_named_and_a_rebuild_mends_it(cast, course, capsys):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    ModuleProgress.objects.filter(enrolment=enrolment).update(screens=["invented"])

    with pytest.raises(SystemExit):
        call_command("rebuild_progress", "--check")
    call_command("rebuild_progress")
    call_command("rebuild_progress", "--check")

    assert str(enrolment.registration) in capsys.readouterr().out


def test_a_rebuild_never_touches_completions(cast, course):
    complete(cast.lea, course)
    before = Completion.objects.values().get()

    ModuleProgress.objects.all().delete()
    call_command("rebuild_progress")

    assert Completion.objects.values().get() == before


def test_a_fail_after_a_pass_undoes_nothing(cast, course):
    enrolment = enrol(cast.lea, course)
    sit_quiz(enrolment, course.quiz)
    passed_at = ModuleProgress.objects.get(module=course.quiz.translation_key).passed_at

    late = statements.module_judged(
        _ground(enrolment), module=course.quiz.translation_key, title="", attempt=2, is_passed=False, scaled=0.1
    )
    tracking.fold(enrolment, [StoredStatement(1, uuid4(), NOON, NOON, late, moves_progress=True)])

    assert ModuleProgress.objects.get(module=course.quiz.translation_key).passed_at == passed_at


def test_the_same_screen_left_twice_is_one_statement(cast, course):
    enrolment = enrol(cast.lea, course)

    for _ in range(3):
        answering.leave_screen(enrolment, module=course.reading.translation_key, screen=course.screens[0])

    assert ModuleProgress.objects.get().screens == [course.screens[0]]


def _ground(enrolment) -> Ground:
    return Ground(
        BASE, enrolment.person.uuid, enrolment.registration, enrolment.secret, enrolment.course.key, "1.0", "en", "", NOON
    )


def test_shuffled_live_order_gives_the_same_progress(cast, course):
    enrolment = enrol(cast.lea, course)
    screens = [(module.translation_key, screen) for module in (course.reading, course.second) for screen in module.screen_ids]
    random.Random(3).shuffle(screens)

    for module, screen in screens:
        answering.leave_screen(enrolment, module=module, screen=screen)

    rows = ModuleProgress.objects.filter(enrolment=enrolment, completed_at__isnull=False)
    assert set(rows.values_list("module", flat=True)) == {course.reading.translation_key, course.second.translation_key}
