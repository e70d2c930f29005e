"""What a reader chooses of a list, and what she says when she keeps it, takes it along or has it sent."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course, State, Strength
from lms.people import access
from lms.people.models import ContractType, FunctionGroup, Structure
from lms.reports import columns
from lms.reports.filters import COURSE, NOTHING, PERSON, Filter
from lms.reports.list_models import Form, Schedule
from lms.reports.listings import GROUPS, Listing
from lms.reports.selects import Pairs, PlainSelect

MOST_DAYS = 3650
ANY = ("", _("any"))
COLUMNS = [(column.key, column.label) for column in columns.EVERY.values()]
SORTS = [f"{sign}{key}" for key in columns.EVERY for sign in ("", "-")]


def _days(label):
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_DAYS)


class ListForm(forms.Form):
    """The address of a list. What is not for this reader in it is left out, so that a shared link opens for everybody."""

    by = forms.ChoiceField(
        label=_("One line"),
        required=False,
        choices=[(COURSE, _("a person and course")), (PERSON, _("a person, by the worst of her mandatory courses"))],
    )
    structure = forms.TypedChoiceField(label=_("Structure"), required=False, coerce=int, empty_value=None, widget=PlainSelect)
    course = forms.ChoiceField(label=_("Course"), required=False, widget=PlainSelect)
    states = forms.MultipleChoiceField(
        label=_("State"),
        required=False,
        choices=[*State.choices, (NOTHING, _("nothing asked"))],
        widget=forms.CheckboxSelectMultiple,
    )
    strength = forms.ChoiceField(label=_("Asked"), required=False, choices=[ANY, *Strength.choices])
    function = forms.ChoiceField(label=_("Function"), required=False, choices=[ANY, *FunctionGroup.choices], widget=PlainSelect)
    contract = forms.ChoiceField(label=_("Contract"), required=False, choices=[ANY, *ContractType.choices])
    station = forms.CharField(label=_("Duty station"), required=False, max_length=80)
    late_from = _days(_("Days overdue, from"))
    late_to = _days(_("Days overdue, to"))
    lapses = _days(_("Lapses within days"))
    entered = _days(_("Came within days"))
    sheet = forms.UUIDField(required=False, widget=forms.HiddenInput)
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        required=False,
        choices=COLUMNS,
        widget=forms.CheckboxSelectMultiple,
    )
    group = forms.ChoiceField(
        label=_("Count by"),
        required=False,
        choices=[("", _("do not count, list")), *((key, label) for key, label in COLUMNS if key in GROUPS)],
    )
    sort = forms.ChoiceField(
        required=False,
        choices=[(key, key) for key in SORTS],
        widget=forms.HiddenInput,
    )

    def __init__(self, reader, data):
        by = PERSON if data.get("by") == PERSON else COURSE
        seen = columns.seen_by(reader, by)
        self.first = tuple(column.key for column in seen if column.is_shown_first)
        data = data.copy()
        if not data.getlist("columns"):
            data.setlist("columns", self.first)
        super().__init__(data)
        self.fields["columns"].widget.choices = [(column.key, column.label) for column in seen]
        structures = self._structures(reader, data.get("structure", ""))
        self.fields["structure"].choices = Pairs([("", _("all I may see")), *structures])
        self.fields["course"].choices = [("", _("all")), *Course.objects.values_list("code", "title")]
        if by == PERSON:
            self.fields["course"].widget = self.fields["strength"].widget = forms.HiddenInput()
        if "contract" not in (column.key for column in seen):
            self.fields["contract"].widget = forms.HiddenInput()
            self.fields["group"].widget.choices = [one for one in self.fields["group"].choices if one[0] != "contract"]

    def _structures(self, reader, chosen):
        """Her own, and the one that the address names, be it hers or not: she finds in it whom she may see."""
        rights = access.rights(reader)
        reach, tree = rights.reach("P3"), rights.tree_on(rights.day)
        within = tree.periods if access.Scope.ALL in reach.scopes else reach.structures
        for key, depth in tree.walk():
            if key in within or str(key) == chosen:
                yield key, "\u2003" * depth + tree.name(key)
        if re.fullmatch(r"\d{1,9}", chosen) and int(chosen) not in tree.periods:
            yield from Structure.objects.filter(pk=chosen).values_list("pk", "code")

    @property
    def listing(self) -> Listing:
        """Of a form that is valid."""
        cleaned = self.cleaned_data
        return Listing(
            filter=Filter(
                sheet=cleaned["sheet"],
                structure=cleaned["structure"],
                course=cleaned["course"],
                states=tuple(cleaned["states"]),
                strength=cleaned["strength"],
                function_group=cleaned["function"],
                contract_type=cleaned["contract"],
                duty_station=cleaned["station"],
                late_from=cleaned["late_from"],
                late_to=cleaned["late_to"],
                lapses_within=cleaned["lapses"],
                entered_within=cleaned["entered"],
                by=cleaned["by"] or COURSE,
            ),
            columns=() if tuple(cleaned["columns"]) == self.first else tuple(cleaned["columns"]),
            sort=cleaned["sort"] or "name",
            group=cleaned["group"],
        )


class SaveForm(forms.Form):
    name = forms.CharField(label=_("Name of the list"), max_length=100)
    is_shared = forms.BooleanField(label=_("Others may open it, each with what she may see herself"), required=False)


class TakeForm(forms.Form):
    """A list as a file."""

    purpose = forms.CharField(label=_("What do you need it for?"), max_length=300)
    form = forms.ChoiceField(
        label=_("Kind of file"),
        choices=[(Form.CSV, _("CSV, for any program")), (Form.XLSX, _("XLSX, for spreadsheets")), (Form.PARQUET, _("Parquet"))],
    )


class ScheduleForm(TakeForm):
    every = forms.ChoiceField(label=_("How often"), choices=Schedule.Every.choices)
