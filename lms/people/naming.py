"""Changes the name under which somebody appears on her certificates."""

from lms.people.models import User
from lms.people.names import differ_only_in_writing


class NotForOneself(ValueError):
    """Nobody decides about herself."""


def needs_agreement(person: User) -> bool:
    """Whether HR must agree before this name is printed."""
    return person.display_name != person.agreed_name and not differ_only_in_writing(
        person.display_name, person.official_name
    )


def present(person: User, *, display_name: str, language: str) -> None:
    """How the holder wants to be written and spoken to."""
    person.display_name = " ".join(display_name.split())
    person.language = language
    person.save(update_fields=["display_name", "language"])


def agree(person: User, *, by: User, to: str) -> bool:
    """HR agrees to the name it was shown; False where the holder changed it meanwhile. Raises NotForOneself."""
    if person == by:
        raise NotForOneself("Another HR officer has to agree to your name.")
    return bool(User.objects.filter(pk=person.pk, display_name=to).update(agreed_name=to))


def decline(person: User, *, by: User) -> None:
    """The name in the staff record takes the place of the one that was asked for. Raises NotForOneself."""
    if person == by:
        raise NotForOneself("Another HR officer has to decide about your name.")
    person.display_name = person.official_name
    person.save(update_fields=["display_name"])
