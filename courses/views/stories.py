"""A scenario on a screen, and the exercise that may be done instead: one address for both, so that no log tells them apart.

A step is answered with the next page and not with a redirect: where she stands is in that page alone.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from courses import practising
from courses.models import ModulePage
from courses.models.pages import scenario_on
from courses.scenarios import LostWay, walk
from courses.stories import ClaimsForm, StepForm, opened
from courses.views.catalogue import enrolment_of, walk_of
from courses.views.frames import frame
from lms.people.guards import needs


@needs("C2")
@require_http_methods(["GET", "HEAD", "POST"])
def story(request, code, module, screen):
    """One step, back to an earlier one, or the alternative."""
    if request.method != "POST":
        return redirect("courses:screen", code=code, module=module, screen=screen)
    enrolment = enrolment_of(request, code)
    if enrolment is None:
        raise Http404
    page = get_object_or_404(ModulePage.objects.live(), translation_key=module, locale__language_code=enrolment.language)
    value = page.screen(screen)
    told = scenario_on(value) if value else None
    if told is None:
        return redirect("courses:module", code=code, module=module)
    place = {"module": module, "screen": screen}
    is_other = "other" in request.POST and told.claims
    shown = _claims(request.POST, place, told) if is_other else _step(request.POST, place, told)
    if shown["is_over"]:
        choices = shown["trail"].choices if "trail" in shown else None
        practising.finish(enrolment, **place, scenario=told.scenario, choices=choices)
    course_walk = walk_of(enrolment)
    if course_walk.neighbour(module, screen, 0) is None:
        return redirect("courses:module", code=code, module=module)
    context = frame(request, course_walk, module, screen) | shown | {"page": page, "screen": value, "scenario": told}
    context |= {"screen_number": page.screen_ids.index(screen) + 1, "screen_count": len(page.screen_ids)}
    return render(request, "courses/story.html", context, status=422 if shown.get("is_refused") else 200)


def _step(sent, place, told) -> dict:
    scenario = told.scenario
    try:
        trail, way = opened(sent.get("trail", ""), **place, scenario=scenario)
        is_back = sent.get("back", "").isdecimal()
        if is_back:
            trail = trail.went_back(int(sent["back"][:4]))
        elif "step" in sent:
            form = StepForm(way.node, sent)
            if not form.is_valid():
                shown = {"trail": trail, "way": way, "sealed": trail.sealed(**place)}
                return shown | {"form": form, "is_refused": True, "is_over": False}
            trail = trail.went_on(scenario, form.cleaned_data["choice"])
        way = walk(scenario, trail.choices)
    except LostWay:
        return {"is_lost": True, "is_refused": True, "is_over": False}
    shown = {"trail": trail, "way": way, "sealed": trail.sealed(**place)}
    return shown | {"last": way.steps[-1] if way.steps and not is_back else None, "is_over": way.is_over}


def _claims(sent, place, told) -> dict:
    form = ClaimsForm(told.claims, sent if "judged" in sent else None)
    is_refused = form.is_bound and not form.is_valid()
    return {"claims": form, "is_refused": is_refused, "is_over": form.is_bound and not is_refused}
