"""One screen at a time, and the quiz. Nothing is written on GET; each POST answers with a redirect."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from wagtail.models import Revision

from content.models import GuidePage
from courses import answering, enrolling, grades, judging, keeping
from courses.forms import AnswerForm
from courses.models import Answer, Attempt, Enrolment, ModulePage, Question
from courses.statements import guide_id, term_id
from courses.states import ItemState, QuestionState, result_of
from courses.views.catalogue import enrolment_of, walk_of
from courses.views.frames import frame
from courses.walks import QUIZ, Place
from lms.people.guards import needs


@needs("C2")
@require_safe
def module(request, code, module):
    """Leads to where the learner goes on in this module."""
    enrolment = _enrolled(request, code)
    part = walk_of(enrolment).part(module) if enrolment else None
    if part is None or part.where_to_go_on is None:
        return redirect("courses:course", code=code)
    return redirect(part.where_to_go_on.url)


@needs("C2")
@require_safe
def screen(request, code, module, screen):
    enrolment = _enrolled(request, code)
    if enrolment is None:
        return redirect("courses:course", code=code)
    walk = walk_of(enrolment)
    page = get_object_or_404(ModulePage.objects.live(), translation_key=module, locale__language_code=enrolment.language)
    value = page.screen(screen)
    if value is None or walk.neighbour(module, screen, 0) is None:
        # The screen was taken out since she was last here.
        return redirect("courses:module", code=code, module=module)
    context = frame(request, walk, module, screen) | {
        "page": page,
        "screen": value,
        "states": _states(request, enrolment, module, value),
        "screen_number": page.screen_ids.index(screen) + 1,
        "screen_count": len(page.screen_ids),
    }
    return render(request, "courses/screen.html", context)


@needs("C2")
@require_POST
def leave(request, code, module, screen):
    """Next: the screen is seen."""
    enrolment = _enrolled_or_404(request, code)
    answering.leave_screen(enrolment, module=module, screen=screen)
    following = walk_of(enrolment_of(request, code)).neighbour(module, screen, 1)
    if following is None:
        return redirect("courses:course", code=code)
    enrolling.keep_place(enrolment, module=following.module, screen=following.screen)
    if following.module != module:
        enrolling.launch(enrolment, following.module)
    return redirect(following.url)


@needs("C2")
@require_POST
def check(request, code, module, screen):
    """Check: the answer is graded, and the verdict shown on the same screen."""
    enrolment = _enrolled_or_404(request, code)
    page = get_object_or_404(ModulePage.objects.live(), translation_key=module, locale__language_code=enrolment.language)
    question = _question_on(page, screen, request.POST.get("question", ""))
    place = Place(code, module, screen)
    if not question.live:
        return redirect(place.url)  # withdrawn since she opened the screen, where it stands no more
    form = AnswerForm(question.content, request.POST)
    if not form.is_valid():
        walk = walk_of(enrolment)
        value = page.screen(screen)
        states = _states(request, enrolment, module, value)
        states[question.translation_key].form = form
        context = frame(request, walk, module, screen) | {"page": page, "screen": value, "states": states}
        context |= {"screen_number": page.screen_ids.index(screen) + 1, "screen_count": len(page.screen_ids)}
        return render(request, "courses/screen.html", context, status=422)
    answering.answer_check(
        enrolment,
        module=module,
        question=question,
        response=form.cleaned_data["response"],
        try_number=form.cleaned_data["try_number"],
    )
    keeping.forget(request)
    enrolling.keep_place(enrolment, module=module, screen=screen)
    return redirect(f"{place.url}?answered={question.translation_key}")


@needs("C2")
@require_POST
def look_up(request, code, module, screen):
    """Opens a guide of the library, which leads back, or the meaning of a word on this screen."""
    enrolment = _enrolled_or_404(request, code)
    page = get_object_or_404(ModulePage.objects.live(), translation_key=module, locale__language_code=enrolment.language)
    place = Place(code, module, screen)
    key = request.POST.get("what", "")
    guide, term = _guide_on(page, screen, key), _term_on(page, screen, key)
    if guide:
        what, title = guide_id(settings.XAPI_BASE_IRI, guide.translation_key), guide.title
        target = f"{guide.url}?{urlencode({'from': place.url})}"
    elif term:
        what, title = term_id(settings.XAPI_BASE_IRI, term["key"]), term["term"]
        target = f"{place.url}?explained={term['key']}#t-{term['key']}"
    else:
        raise Http404
    answering.look_up(enrolment, module=module, what=what, title=title)
    enrolling.keep_place(enrolment, module=module, screen=screen)
    return redirect(target)


@needs("C2")
@require_safe
def quiz(request, code, module):
    """Before, between and after attempts."""
    enrolment = _enrolled(request, code)
    walk = walk_of(enrolment) if enrolment else None
    part = walk.part(module) if walk else None
    if part is None or part.outline.quiz is None:
        return redirect("courses:course", code=code)
    sat = Attempt.objects.filter(enrolment=enrolment, module=module, is_graded=True)
    attempts = list(sat.order_by("number").prefetch_related("regrades"))
    running = next((attempt for attempt in attempts if attempt.finished_at is None), None)
    judged = [attempt for attempt in attempts if attempt.result in {Attempt.Result.PASSED, Attempt.Result.FAILED}]
    failed = [attempt.finished_at for attempt in judged if attempt.result == Attempt.Result.FAILED]
    pause_ends = answering.pause_after(attempts)
    asked = {UUID(line["key"]) for line in judging.counted(running)} if running else set()
    context = frame(request, walk, module, QUIZ) | {
        "outline": part.outline,
        "running": running,
        "asked": len(asked),
        "answered": running.answers.filter(question__in=asked).count() if running else 0,
        "last": judged[-1] if judged else None,
        "result": result_of(judged[-1], walk) if judged else None,
        "attempts_left": grades.FREE_ATTEMPTS - len(failed),
        "pause_ends": pause_ends if pause_ends and pause_ends > timezone.now() else None,
    }
    return render(request, "courses/quiz.html", context)


@needs("C2")
@require_POST
def start_quiz(request, code, module):
    enrolment = _enrolled_or_404(request, code)
    try:
        attempt = answering.start_quiz(enrolment, module=module)
    except (answering.NotNow, answering.NothingToSit):
        return redirect("courses:quiz", code=code, module=module)  # the page says why
    if attempt.finished_at:
        return redirect("courses:quiz", code=code, module=module)  # the last open question was withdrawn
    answered = set(attempt.answers.values_list("question", flat=True))
    waiting = [line["key"] for line in judging.counted(attempt) if UUID(line["key"]) not in answered]
    open_places = [place for place, line in enumerate(attempt.drawn, start=1) if line["key"] in waiting]
    return redirect("courses:quiz_item", code=code, module=module, place=(open_places or [1])[0])


@needs("C2")
@require_safe
def quiz_item(request, code, module, place):
    enrolment = _enrolled(request, code)
    attempt = _sitting(enrolment, module) if enrolment else None
    if attempt is None or not 1 <= place <= len(attempt.drawn):
        return redirect("courses:quiz", code=code, module=module)
    return _show_item(request, enrolment, attempt, place)


@needs("C2")
@require_POST
def answer_quiz(request, code, module, place):
    """The one answer to an item; the last one ends the attempt."""
    enrolment = _enrolled_or_404(request, code)
    attempt = _sitting(enrolment, module)
    if attempt is None or not 1 <= place <= len(attempt.drawn):
        return redirect("courses:quiz", code=code, module=module)
    try:
        asked = answering.asked_item(attempt.drawn[place - 1])
    except Revision.DoesNotExist:
        return _show_item(request, enrolment, attempt, place)
    form = AnswerForm(asked.content, request.POST)
    if not form.is_valid():
        return _show_item(request, enrolment, attempt, place, form=form, status=422)
    answering.answer_item(enrolment, module=module, asked=asked, response=form.cleaned_data["response"])
    keeping.forget(request)
    return redirect("courses:quiz_item", code=code, module=module, place=place)


def _show_item(request, enrolment: Enrolment, attempt: Attempt, place: int, form=None, status: int = 200):
    walk = walk_of(enrolment)
    context = frame(request, walk, attempt.module, QUIZ) | {
        "place_number": place,
        "count": len(attempt.drawn),
        "attempt": attempt,
    }
    drawn = attempt.drawn[place - 1]
    answers = {answer.question: answer for answer in attempt.answers.all()}
    lines = judging.counted(attempt)
    answer = answers.get(UUID(drawn["key"]))
    context |= {
        "is_last": all(UUID(line["key"]) in answers for line in lines),
        "is_withdrawn": drawn not in lines,
        "can_go_on": answer is not None or drawn not in lines,
    }
    if drawn not in lines:
        return render(request, "courses/quiz_item.html", context)
    if attempt.finished_at and answer is None:
        return redirect("courses:quiz", code=walk.code, module=attempt.module)
    try:
        asked = answering.asked_item(drawn)
    except Revision.DoesNotExist:
        return render(request, "courses/quiz_changed.html", context, status=status)
    # Reason and source are read only for an item that is answered.
    reason = Revision.objects.get(pk=drawn["revision"]).content if answer else None
    context["item"] = ItemState(asked, answer, reason, form, keeping.kept_for(request))
    return render(request, "courses/quiz_item.html", context, status=status)


def _enrolled(request, code: str) -> Enrolment | None:
    return enrolment_of(request, code)


def _enrolled_or_404(request, code: str) -> Enrolment:
    enrolment = enrolment_of(request, code)
    if enrolment is None:
        raise Http404
    return enrolment


def _sitting(enrolment: Enrolment, module: UUID) -> Attempt | None:
    """The open attempt, or the last one, whose answers may still be looked at."""
    return Attempt.objects.filter(enrolment=enrolment, module=module, is_graded=True).order_by("number").last()


def _question_on(page: ModulePage, screen: str, key: str) -> Question:
    value = page.screen(screen)
    blocks = value["body"] if value else []
    found = [block.value for block in blocks if block.block_type == "question" and str(block.value.translation_key) == key]
    if not found:
        raise Http404
    return found[0]


def _guide_on(page: ModulePage, screen: str, key: str) -> GuidePage | None:
    found = [block["guide"] for block in _values_on(page, screen, "lookup") if block["guide"]]
    return next((guide for guide in found if str(guide.translation_key) == key and guide.live), None)


def _term_on(page: ModulePage, screen: str, key: str):
    terms = [term for block in _values_on(page, screen, "terms") for term in block["terms"]]
    return next((term for term in terms if key and term["key"] == key), None)


def _values_on(page: ModulePage, screen: str, kind: str) -> list:
    value = page.screen(screen)
    return [block.value for block in value["body"] if block.block_type == kind] if value else []


def _states(request, enrolment: Enrolment, module: UUID, value) -> dict[UUID, QuestionState]:
    """How each question of the screen stands with this learner; one query for all of them."""
    questions = [block.value for block in value["body"] if block.block_type == "question" and block.value and block.value.live]
    if not questions:
        return {}
    keys = [question.translation_key for question in questions]
    given = Answer.objects.filter(
        attempt__enrolment=enrolment, attempt__module=module, attempt__is_graded=False, question__in=keys
    ).order_by("attempt__number", "try_number")
    last = {answer.question: answer for answer in given}
    return {
        question.translation_key: QuestionState(
            question,
            last.get(question.translation_key),
            is_again=request.GET.get("again") == str(question.translation_key),
            is_fresh=request.GET.get("answered") == str(question.translation_key),
            kept=keeping.kept_for(request),
        )
        for question in questions
    }
