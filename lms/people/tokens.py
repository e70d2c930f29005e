"""Tokens of the API: allowed by administrators, made and withdrawn by their owners."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.people import access, entrusting, recording
from lms.people.access import Scope
from lms.people.forms import TokenForm
from lms.people.guards import find, needs
from lms.people.models import ApiToken
from lms.refusals import NotAllowed


@needs("R13")
@require_safe
def own(request):
    """One's own tokens; administrators and auditors see all, never a secret."""
    sees_all = Scope.ALL in access.rights(request.user).scopes("R13")
    rows = list(_within(request, "R").select_related("owner", "allowed_by"))
    if sees_all:
        recording.listed(request.user, "API tokens", {}, len(rows))
    return render(request, "people/tokens.html", {"rows": rows, "sees_all": sees_all})


@needs("R13", "A")
@require_http_methods(["GET", "HEAD", "POST"])
def allow(request, person):
    """For one person, by an administrator."""
    owner = find(request, access.people(request.user, "R13", "A"), uuid=person)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entrusting.allow(owner, by=request.user, **form.cleaned_data)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The token is allowed. Its owner makes the secret at “My account”."))
            return redirect("people:tokens")
    return render(request, "people/allow_token.html", {"person": owner, "form": form}, status=422 if form.errors else 200)


@needs("R13", "W")
@require_POST
def make_secret(request, key):
    """The secret stands on this one answer and nowhere else."""
    token = find(request, ApiToken.objects.filter(owner=request.user), key=key)
    try:
        secret = entrusting.make_secret(token, by=request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("people:tokens")
    return render(
        request, "people/token_made.html", {"token": token, "secret": secret, "address": f"{settings.PUBLIC_URL}/api/v1/"}
    )


@needs("R13", "W")
@require_POST
def withdraw(request, key):
    token = find(request, _within(request, "W"), key=key)
    try:
        entrusting.withdraw(token, by=request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The token is withdrawn: from now on it opens nothing."))
    return redirect("people:tokens")


def _within(request, action):
    return ApiToken.objects.filter(owner__in=access.people(request.user, "R13", action))
