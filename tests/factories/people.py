"""People and structures for tests: real rows, in post today unless said otherwise."""

from datetime import date
from itertools import count

from lms.people.models import PersonAlias, Posting, Role, RoleGrant, Structure, StructurePeriod, User

LONG_AGO = date(2020, 1, 1)
_numbers = count(1)


def make_structure(code: str, *, parent: Structure | None = None, name: str = "", kind: str = "mission") -> Structure:
    structure = Structure.objects.create(code=code, kind=kind)
    StructurePeriod.objects.create(structure=structure, names={"en": name or code}, parent=parent, starts_on=LONG_AGO)
    return structure


def make_person(name: str = "", *, structure: Structure | None = None, manager: User | None = None, **values) -> User:
    """A person of the feed; with a structure she is in post there."""
    posting = {key: values.pop(key) for key in ("function_group", "contract_type", "starts_on", "ends_on") if key in values}
    number = next(_numbers)
    name = name or f"Person {number}"
    person = User(
        staff_number=values.pop("staff_number", f"S-{number}"),
        email=values.pop("email", f"person{number}@osce.test"),
        official_name=values.pop("official_name", name),
        display_name=values.pop("display_name", name),
        **values,
    )
    person.set_password("correct horse battery staple")
    person.save()
    PersonAlias.objects.create(uuid=person.uuid, person=person)
    if structure is not None:
        make_posting(person, structure, manager=manager, **posting)
    return person


def make_posting(person: User, structure: Structure, *, manager: User | None = None, **values) -> Posting:
    values = {
        "duty_station": "Skopje",
        "function_group": "human-rights",
        "contract_type": "seconded",
        "starts_on": LONG_AGO,
        **values,
    }
    return Posting.objects.create(person=person, structure=structure, manager=manager, entered_on=values["starts_on"], **values)


def make_grant(person: User, role: Role, *, structure: Structure | None = None, keys=(), **values) -> RoleGrant:
    values = {"starts_on": LONG_AGO, **values}
    return RoleGrant.objects.create(
        person=person, role=role, structure=structure, object_keys=[str(key) for key in keys], **values
    )
