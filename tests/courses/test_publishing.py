import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask

from content.models import Fact
from content.second_person import PublishingRefused
from courses import publishing
from courses.models import Completion, Course, CoursePage, Edition, LanguageVersion, ModulePage, Question
from tests.factories.asking import make_line, make_planned
from tests.factories.course import add_course, add_module, make_course, make_fact, make_question, screen, stream
from tests.factories.learning import complete, enrol, read_module

DRAFT_TEXT = {"key": "a", "text": "T", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": [], "data": {}}


def numbers() -> list[str]:
    return [edition.number for edition in Edition.objects.order_by("major", "minor")]


def test_publishing_a_course_puts_its_modules_live_in_one_edition(course):
    edition = Edition.objects.get()

    assert (edition.number, edition.kind) == ("1.0", "first")
    assert [module.title("en") for module in edition.modules] == ["Reading", "Second", "Quiz"]
    assert ModulePage.objects.filter(live=True).count() == 3


def test_the_outline_says_what_counts(course):
    reading, _second, quiz = Edition.objects.get().outline["modules"]

    assert reading["screens"] == course.screens
    assert reading["questions"] == [
        {
            "key": str(course.check.translation_key),
            "revision": course.check.live_revision_id,
            "objective": "one",
            "must_pass": False,
        }
    ]
    assert quiz["rule"] == {
        "quiz": {"pass_mark": 75, "count": 4, "blueprint": {"one": 50, "two": 50}, "words": {"one": "The first"}}
    }
    assert {module["counts_from"] for module in (reading, quiz)} == {"1.0"}


def test_publishing_one_module_makes_a_minor_edition_and_takes_no_other_draft_along(course, cast):
    course.second.title = "Second, half done"
    course.second.save_revision()
    course.reading.title = "Reading again"

    course.reading.save_revision().publish(user=cast.publisher)

    edition = Edition.objects.latest("pk")
    assert (numbers(), edition.kind, edition.published_by) == (["1.0", "1.1"], "minor", cast.publisher)
    assert [module.title("en") for module in edition.modules] == ["Reading again", "Second", "Quiz"]


def test_publishing_the_course_takes_all_drafts_along_in_one_edition(course):
    for module in (course.reading, course.second):
        module.title += " new"
        module.save_revision()

    course.page.save_revision().publish()

    assert numbers() == ["1.0", "1.1"]
    assert [module.title("en") for module in Edition.objects.latest("pk").modules] == ["Reading new", "Second new", "Quiz"]


def test_a_changed_word_makes_an_edition(course):
    course.second.body[0].value["title"] = "Another word"

    course.second.save_revision().publish()

    assert numbers() == ["1.0", "1.1"]


def test_publishing_without_a_change_makes_no_edition(course):
    course.page.save_revision().publish()
    course.second.save_revision().publish()

    assert numbers() == ["1.0"]


def test_a_module_of_a_course_that_is_not_live_makes_no_edition(db):
    page = add_course("NEW", "New")
    module = add_module(page, "Alone", [screen("new one")])

    module.get_latest_revision().publish()

    assert (Edition.objects.count(), Course.objects.count()) == (0, 0)


def test_open_enrolments_move_along_and_keep_their_progress(cast, course):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)

    course.second.title = "Second again"
    course.second.save_revision().publish()

    enrolment.refresh_from_db()
    assert enrolment.edition.number == "1.1"
    assert enrolment.progress.get().completed_at is not None


def test_finished_enrolments_stay_with_their_edition(cast, course):
    enrolment = complete(cast.lea, course)

    add_module(CoursePage.objects.get(pk=course.page.pk), "Added", [screen("added")]).get_latest_revision().publish()

    enrolment.refresh_from_db()
    assert enrolment.edition.number == "1.0"
    assert Completion.objects.get().edition.number == "1.0"


def test_a_new_module_counts_from_its_own_edition(course):
    add_module(CoursePage.objects.get(pk=course.page.pk), "Added", [screen("added")]).get_latest_revision().publish()

    counts = {module["title"]["en"]: module["counts_from"] for module in Edition.objects.latest("pk").outline["modules"]}
    assert counts == {"Reading": "1.0", "Second": "1.0", "Quiz": "1.0", "Added": "1.1"}


def test_publishing_a_question_makes_an_edition_of_each_course_that_uses_it(course):
    make_course("TWO", key="33333333-3333-4333-8333-333333333333")
    course.check.rationale = "Better said."

    course.check.save_revision().publish()

    assert [str(edition) for edition in Edition.objects.order_by("pk")] == ["TST 1.0", "TWO 1.0", "TST 1.1"]


def test_unpublishing_moving_and_deleting_a_module_is_followed(course):
    course.second.unpublish()
    unpublished = [module.title("en") for module in Edition.objects.latest("pk").modules]
    course.quiz.refresh_from_db()
    course.quiz.move(course.reading, pos="left")
    moved = [module.title("en") for module in Edition.objects.latest("pk").modules]
    ModulePage.objects.get(pk=course.reading.pk).delete()
    deleted = [module.title("en") for module in Edition.objects.latest("pk").modules]

    assert (unpublished, moved, deleted) == (["Reading", "Quiz"], ["Quiz", "Reading"], ["Quiz"])


# --- what stands against publishing, by every door ----------------------------------------------------------------------


def unconfirmed_module(course) -> ModulePage:
    fact = make_fact("BAD", mark=Fact.Mark.UNCONFIRMED)
    page = CoursePage.objects.get(pk=course.page.pk)
    return add_module(page, "Unsure", [screen("unsure", {"type": "fact", "value": fact.pk})])


def test_an_unconfirmed_fact_blocks_a_module(course):
    module = unconfirmed_module(course)

    with pytest.raises(PublishingRefused, match="BAD"):
        module.get_latest_revision().publish()

    assert (ModulePage.objects.get(pk=module.pk).live, numbers()) == (False, ["1.0"])


def test_it_blocks_the_whole_course_and_nothing_goes_live(course):
    unconfirmed_module(course)
    course.second.title = "Second new"
    course.second.save_revision()

    with pytest.raises(PublishingRefused):
        course.page.save_revision().publish()

    assert ModulePage.objects.get(pk=course.second.pk).title == "Second"


def test_a_draft_question_blocks(course):
    question = Question(code="DRAFT", objective="one", rationale="Why.", source="S", live=False, body=course.check.body)
    question.save()
    module = add_module(
        CoursePage.objects.get(pk=course.page.pk), "Asks", [screen("asks", {"type": "question", "value": question.pk})]
    )

    with pytest.raises(PublishingRefused, match="DRAFT"):
        module.get_latest_revision().publish()


@pytest.mark.parametrize(
    ("change", "said"), [({"count": 9}, "more items"), ({"blueprint": [{"objective": "one", "share": 1}]}, "two")]
)
def test_an_impossible_quiz_blocks(course, change, said):
    raw = course.quiz.quiz.raw_data[0]["value"]
    course.quiz.quiz = stream(ModulePage, "quiz", [{"type": "quiz", "value": {**raw, **change}}])

    with pytest.raises(PublishingRefused, match=said):
        course.quiz.save_revision().publish()


def test_a_code_published_by_another_course_blocks(course):
    other = add_course("TST2", "Copy")
    other.code = "tst"
    other.save_revision(clean=False)

    with pytest.raises(PublishingRefused, match="code"):
        other.get_latest_revision().publish()


def test_the_button_in_the_editor_says_why_and_keeps_what_was_written(signed_in, cast, course):
    module = unconfirmed_module(course)
    client = signed_in(cast.publisher)

    response = client.post(
        f"/admin/pages/{module.pk}/edit/", editor_form(module, title="Kept") | {"action-publish": "1"}, follow=True
    )

    module = ModulePage.objects.get(pk=module.pk)
    assert "Unconfirmed facts stand in this module: BAD." in response.content.decode()
    assert (module.live, module.get_latest_revision_as_object().title) == (False, "Kept")


def test_the_button_in_the_editor_goes_through_the_verb(signed_in, cast, course):
    data = editor_form(course.second, title="Second by hand") | {"action-publish": "1"}

    response = signed_in(cast.publisher).post(f"/admin/pages/{course.second.pk}/edit/", data)

    edition = Edition.objects.latest("pk")
    assert (response.status_code, edition.number, edition.published_by) == (302, "1.1", cast.publisher)
    assert [module.title("en") for module in edition.modules] == ["Reading", "Second by hand", "Quiz"]


def editor_form(module: ModulePage, **values) -> dict:
    """What the editor's form would send for a module whose first screen holds a text and a fact."""
    screen_block = module.body.raw_data[0]
    data = {
        "title": module.title,
        "slug": module.slug,
        "minutes": module.minutes,
        "is_required": "on",
        "notice": 0,
        "notice_topic": "",
        "body-count": 1,
        "body-0-deleted": "",
        "body-0-order": 0,
        "body-0-type": "screen",
        "body-0-id": screen_block["id"],
        "body-0-value-title": screen_block["value"]["title"],
        "quiz-count": 0,
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
    }
    blocks = screen_block["value"]["body"]
    data["body-0-value-body-count"] = len(blocks)
    for position, block in enumerate(blocks):
        prefix = f"body-0-value-body-{position}"
        data |= {
            f"{prefix}-deleted": "",
            f"{prefix}-order": position,
            f"{prefix}-type": block["type"],
            f"{prefix}-id": block["id"],
        }
        data[f"{prefix}-value"] = (
            block["value"] if block["type"] == "fact" else json.dumps({"blocks": [DRAFT_TEXT], "entityMap": {}})
        )
    return data | values


def test_bulk_publishing_is_refused_politely(signed_in, cast, course):
    module = unconfirmed_module(course)

    response = signed_in(cast.publisher).post(
        f"/admin/bulk/wagtailcore/page/publish/?id={module.pk}", {"include_descendants": ""}
    )

    assert response.status_code == 302
    assert ModulePage.objects.get(pk=module.pk).live is False


def test_a_workflow_whose_approval_would_publish_is_refused_politely(signed_in, cast, course):
    module = unconfirmed_module(course)
    task = GroupApprovalTask.objects.create(name="Look")
    task.groups.set(cast.publisher.groups.all())
    workflow = Workflow.objects.create(name="Look")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    state = workflow.start(module, cast.trainer)

    url = f"/admin/pages/workflow/action/{module.pk}/approve/{state.current_task_state.pk}/"
    response = signed_in(cast.publisher).post(url, {"comment": ""})

    assert response.status_code == 302
    assert ModulePage.objects.get(pk=module.pk).live is False
    assert numbers() == ["1.0"]


def test_a_scheduled_revision_that_is_refused_does_not_stop_the_next(course):
    refused, fine = unconfirmed_module(course), course.second
    fine.title = "Second on time"
    for page in (refused, fine):
        revision = page.save_revision()
        revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
        revision.save()

    call_command("publish_scheduled", verbosity=0)

    assert ModulePage.objects.get(pk=refused.pk).live is False
    assert ModulePage.objects.get(pk=fine.pk).title == "Second on time"
    assert numbers() == ["1.0", "1.1"]


def test_a_date_in_the_future_publishes_then_and_not_before(course):
    course.second.title = "Second later"
    course.second.go_live_at = timezone.now() + timedelta(hours=1)

    course.second.save_revision().publish()

    assert numbers() == ["1.0"]


def test_publish_all_by_the_verb_is_safe_to_repeat(course):
    page = CoursePage.objects.get(pk=course.page.pk)

    assert publishing.publish(page) == publishing.publish(page) == Edition.objects.get()


def test_two_persons_for_the_key_of_a_question(cast, course):
    question = make_question("OWN")
    question.body[0].value["options"][0]["text"] = "changed"
    by_trainer = question.save_revision(user=cast.trainer)

    with pytest.raises(PublishingRefused):
        by_trainer.publish(user=cast.trainer)
    by_trainer.publish(user=cast.publisher)

    assert Question.objects.get(pk=question.pk).live_revision == by_trainer


def test_a_course_that_the_matrix_asked_for_is_taken_over_by_its_page(cast):
    line = make_line(make_planned("TST"))

    made = make_course()

    line.course.refresh_from_db()
    assert (made.course, line.course.key, line.course.title) == (line.course, made.page.translation_key, "Course TST")
    assert list(LanguageVersion.objects.values_list("edition__course", "language")) == [(line.course.pk, "en")]
