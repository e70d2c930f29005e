"""Acts of learning, by the verbs of the product."""

from courses import answering, enrolling
from courses.kinds.kind import Kind
from courses.models import Enrolment, Question
from tests.factories.course import stream


def enrol(person, made) -> Enrolment:
    return enrolling.enrol(person, made.course, language="en")


def right_answer(content: Kind) -> list[str]:
    return content.right_response


def wrong_answer(content: Kind) -> list[str]:
    return [next(option.key for option in content.options if not option.is_right)]


def read_module(enrolment: Enrolment, module) -> None:
    for screen in module.screen_ids:
        answering.leave_screen(enrolment, module=module.translation_key, screen=screen)
        answering.finish_scenario(enrolment, module=module.translation_key, screen=screen)


def sit_quiz(enrolment: Enrolment, module, *, wrong: set[str] = frozenset(), leave: int = 0):
    """Answers the drawn items rightly but for the codes in `wrong`; leaves the last `leave` open. Returns the attempt."""
    attempt = answering.start_quiz(enrolment, module=module.translation_key)
    for line in attempt.drawn[: len(attempt.drawn) - leave]:
        question = Question.objects.get(translation_key=line["key"])
        content = question.content
        response = wrong_answer(content) if question.code in wrong else right_answer(content)
        answering.answer_item(enrolment, module=module.translation_key, asked=answering.asked_item(line), response=response)
    attempt.refresh_from_db()
    return attempt


def complete(person, made) -> Enrolment:
    """Goes through the whole course and passes."""
    enrolment = enrol(person, made)
    for module in made.page.get_children().specific():
        read_module(enrolment, module)
    sit_quiz(enrolment, made.quiz)
    enrolment.refresh_from_db()
    return enrolment


def correct(question: Question, right: str, *, author, publisher) -> Question:
    """Somebody changes which option is right, and somebody else publishes it. Returns the question as it is then."""
    draft = question.get_latest_revision_as_object()
    raw = list(draft.body.raw_data)
    for option in raw[0]["value"]["options"]:
        value = option.get("value", option)
        value["is_right"] = value["key"] == right
    draft.body = stream(Question, "body", raw)
    draft.save_revision(user=author).publish(user=publisher)
    return Question.objects.get(pk=question.pk)
