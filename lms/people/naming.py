"""Changes the name under which somebody appears on her certificates."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from lms.people.models import User
from lms.people.names import differ_only_in_writing


class NotForOneself(ValueError):
    """Nobody decides about herself."""


def needs_agreement(person: User) -> bool:
    """Whether HR must agree before this name is printed."""
    return person.display_name != person.agreed_name and not differ_only_in_writing(person.display_name, person.official_name)


def present(person: User, *, display_name: str, language: str) -> None:
    """How the holder wants to be written and spoken to."""
    person.display_name = " ".join(display_name.split())
    person.language = language
    person.save(update_fields=["display_name", "language"])


def agree(person: User, *, by: User, to: str) -> bool:
    """HR agrees to the name it was shown; False where the holder changed it meanwhile. Raises NotForOneself."""
    return _decide(person, by=by, shown=to, agreed_name=to)


def decline(person: User, *, by: User, instead_of: str) -> bool:
    """The name in the staff record takes the place of the one that HR was shown; False and raises as `agree`."""
    return _decide(person, by=by, shown=instead_of, display_name=F("official_name"))


def _decide(person: User, *, by: User, shown: str, **values: Any) -> bool:
    if person == by:
        raise NotForOneself(_("Another HR officer has to decide about your name."))
    return bool(User.objects.filter(pk=person.pk, display_name=shown).update(**values))
