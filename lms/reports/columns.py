"""The columns of a list: what each is called, where it stands in the sheet, and who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.models import Completion, Exemption, State, Strength
from lms.people import access
from lms.people.models import ContractType, FunctionGroup, User
from lms.reports.filters import COURSE, PERSON

STATES: Mapping[str, str | Promise] = {**dict(State.choices), "": _("nothing asked")}


@dataclass(frozen=True)
class Column:
    """`field`: the path from a row of the sheet; `words`: what is read instead of a code. `needs`: the column of the access rule
    in which the reader has a right about everybody. `is_about_her`: it tells of the person and stands in no address. `sorts`: an
    index keeps the rows in its order, so that every page of the list costs the same."""

    key: str
    label: str | Promise
    field: str
    words: Mapping[str, str | Promise] | None = None
    is_date: bool = False
    is_sparse: bool = False  # may be empty: such rows come last, whichever way the list runs
    is_shown_first: bool = True
    needs: str = ""
    is_about_her: bool = False
    sorts: bool = False

    @property
    def read(self) -> dict[str, str]:
        """Code → what is read instead, in the language that is spoken now."""
        return {code: str(word) for code, word in (self.words or {}).items()}


WHO = [
    Column("number", _("staff number"), "staff_number", needs="P2", is_shown_first=False, is_about_her=True),
    Column("name", _("name"), "name", is_about_her=True, sorts=True),
    Column("structure", _("structure"), "structure__code"),
    Column("station", _("duty station"), "duty_station"),
    Column("function", _("function"), "function_group", words=dict(FunctionGroup.choices)),
    Column("contract", _("contract"), "contract_type", words=dict(ContractType.choices), needs="P2", is_shown_first=False),
    Column("entered", _("entry on duty"), "entered_on", is_date=True, is_shown_first=False),
]
OF_A_COURSE = [
    *WHO,
    Column("course", _("course"), "course__title"),
    Column("code", _("code of the course"), "course__code", is_shown_first=False),
    Column("strength", _("asked"), "strength", words={**dict(Strength.choices), "": _("taken unasked")}, is_shown_first=False),
    Column("state", _("state"), "state", words=STATES, sorts=True),
    Column("due", _("due on"), "due_on", is_date=True, is_sparse=True, sorts=True),
    Column("begun", _("begun on"), "begun_on", is_date=True, is_sparse=True, is_shown_first=False),
    Column("completed", _("completed on"), "completed_on", is_date=True, is_sparse=True, sorts=True),
    Column("valid", _("valid until"), "valid_until", is_date=True, is_sparse=True, sorts=True),
    Column("source", _("gained by"), "source", words=dict(Completion.Source.choices), is_shown_first=False),
    Column(
        "exempt", _("class of exemption"), "exempt_as", words=dict(Exemption.Reason.choices), needs="P7", is_shown_first=False
    ),
]
OF_A_PERSON = [
    *WHO,
    Column("state", _("state"), "state", words=STATES, sorts=True),
    Column("late", _("late since"), "late_since", is_date=True, is_sparse=True, sorts=True),
    Column("lapses", _("first lapse on"), "lapses_on", is_date=True, is_sparse=True, sorts=True),
]
BY: dict[str, list[Column]] = {COURSE: OF_A_COURSE, PERSON: OF_A_PERSON}
EVERY = {column.key: column for column in [*OF_A_COURSE, *OF_A_PERSON]}


def seen_by(reader: User, by: str) -> list[Column]:
    """The columns of such a list that the reader may see."""
    rights = access.rights(reader)
    return [column for column in BY[by] if not column.needs or access.Scope.ALL in rights.scopes(column.needs)]


def sees(reader: User, key: str, by: str) -> bool:
    return any(column.key == key for column in seen_by(reader, by))
