"""What clients of the record store do to progress: what they may, and never more."""

import logging
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from courses import folding, statements
from courses.grounds import ground_of
from courses.models import Completion, Edition, Enrolment, FoldFault, ModuleProgress
from lms.days import today
from lms.people.models import PersonAlias
from lms.xapi import storing
from lms.xapi.models import Statement
from tests.factories.learning import complete, enrol, read_module, sit_quiz
from tests.factories.outside import MODULES, make_progress_client, told, told_all, void_of
from tests.lms.xapi.outside import make_outside


@pytest.fixture
def client_of_ours(db):
    return make_progress_client()


def done(enrolment) -> set:
    rows = ModuleProgress.objects.filter(enrolment=enrolment, completed_at__isnull=False)
    return set(rows.values_list("module", flat=True))


def assert_rebuild_agrees(capsys) -> None:
    capsys.readouterr()
    call_command("rebuild_progress", "--check")
    assert "0 differences." in capsys.readouterr().out


def test_a_client_with_the_right_moves_progress_and_a_rebuild_says_the_same(cast, course, client_of_ours, capsys):
    enrolment = enrol(cast.lea, course)

    answer = client_of_ours.post([told(enrolment, course.reading), told(enrolment, course.second)])

    assert answer.status_code == 200
    assert done(enrolment) == {course.reading.translation_key, course.second.translation_key}
    assert_rebuild_agrees(capsys)


def test_it_completes_the_course_where_the_rule_is_met(cast, course, client_of_ours):
    enrolment = enrol(cast.lea, course)

    client_of_ours.post(told_all(enrolment, course))

    assert (Completion.objects.get().person, cast.lea.certificates.count()) == (cast.lea, 1)


def test_without_the_right_nothing_moves(cast, course, capsys):
    enrolment = enrol(cast.lea, course)
    client = make_outside("all")

    answer = client.post(told_all(enrolment, course))

    assert (answer.status_code, done(enrolment), Completion.objects.count()) == (200, set(), 0)
    assert_rebuild_agrees(capsys)


def test_outside_its_prefix_it_is_refused_and_with_scope_all_ignored(cast, course, capsys):
    enrolment = enrol(cast.lea, course)
    prefix = f"{MODULES}{course.second.translation_key}"
    narrow = make_progress_client(prefix=prefix)
    wide = make_progress_client(prefix=prefix)
    wide.credential.scopes = ["all"]
    wide.credential.save(update_fields=["scopes"])

    answers = [client.post(told(enrolment, course.reading)).status_code for client in (narrow, wide)]

    assert (answers, done(enrolment)) == ([403, 200], set())
    assert_rebuild_agrees(capsys)


ACTORS = {
    "a colleague": lambda cast: {"account": {"homePage": "https://learn.test/xapi", "name": str(cast.ben.uuid)}},
    "her address": lambda cast: {"mbox": f"mailto:{cast.lea.email}"},
    "her openid": lambda cast: {"openid": f"https://id.example.org/{cast.lea.uuid}"},
    "another home page": lambda cast: {"account": {"homePage": "https://learn.test", "name": str(cast.lea.uuid)}},
    "a group": lambda cast: {
        "objectType": "Group",
        "account": {"homePage": "https://learn.test/xapi", "name": str(cast.lea.uuid)},
    },
    "capitals": lambda cast: {"account": {"homePage": "https://learn.test/xapi", "name": str(cast.lea.uuid).upper()}},
}


@pytest.mark.parametrize("actor", ACTORS)
def test_only_the_enrolled_person_under_her_pseudonym_counts(cast, course, client_of_ours, capsys, actor):
    enrolment = enrol(cast.lea, course)

    answer = client_of_ours.post(told(enrolment, course.reading, actor=ACTORS[actor](cast)))

    assert (answer.status_code, Statement.objects.filter(credential__isnull=False).count(), done(enrolment)) == (200, 1, set())
    assert_rebuild_agrees(capsys)


def test_a_pseudonym_that_came_with_a_joined_record_counts(cast, course, client_of_ours):
    enrolment = enrol(cast.lea, course)
    alias = PersonAlias.objects.create(uuid=uuid4(), person=cast.lea)
    actor = {"account": {"homePage": "https://learn.test/xapi", "name": str(alias.uuid)}}

    client_of_ours.post(told(enrolment, course.reading, actor=actor))

    assert done(enrolment) == {course.reading.translation_key}


def test_an_unknown_registration_is_stored_and_ignored(cast, course, client_of_ours):
    enrolment = enrol(cast.lea, course)
    act = told(enrolment, course.reading)
    act["context"]["registration"] = str(uuid4())

    assert client_of_ours.post(act).status_code == 200
    assert ModuleProgress.objects.count() == FoldFault.objects.count() == 0


def test_what_was_told_before_the_enrolment_counts_from_its_first_moment(cast, course, client_of_ours):
    """A registration is drawn by the enrolment; here somebody knew it before."""
    earlier = enrol(cast.lea, course)
    registration = uuid4()
    act = told(earlier, course.reading, actor={"account": {"homePage": "https://learn.test/xapi", "name": str(cast.ben.uuid)}})
    act["context"]["registration"] = str(registration)
    client_of_ours.post(act)
    later = Enrolment.objects.create(
        person=cast.ben,
        course=course.course,
        edition=earlier.edition,
        language="en",
        enrolled_at=timezone.now(),
        registration=registration,
    )

    storing.record([statements.registered(ground_of(Enrolment.objects.for_acts(today()).get(pk=later.pk)), title="")])

    assert done(later) == {course.reading.translation_key}


def test_taking_back_its_own_word_takes_the_progress_back(cast, course, client_of_ours, capsys):
    enrolment = enrol(cast.lea, course)
    act = told(enrolment, course.reading)
    client_of_ours.post([act, told(enrolment, course.second)])

    client_of_ours.post(void_of(act))

    assert done(enrolment) == {course.second.translation_key}
    assert_rebuild_agrees(capsys)


def test_threat_11_taking_back_its_own_word_withdraws_no_completion(cast, course, client_of_ours):
    enrolment = enrol(cast.lea, course)
    acts = told_all(enrolment, course)
    client_of_ours.post(acts)

    client_of_ours.post([void_of(act) for act in acts])

    assert Completion.objects.standing().get().person == cast.lea
    assert cast.lea.certificates.get().withdrawn_at is None


def test_it_takes_back_nothing_of_our_own_pages(cast, course, client_of_ours):
    enrolment = complete(cast.lea, course)
    own = Statement.objects.filter(registration=enrolment.registration)

    answers = {client_of_ours.post(void_of(told(enrolment, course.reading, id=str(row.id)))).status_code for row in own}

    assert (answers, own.filter(is_voided=True).count()) == ({403}, 0)


# --- faults --------------------------------------------------------------------------------------------------------------
def break_outline(enrolment) -> dict:
    """A row that nothing of ours would write. Returns what it was."""
    edition = Edition.objects.get(pk=enrolment.edition_id)
    whole = edition.outline
    modules = [{name: value for name, value in module.items() if name != "screens"} for module in whole["modules"]]
    Edition.objects.filter(pk=edition.pk).update(outline=whole | {"modules": modules})
    return whole


@pytest.fixture
def two(cast, course):
    """Lea's enrolment is in an edition whose row is broken, Ben's is whole."""
    lea, ben = enrol(cast.lea, course), enrol(cast.ben, course)
    twin = Edition.objects.get(pk=lea.edition_id)
    twin.pk, twin.major = None, 9
    twin.save()
    Enrolment.objects.filter(pk=lea.pk).update(edition=twin)
    lea.refresh_from_db()
    return lea, ben, break_outline(lea)


def test_what_cannot_be_folded_is_kept_and_nothing_else_suffers(course, client_of_ours, two, caplog):
    lea, ben, _whole = two
    acts = [told(lea, course.reading), told(ben, course.reading)]

    with caplog.at_level(logging.ERROR):
        answer = client_of_ours.post(acts)

    fault = FoldFault.objects.get()
    assert (answer.status_code, done(ben), done(lea)) == (200, {course.reading.translation_key}, set())
    assert (fault.registration, fault.statements, fault.kind, fault.tries) == (lea.registration, [acts[0]["id"]], "KeyError", 1)
    assert fault.place.startswith("courses/models/editions.py:")
    assert "were stored and not folded" in caplog.text


def test_a_second_fault_of_the_same_enrolment_joins_the_first(course, client_of_ours, two):
    lea, _ben, _whole = two
    acts = [told(lea, course.reading), told(lea, course.second)]

    for act in acts:
        client_of_ours.post(act)

    fault = FoldFault.objects.get()
    assert (fault.statements, fault.tries) == (sorted(act["id"] for act in acts), 2)


def test_the_job_tries_again_until_it_goes_well(course, client_of_ours, two, capsys):
    lea, _ben, whole = two
    client_of_ours.post(told_all(lea, course))

    first = folding.retry_faults()
    Edition.objects.filter(pk=lea.edition_id).update(outline=whole)
    second, third = folding.retry_faults(), folding.retry_faults()

    fault = FoldFault.objects.get()
    assert (first, second, third) == ("0 of 1 mended", "1 of 1 mended", "0 of 0 mended")
    assert (fault.tries, fault.resolved_at is not None, Completion.objects.get().enrolment) == (2, True, lea)
    assert_rebuild_agrees(capsys)


def test_on_our_own_pages_the_same_error_fails_the_request(course, two):
    lea, _ben, _whole = two
    before = Statement.objects.count()

    with pytest.raises(KeyError):
        read_module(lea, course.reading)

    assert (FoldFault.objects.count(), Statement.objects.count()) == (0, before)


def test_a_learner_goes_on_herself_after_what_a_client_told(cast, course, client_of_ours):
    enrolment = enrol(cast.lea, course)
    client_of_ours.post(told(enrolment, course.reading))

    read_module(enrolment, course.second)
    sit_quiz(enrolment, course.quiz)

    assert Completion.objects.get().enrolment == enrolment
