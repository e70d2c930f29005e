"""Folding: any order, any number of times, the same progress; a rebuild equals what live folding gave."""

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from courses import answering, statements, tracking
from courses.models import Completion, ModuleProgress
from courses.models.editions import OutlineModule
from courses.statements import Ground
from lms.xapi.signals import StoredStatement
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
