"""Collects what a feed makes and changes of people and postings, and writes it in a few queries.

What each row was before is kept beside what it became, so that the whole can be taken back.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from lms.people.models import PersonAlias, Posting, User

AT_ONCE = 500  # rows that are written together
NOWHERE = "moving.invalid"  # where addresses are that nobody has
POSTING_FIELDS = (
    "structure_id",
    "duty_station",
    "function_group",
    "contract_type",
    "manager_id",
    "entered_on",
    "starts_on",
    "ends_on",
)


class Journal:
    """People are written by `write_people`, postings by `write_postings`, which may name the people made before."""

    def __init__(self) -> None:
        self.made_people: list[User] = []
        self._made_postings: list[Posting] = []
        self._people: dict[int, tuple[User, dict[str, Any]]] = {}  # by key: the row, and its changed fields as they were
        self._postings: dict[int, tuple[Posting, dict[str, Any]]] = {}

    def make_person(self, person: User) -> None:
        self.made_people.append(person)

    def make_posting(self, posting: Posting) -> None:
        self._made_postings.append(posting)

    def change(self, row: User | Posting, **values: Any) -> bool:
        """Whether anything differs. A row that was made here is not in the database yet: it is simply another."""
        different = {name: value for name, value in values.items() if getattr(row, name) != value}
        if row.pk is not None and different:
            known: dict[int, tuple[Any, dict[str, Any]]] = self._people if isinstance(row, User) else self._postings
            _row, before = known.setdefault(row.pk, (row, {}))
            for name in different:
                before.setdefault(name, getattr(row, name))
        for name, value in different.items():
            setattr(row, name, value)
        return bool(different)

    def write_people(self) -> None:
        """Two people may have exchanged addresses: they are taken away first, then given."""
        readdressed = [key for key, (_person, before) in self._people.items() if "email" in before]
        free_addresses(readdressed)
        _update(User, self._people.values())
        User.objects.bulk_create(self.made_people, batch_size=AT_ONCE)
        aliases = [PersonAlias(uuid=person.uuid, person=person) for person in self.made_people]
        PersonAlias.objects.bulk_create(aliases, batch_size=AT_ONCE)

    def write_postings(self) -> None:
        """Ends come before beginnings: nobody has two open postings at any moment."""
        _update(Posting, self._postings.values())
        Posting.objects.bulk_create(self._made_postings, batch_size=AT_ONCE)

    def changes(self) -> dict[int, dict[str, Any]]:
        """By key of the person what was written of her, as plain values: fields and postings, before and after."""
        found: dict[int, dict[str, Any]] = defaultdict(lambda: {"is_new": False, "before": {}, "after": {}, "postings": []})
        for person in self.made_people:
            found[person.pk]["is_new"] = True
        for key, (person, before) in self._people.items():
            found[key] |= {"before": before, "after": {name: getattr(person, name) for name in before}}
        for key, (posting, before) in self._postings.items():
            after = snapshot(posting)
            was = after | {name: _plain(value) for name, value in before.items()}
            if was != after:
                found[posting.person_id]["postings"].append({"pk": key, "before": was, "after": after})
        for posting in self._made_postings:
            found[posting.person_id]["postings"].append({"pk": posting.pk, "before": None, "after": snapshot(posting)})
        return dict(found)


def snapshot(posting: Posting) -> dict[str, Any]:
    """The posting in values that JSON knows."""
    return {name: _plain(getattr(posting, name)) for name in POSTING_FIELDS}


def free_addresses(keys: Iterable[int]) -> None:
    """Gives these people addresses that nobody wants, until they get theirs."""
    for some in portions(list(keys)):
        for_now = Concat(Value("moving-"), Cast(F("uuid"), CharField()), Value(f"@{NOWHERE}"))
        User.objects.filter(pk__in=some).update(email=for_now)


def portions(rows: list[Any]) -> Iterable[list[Any]]:
    for first in range(0, len(rows), AT_ONCE):
        yield rows[first : first + AT_ONCE]


def _update(model: type[User] | type[Posting], changed: Iterable[tuple[Any, dict[str, Any]]]) -> None:
    rows = list(changed)
    fields = {name for _row, before in rows for name in before}
    if fields:
        manager: Any = model.objects
        manager.bulk_update([row for row, _before in rows], sorted(fields), batch_size=AT_ONCE)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
