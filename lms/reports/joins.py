"""One person with two records: pairs that are proposed, joins that wait for a second HR officer, and those that can be split."""

from django.contrib import messages
from django.db.models import Min, Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses import joining
from lms.people import access, pairs, recording
from lms.people.guards import find, needs
from lms.people.models import PersonJoin, User
from lms.refusals import NotAllowed
from lms.reports.forms import JoinForm, SplitForm

MOST_SHOWN = 50


@needs("R1", "W")
@require_safe
def listed(request):
    return _show(request)


@needs("R1", "W")
@require_POST
def ask(request):
    form = JoinForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose which record stays, and say why these are one person."))
        return _show(request, status=422)
    chosen, reason = form.cleaned_data["pair"], form.cleaned_data["reason"]
    kept, other = (find(request, access.people(request.user, "P1"), uuid=key) for key in chosen)
    return _decide(
        request, lambda: joining.ask(kept, other, by=request.user, reason=reason), _("A second HR officer has to agree.")
    )


@needs("R1", "A")
@require_POST
def agree(request, join):
    found = _find(request, join)
    return _decide(request, lambda: joining.agree(found, by=request.user), _("The two records are one from now on."))


@needs("R1", "W")
@require_POST
def split(request, join):
    found, form = _find(request, join), SplitForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why these are two persons."))
        return _show(request, status=422)
    reason = form.cleaned_data["reason"]
    return _decide(request, lambda: joining.split(found, by=request.user, reason=reason), _("They are two records again."))


def _decide(request, decision, said: str):
    try:
        decision()
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("reports:joins")


def _find(request, join) -> PersonJoin:
    return find(request, PersonJoin.objects.select_related("kept", "other"), uuid=join)


def _show(request, status: int = 200):
    found = PersonJoin.objects.select_related("kept", "other", "asked_by", "agreed_by")
    proposed = _proposed()
    context = {
        "proposed": proposed[:MOST_SHOWN],
        "more": max(0, len(proposed) - MOST_SHOWN),
        "waiting": found.waiting(),
        "standing": found.standing(),
    }
    recording.listed(request.user, "records of one person", {}, len(proposed))
    return render(request, "reports/joins.html", context, status=status)


def _proposed() -> list[tuple[User, User, list[str]]]:
    """Two records and what is the same of them, in words; none of which anybody has decided."""
    words = {"name": _("name"), "address": _("address"), "entry on duty": _("entry on duty")}
    decided = set(PersonJoin.objects.values_list("kept", "other"))
    # A guest who joined the staff left her address to the new record.
    came_over = Q(source=User.Source.GUEST, email__isnull=True, anonymised_at__isnull=True)
    people = User.objects.filter(Q(staff_number__isnull=False) | came_over).annotate(entered_on=Min("postings__entered_on"))
    known = {person.pk: person for person in people}
    cards = [pairs.Card(person.pk, person.official_name, person.email or "", person.entered_on) for person in known.values()]
    return [
        (known[pair.one], known[pair.other], [words[what] for what in pair.same])
        for pair in pairs.propose(cards)
        if not {(pair.one, pair.other), (pair.other, pair.one)} & decided
    ]
