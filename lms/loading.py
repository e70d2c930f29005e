"""Sets up the demo through the front door: structures and staff by the feed, site and course by the importer."""

import csv
import json
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from content.importing import import_folder
from content.models import GuidePage
from courses import assigning, requiring
from courses.models import CoursePage
from lms import crowd, crowding, demo, members
from lms.days import noon_of, today
from lms.people import appointing, feeding, hr_files, structuring, versioning
from lms.people.journaling import NOWHERE
from lms.people.models import Role, RoleGrant, Structure, User
from lms.reports import sheeting, trending
from lms.xapi import storing


class RealPeople(ValueError):
    """The database holds people who are not the demo's."""


class StaffHere(ValueError):
    """A crowd comes with three years of history, and cannot be added to staff who are here already."""


def load_demo() -> dict[str, str]:
    """Makes what is missing of the demo and returns password by address. Raises RealPeople."""
    refuse_real_people()
    with transaction.atomic():
        _bring_in_structures()
        if not User.objects.filter(staff_number__isnull=False).exists():
            _feed(demo.STARTER / "demo" / "staff.csv")
        # The matrix began to hold three weeks ago, so that something is due soon.
        _bring_in_site(rules_from=today() - timedelta(days=21))
        trending.follow_months(today())
    return _passwords()


def load_crowd(count: int, seed: int, *, say: Callable[[str], object]) -> dict[str, str]:
    """The demo with so many invented people more and their three years, all or nothing; tells `say` of each step. Adds nothing
    where it was loaded before. Returns password by address. Raises RealPeople and StaffHere."""
    refuse_real_people()
    if crowding.is_here(count, seed):
        say(f"These {count} people are here already: nothing was added.")
        return load_demo()
    if User.objects.filter(staff_number__isnull=False).exists():
        raise StaffHere("A crowd needs an empty database, and other staff are in this one. Name another with DATABASE_URL.")
    steps = crowding.Steps(say)
    with transaction.atomic():
        since = timezone.now()
        _bring_in_structures()
        versioning.date_back(since, to=noon_of(members.begins_on(today())))
        invented = crowd.invent(
            count,
            seed,
            day=today(),
            places=_rows("places.csv"),
            names=_rows("names.csv"),
            colleagues=_rows("staff.csv"),
        )
        steps.done(f"{count} people invented")
        crowding.feed(invented, name=crowding.name_of(count, seed))
        steps.done(f"{len(invented.feeds)} staff feeds")
        _bring_in_site(rules_from=members.begins_on(today()))
        steps.done("site, roles, matrix and what it asks of whom")
        crowding.bring(invented, steps)
    passwords = _passwords()
    steps.done("written to the disk")
    return passwords


def refuse_real_people() -> None:
    """Staff without a mailbox come with others, whose addresses tell."""
    with_address = User.objects.filter(email__isnull=False)
    others = with_address.exclude(email__endswith=f"@{demo.DOMAIN}").exclude(email__endswith=f"@{NOWHERE}").count()
    if others:
        raise RealPeople(f"DEMO=1 is refused: {others} real people are in this database. Name another with DATABASE_URL.")


def _feed(path: Path) -> None:
    content = path.read_bytes()
    digest = sha256(content).hexdigest()
    run = feeding.receive(hr_files.read(content), file_name=path.name, file_sha256=digest, by=None, day=today())
    feeding.apply(run, by=None, day=today())


def _appoint() -> None:
    for line in _rows("roles.csv"):
        person = User.objects.get(email=line["e-mail"])
        if not RoleGrant.objects.filter(person=person, role=line["role"]).exists():
            appointing.grant(
                person,
                Role(line["role"]),
                by=None,
                starts_on=today(),
                structure=Structure.objects.filter(code=line["structure"]).first(),
                object_keys=_keys(line["about"]),
            )


def _bring_in_structures() -> None:
    storing.remember_base()
    structuring.sync_structures(_rows("structures.csv"), day=today())


def _bring_in_site(*, rules_from: date) -> None:
    import_folder(demo.STARTER / "site")
    appointing.bring_in_groups()
    _appoint()
    folder = demo.STARTER / "matrix"
    with (folder / "courses.csv").open(newline="") as courses, (folder / "lines.csv").open(newline="") as lines:
        requiring.import_matrix(csv.DictReader(courses), csv.DictReader(lines), day=rules_from)
    assigning.apply_rules(today())
    sheeting.follow(today())


def _rows(name: str) -> list[dict[str, str]]:
    with (demo.STARTER / "demo" / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def _keys(about: str) -> list[str]:
    """The key of the course with that code or the guide with that address."""
    pages = [*CoursePage.objects.filter(code=about), *GuidePage.objects.filter(slug=about)] if about else []
    return [str(page.translation_key) for page in pages]


def _passwords() -> dict[str, str]:
    """Random, made at the first start and kept under var/, readable by its owner only."""
    kept = json.loads(demo.ACCOUNTS.read_text()) if demo.ACCOUNTS.exists() else {}
    for name in demo.PEOPLE:
        address = f"{name}@{demo.DOMAIN}"
        person = User.objects.get(email=address)
        if address not in kept or not person.has_usable_password():
            kept.setdefault(address, "-".join(secrets.token_hex(2) for _ in range(4)))
            person.set_password(kept[address])
            person.save(update_fields=["password"])
    demo.ACCOUNTS.touch(mode=0o600)
    demo.ACCOUNTS.write_text(json.dumps(kept, indent=1))
    return kept
