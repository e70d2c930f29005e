"""The doors for a question that turned out to be wrong, in the admin: it is taken out, and attempts are looked at again."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses import regrading, withdrawing
from courses.forms import WithdrawalForm
from courses.models import Question
from courses.policies import QuestionPolicy
from lms.people.guards import find, needs
from lms.refusals import NotAllowed

FEWEST = 5  # people; a smaller number is not printed, and neither is none


@needs("C4", "A")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, pk):
    question = _question(request, pk)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdrawing.withdraw(question, by=request.user, reason=form.cleaned_data["reason"])
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
            return redirect(_edit(question))
        said = _("“%(code)s” is withdrawn. Nobody is asked it any more. Now look whom it touched.")
        messages.success(request, said % {"code": question.code})
        return redirect(_address("regrade", question))
    context = {"question": question, "form": form, "edit": _edit(question)}
    return render(request, "courses/question_withdraw.html", context, status=422 if form.is_bound else 200)


@needs("C4", "A")
@require_http_methods(["GET", "HEAD", "POST"])
def regrade(request, pk):
    """Whom a wrong question touched, in numbers; and the button that helps them."""
    question = _question(request, pk)
    if request.method == "POST":
        try:
            regrading.regrade(question, by=request.user)
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
            return redirect(_edit(question))
        messages.success(request, _("Done. Everybody whom the question touched sees it on her course page."))
        return redirect(_address("regrade", question))
    fault = regrading.fault_of(question)
    touched = regrading.touched_by(question, by=request.user)
    context = {
        "question": question,
        "fault": fault,
        "passes": in_words(touched.passes),
        "again": in_words(touched.again),
        "edit": _edit(question),
    }
    return render(request, "courses/question_regrade.html", context)


def in_words(people: int) -> str:
    return str(people) if people >= FEWEST else _("fewer than five")


def _question(request, pk) -> Question:
    return find(request, QuestionPolicy(Question).within_reach(request.user, Question.objects.all(), "A"), pk=pk)


def _edit(question: Question) -> str:
    return _address("edit", question)


def _address(name: str, question: Question) -> str:
    return reverse(f"wagtailsnippets_courses_question:{name}", args=[question.pk])
