"""The menu offers what somebody may open, and nothing else."""

from django.urls import reverse

from lms import menu
from lms.days import today
from lms.people import access
from lms.people.models import User


def offered(person: User) -> list[str]:
    """Addresses, as the request of that person knows her."""
    rights = access.rights(User.objects.with_duties(today()).get(pk=person.pk))
    return [entry.url for _label, entries in menu.groups(rights) for entry in entries]


def test_every_entry_opens_for_whom_it_is_shown_and_learners_have_none(cast, signed_in):
    shown = {name: offered(person) for name, person in cast.everybody.items()}
    # Of those to whom an entry is shown, the one who is shown least.
    least = {url: name for name, urls in sorted(shown.items(), key=lambda one: -len(one[1])) for url in urls}

    refused = [(name, url) for url, name in least.items() if signed_in(cast.everybody[name]).get(reverse(url)).status_code != 200]

    assert refused == []
    assert set(least) == {entry.url for _label, entries in menu.GROUPS for entry in entries}
    assert (shown["lea"], list(menu.groups(None))) == ([], [])
