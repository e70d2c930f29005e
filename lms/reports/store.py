"""Clients of the record store: which there are, their keys, and taking back what one of them sent."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses import undoing
from courses.models import FoldFault, UndoRequest
from lms.people import access, recording
from lms.people.guards import find, needs
from lms.people.models import User
from lms.refusals import NotAllowed
from lms.reports.forms import SinceForm, UndoForm
from lms.xapi import clients, granting


@needs("R6")
@require_safe
def listed(request):
    """All clients without their secrets, and what waits for a second administrator."""
    rows = list(clients.known().order_by("name", "key"))
    names = {row.key: row.name for row in rows}
    requests = [(asked, names.get(asked.client, asked.client)) for asked in UndoRequest.objects.waiting()]
    context = {
        "rows": rows,
        "waiting": requests,
        "keeps": access.opens(request.user, [("R6", "W")]),
        "faults": FoldFault.objects.open().count(),
    }
    recording.listed(request.user, "clients", {}, len(rows))
    return render(request, "reports/store/clients.html", context)


@needs("R6", "W")
@require_safe
def client(request, client_key):
    """One client: its key, and what may be undone of it."""
    return _show_client(request, _find_client(request, client_key))


@needs("R6", "W")
@require_POST
def withdraw(request, client_key):
    found = _find_client(request, client_key)
    granting.withdraw(found)
    recording.decided(request.user, "client: key withdrawn", {"client": client_key}, purpose="")
    messages.success(request, _("The key is withdrawn: from now on it opens nothing."))
    return redirect("reports:client", client_key=client_key)


@needs("R6", "W")
@require_POST
def renew(request, client_key):
    """A new secret, shown this once. What the client may do stays as it was agreed to."""
    found = _find_client(request, client_key)
    try:
        secret = granting.renew(found)
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("reports:client", client_key=client_key)
    recording.decided(request.user, "client: secret renewed", {"client": client_key}, purpose="")
    context = {"client": found, "secret": secret, "days": granting.OVERLAP.days}
    return render(request, "reports/store/renewed.html", context)


@needs("R6", "W")
@require_safe
def touched(request, client_key):
    """The completions that an undo would withdraw. Nothing is written but the look."""
    found = _find_client(request, client_key)
    form = SinceForm(request.GET)
    if not form.is_valid():
        return _show_client(request, found, form, status=422)
    since = form.cleaned_data["since"]
    rows = undoing.touched_by(client_key, since)
    recording.listed(request.user, "undo of a client: list", {"client": client_key, "since": since.isoformat()}, len(rows))
    context = {
        "client": found,
        "since": since,
        "rows": rows,
        "voided": clients.standing(client_key, since).count(),
        "taken_back": clients.count_taken_back(client_key, since),
        "form": UndoForm(initial={"since": since.isoformat()}),
    }
    return render(request, "reports/store/touched.html", context)


@needs("R6", "W")
@require_POST
def ask(request, client_key):
    """The first administrator's word: the key is withdrawn at once, the rest waits for the second."""
    _find_client(request, client_key)
    form = UndoForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it is undone."))
        return redirect("reports:client", client_key=client_key)
    try:
        made = undoing.ask(client_key, since=form.cleaned_data["since"], reason=form.cleaned_data["reason"], by=request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("reports:client", client_key=client_key)
    messages.success(request, _("The key is withdrawn. What it sent is undone when a second administrator has agreed."))
    return redirect("reports:undo_request", request_id=made.uuid)


@needs("R6", "W")
@require_safe
def undo_request(request, request_id):
    asked = _find_request(request, request_id)
    rows = [] if asked.done_at else undoing.touched_by(asked.client, asked.since)
    selection = {"client": asked.client, "since": asked.since.isoformat()}
    recording.listed(request.user, "undo of a client: request", selection, len(rows))
    may_agree = asked.agreed_at is None and asked.asked_by != request.user
    context = {"asked": asked, "client": clients.find(asked.client), "rows": rows, "may_agree": may_agree}
    return render(request, "reports/store/undo_request.html", context)


@needs("R6", "A")
@require_POST
def agree(request, request_id):
    """The second administrator's word, and then it is done."""
    asked = _find_request(request, request_id)
    try:
        is_done = undoing.agree(asked, by=request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        said = _("Undone.") if is_done else _("Not everything could be undone yet. It is tried again every five minutes.")
        messages.success(request, said)
    return redirect("reports:undo_request", request_id=asked.uuid)


@needs("R6", "W")
@require_safe
def faults(request):
    """What clients sent and what could not be brought into progress yet."""
    rows = FoldFault.objects.open().order_by("at")[:200]
    recording.listed(request.user, "faults of progress", {}, len(rows))
    return render(request, "reports/store/faults.html", {"rows": rows})


def _find_client(request, key: str):
    return find(request, clients.known(), key=key)


def _find_request(request, request_id) -> UndoRequest:
    return find(request, UndoRequest.objects.select_related("asked_by", "agreed_by"), uuid=request_id)


def _show_client(request, found, form: SinceForm | None = None, status: int = 200):
    people = {person.uuid: person for person in User.objects.filter(uuid__in=[found.granted_by, found.agreed_by])}
    context = {
        "client": found,
        "by": people.get(found.granted_by),
        "agreed_by": people.get(found.agreed_by),
        "form": form or SinceForm(),
        "requests": UndoRequest.objects.filter(client=found.key).select_related("asked_by", "agreed_by"),
    }
    recording.listed(request.user, "client", {"client": found.key}, 1)
    return render(request, "reports/store/client.html", context, status=status)
