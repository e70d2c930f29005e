"""Some changes go live only when somebody else looked at them."""

import json

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _


class PublishingRefused(ValidationError):
    """A rule of the house stands against publishing this; the message says which and what to do."""


def refuse_own_change(thing, revision, user) -> None:
    """Raises PublishingRefused where `user` was the last to change one of the thing's `second_person_fields`.

    Asked by `publish()` itself, so that no way of publishing goes around it. Content that was brought in by the
    server (no user) stands on the importer's word.
    """
    if user is None:
        return
    author = _last_author(thing, revision)
    if author is not None and author == user.pk:
        raise PublishingRefused(
            _("You made the last change here yourself. Somebody else who may publish has to look at it and publish it.")
        )


def _last_author(thing, revision) -> int | None:
    """Who last changed one of the fields between what is live now and this revision."""
    if thing.live_revision_id and not _differs(thing, revision.content, thing.live_revision.content):
        return None
    later = revision
    for earlier in thing.revisions.filter(pk__lt=revision.pk).order_by("-pk").iterator():
        if _differs(thing, later.content, earlier.content):
            return later.user_id
        if earlier.pk == thing.live_revision_id:
            return None
        later = earlier
    return later.user_id


def _differs(thing, one: dict, other: dict) -> bool:
    """Compared as they are kept: a revision just made still holds dates, a stored one their text."""
    return _kept(thing, one) != _kept(thing, other)


def _kept(thing, content: dict) -> str:
    return json.dumps([content.get(name) for name in thing.second_person_fields], cls=DjangoJSONEncoder)
