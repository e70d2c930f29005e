"""Tells managers each week, and heads and focal points each month, how it stands with their people.

Each mail has a key of person and week or month, so that it is taken once, whoever runs this how often. Who may see whom is asked
at the moment of writing, and each mail that names people is in the access log of those named.
"""

from datetime import date

from django.db import transaction

from lms import mailing
from lms.people import access, recording, vacancies
from lms.people.access import Scope
from lms.people.models import User
from lms.reports import summaries


def tell_managers(day: date) -> int:
    """The week's mail to each manager with somebody late or due soon. Returns how many mails."""
    return sum(_tell_manager(manager, day) for manager in access.leaders())


def tell_structures(day: date) -> int:
    """The month's mail to each head, focal point and deputy of whose people anything is asked. Returns how many mails."""
    return sum(_tell_structure(keeper, day) for keeper in access.keepers_of_structures())


def _tell_manager(manager: User, day: date) -> bool:
    lines = summaries.lines(access.people(manager, "P3", within={Scope.TEAM}), day)
    if not lines:
        return False
    with transaction.atomic():
        is_taken = mailing.send(
            "team_digest",
            address=manager.email,
            language=manager.language,
            once=f"team {manager.pk} {day:%G-W%V}",
            name=manager.display_name,
            lines=lines,
            day=day,
        )
        if is_taken:
            recording.listed(manager, "mail: team digest", {"day": str(day)}, len(lines))
    return is_taken


def _tell_structure(keeper: User, day: date) -> bool:
    people = list(access.people(keeper, "P3", within={Scope.STRUCTURE}))
    figures = summaries.figures(people, day)
    if not figures:
        return False
    late = summaries.lines(people, day, only_late=True)
    structures = access.reach(keeper, "P3").structures
    with transaction.atomic():
        is_taken = mailing.send(
            "structure_summary",
            address=keeper.email,
            language=keeper.language,
            once=f"structure {keeper.pk} {day:%Y-%m}",
            name=keeper.display_name,
            figures=figures,
            lines=late[: summaries.MOST_NAMES],
            more=len(late[summaries.MOST_NAMES :]),
            vacancies=vacancies.vacancies(day, access.rights(keeper).tree_on(day), within=structures),
            day=day,
        )
        if is_taken:
            recording.listed(keeper, "mail: summary of a structure", {"day": str(day)}, len(late[: summaries.MOST_NAMES]))
    return is_taken
