"""Lines of the matrix in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Requirement
from lms.people.models import ContractType, FunctionGroup, Role, Tree


def audience(line: Requirement, tree: Tree) -> str:
    """Whom a line is asked of; what is not named leaves everybody in."""
    parts = [
        tree.name(line.structure_id) if line.structure_id else "",
        _choices(FunctionGroup, line.function_groups),
        _choices(ContractType, line.contract_types),
        ", ".join(line.duty_stations),
        _choices(Role, line.roles),
    ]
    return " · ".join(part for part in parts if part) or _("all staff")


def owner(line: Requirement, tree: Tree) -> str:
    return tree.name(line.owner_id) if line.owner_id else _("the Organization")


def due(line: Requirement) -> str:
    days = line.due_days
    words = {
        "entry": ngettext("%(days)d day after entry on duty", "%(days)d days after entry on duty", days),
        "posting": ngettext("%(days)d day after the posting began", "%(days)d days after the posting began", days),
        "appointment": ngettext("%(days)d day after the appointment", "%(days)d days after the appointment", days),
        "rule": ngettext("%(days)d day after the rule began", "%(days)d days after the rule began", days),
    }
    return words[line.due_from] % {"days": days}


def _choices(kind: type[FunctionGroup | ContractType | Role], values: Iterable[str]) -> str:
    return ", ".join(str(kind(value).label) for value in values)
