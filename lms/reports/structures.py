"""The structures as they stood on a day: the tree, what each was called before, what is closed, and what followed."""

from dataclasses import dataclass, field
from datetime import date

from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.people import access, vacancies
from lms.people.access import Scope
from lms.people.guards import needs
from lms.people.models import Structure, StructurePeriod, Tree
from lms.reports.forms import DayForm


@dataclass
class Entry:
    """One structure on a day, with its past up to that day."""

    structure: Structure
    current: StructurePeriod  # on a closed one its last name
    former: list[StructurePeriod]
    depth: int = 0
    followed_by: list["Entry"] = field(default_factory=list)
    follows: "Entry | None" = None
    mark: int = 0  # number of the note that its name needs

    @property
    def began_on(self) -> date:
        return self.former[0].starts_on if self.former else self.current.starts_on


@needs("P2", within={Scope.STRUCTURE, Scope.ALL})
@require_safe
def structures(request):
    form = DayForm(request.GET)
    day = form.chosen
    reach = access.reach(request.user, "P2")
    within = None if Scope.ALL in reach.scopes else reach.structures
    standing, closed = entries(day, within)
    rows = [*standing, *closed]
    notes = _mark([*rows, *(row.follows for row in rows if row.follows), *(other for row in rows for other in row.followed_by)])
    context = {"form": form, "day": day, "standing": standing, "closed": closed, "notes": notes}
    if Scope.ALL in reach.scopes:
        found = {entry.structure.pk: entry for entry in standing}
        vacant = vacancies.vacancies(day, access.rights(request.user).tree_on(day))
        context["vacancies"] = [(vacancy, found[vacancy.structure]) for vacancy in vacant]
    return render(request, "reports/structures.html", context, status=200 if form.is_valid() else 422)


def entries(day: date, within: frozenset[int] | None = None) -> tuple[list[Entry], list[Entry]]:
    """Those that stand on the day as a tree, and those that were closed by then; `within` names whom the reader may see."""
    tree = Tree(day)
    periods: dict[int, list[StructurePeriod]] = {}
    begun = StructurePeriod.objects.filter(starts_on__lte=day).select_related("structure").order_by("starts_on")
    for period in begun:
        periods.setdefault(period.structure_id, []).append(period)
    made = {key: Entry(rows[-1].structure, rows[-1], rows[:-1]) for key, rows in periods.items()}
    for entry in made.values():
        before = made.get(entry.structure.successor_of_id)
        if before is not None:
            entry.follows = before
            before.followed_by.append(entry)
    standing = []
    for key, depth in tree.walk():
        if within is None or key in within:
            made[key].depth = depth
            standing.append(made[key])
    gone = [entry for key, entry in made.items() if key not in tree.periods and (within is None or key in within)]
    return standing, sorted(gone, key=lambda entry: (entry.current.ends_on, entry.structure.code), reverse=True)


def _mark(rows: list[Entry]) -> list[str]:
    """The notes that stand below the names, each once."""
    notes = list(dict.fromkeys(row.structure.name_note for row in rows if row.structure.name_note))
    for row in rows:
        row.mark = notes.index(row.structure.name_note) + 1 if row.structure.name_note else 0
    return notes
