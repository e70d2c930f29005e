"""Which courses there are, and one of them."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certificates.models import Certificate
from courses import completing, enrolling, renewals
from courses.models import Completion, Course, CoursePage, Edition, Enrolment, ModuleProgress, Regrade
from courses.walks import Walk
from lms.days import today
from lms.people.guards import needs


@needs("C2")
@require_safe
def catalogue(request):
    pages = list(
        CoursePage.objects.live().filter(locale__language_code=settings.LANGUAGE_CODE).select_related("locale").order_by("path")
    )
    keys = [page.translation_key for page in pages]
    editions = {edition.course.key: edition for edition in Edition.objects.latest_of(keys)}
    enrolments = Enrolment.objects.standing().latest_of(request.user).filter(course__key__in=keys).select_related("course")
    mine = {enrolment.course.key: enrolment for enrolment in enrolments}
    cards = [
        {"page": page, "edition": editions[page.translation_key], "enrolment": mine.get(page.translation_key)}
        for page in pages
        if page.translation_key in editions
    ]
    return render(request, "courses/catalogue.html", {"cards": cards, "today": today()})


@needs("C2")
@require_safe
def course(request, code):
    page = live_course_page(code)
    enrolment = enrolment_of(request, code)
    context = {"page": page, "enrolment": enrolment, "today": today()}
    if enrolment is None:
        edition = get_object_or_404(Edition.objects.latest_of([page.translation_key]))
        parts = [{"text": module.title(page.locale.language_code), "minutes": module.minutes} for module in edition.modules]
        context |= {"edition": edition, "parts": parts, "test_out": edition if edition.has_test_out else None}
        return render(request, "courses/course.html", context | _left_to_experts(edition, page.locale.language_code))
    walk = walk_of(enrolment)
    completion = Completion.objects.standing().select_related("edition").filter(enrolment=enrolment).first()
    certificate = Certificate.objects.current().filter(award=completion.uuid).first() if completion else None
    context["may_renew"] = completion is not None and renewals.may_renew(request.user, enrolment.course, today())
    context |= {"walk": walk, "completion": completion, "certificate": certificate, "edition": enrolment.edition}
    if enrolling.may_take_quiz_first(enrolment):
        context |= {"test_out": enrolment.edition} | _left_to_experts(enrolment.edition, enrolment.language)
    context["regrades"] = _told(enrolment)
    return render(request, "courses/course.html", context)


@needs("C2")
@require_POST
def start(request, code):
    """Enrols her, if she is not yet, and leads to where she goes on."""
    page = live_course_page(code)
    enrolment = enrolling.enrol(
        request.user, get_object_or_404(Course, key=page.translation_key), language=page.locale.language_code
    )
    place = walk_of(enrolment).resume
    if place is None:
        raise Http404
    enrolling.launch(enrolment, place.module)
    return redirect(place.url)


@needs("C2")
@require_POST
def take_quiz_first(request, code):
    """For those who know the subject: enrols her, and leads to the quiz."""
    page = live_course_page(code)
    course = get_object_or_404(Course, key=page.translation_key)
    try:
        enrolment = enrolling.take_quiz_first(request.user, course, language=page.locale.language_code)
    except enrolling.NotOffered:
        messages.info(request, _("The quiz cannot be taken first any more. Take the course from where you are."))
        return redirect("courses:course", code=code)
    waiting = [part for part in walk_of(enrolment).parts if part.outline in enrolment.edition.quizzes and not part.is_done]
    return redirect("courses:quiz", code=code, module=waiting[0].key)


@needs("C2")
@require_POST
def finish(request, code):
    """Where a change of the course left nothing to do: the completion is written when she asks."""
    enrolment = enrolment_of(request, code)
    if enrolment is None:
        raise Http404
    if completing.finish(enrolment) is None:
        messages.info(request, _("Something is missing still: the list below says what."))
    return redirect("courses:course", code=code)


def _left_to_experts(edition: Edition, language: str) -> dict:
    """The titles of what has to be worked through by those, too, who pass the quiz first."""
    left = [module for module in edition.modules if module.is_required and module.scenarios]
    return {"exercises": [module.title(language) for module in left], "content_language": language}


def _told(enrolment: Enrolment) -> list[dict]:
    """What came of wrong questions for her: each module once, with what is best."""
    rows = {regrade.attempt.module: regrade for regrade in Regrade.objects.told_to(enrolment)}
    found = [(enrolment.edition.module(module), regrade) for module, regrade in rows.items()]
    return [
        {"title": module.title(enrolment.language), "is_passed": regrade.result == "passed", "at": regrade.attempt.finished_at}
        for module, regrade in found
        if module is not None
    ]


def live_course_page(code: str) -> CoursePage:
    pages = CoursePage.objects.live().filter(code__iexact=code, locale__language_code=settings.LANGUAGE_CODE)
    return get_object_or_404(pages.select_related("locale"))


def enrolment_of(request, code: str) -> Enrolment | None:
    """Her own last enrolment, never anybody else's; None where what she had done in it counts for nothing."""
    mine = Enrolment.objects.with_course().standing().latest_of(request.user).filter(course__code__iexact=code).first()
    if mine is not None:
        mine.person = request.user
    return mine


def walk_of(enrolment: Enrolment) -> Walk:
    """Open enrolments follow their edition; who has finished reads what is live now."""
    edition = enrolment.edition if enrolment.is_open else enrolling.latest_edition(enrolment.course)
    return Walk(enrolment, edition, ModuleProgress.objects.filter(enrolment=enrolment))
