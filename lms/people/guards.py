"""Doors ask here before they open: a view says which column of `permissions.md` it belongs to, and tells what a verb refused."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from lms.people import access, recording
from lms.people.access import Scope
from lms.refusals import NotAllowed


def needs(column: str, action: str = "R", *, within: Collection[Scope] = tuple(Scope)) -> Callable:
    """Refuses with 403 whoever has no right in that column, or none of the scopes `within`.

    What lies outside her reach in it is for `find`.
    """

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request, *args: Any, **kwargs: Any):
            if not access.rights(request.user).scopes(column, action) & set(within):
                recording.refused(request.user, request.resolver_match.view_name)
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.column, guarded.cell = column, (column, action, frozenset(within))
        return guarded

    return decorate


def find(request, visible: QuerySet, **lookup: Any):
    """The object, if it is among the visible ones; else 404 and an entry, the same for one that does not exist."""
    try:
        return visible.get(**lookup)
    except visible.model.DoesNotExist:
        recording.refused(request.user, request.resolver_match.view_name)
        raise Http404 from None


def carry_out(request, act: Callable[[], object], said: str) -> None:
    """Calls a verb. The next page says `said`, or why the verb refused."""
    try:
        act()
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
