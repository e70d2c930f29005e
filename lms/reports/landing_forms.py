"""What the first page of the reports is asked for."""

from datetime import date

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from lms.people import access
from lms.people.models.postings import ContractType, FunctionGroup
from lms.reports.filters import Filter
from lms.reports.models import Told
from lms.reports.selects import Pairs, PlainSelect


class CoverageForm(forms.Form):
    """Her own structures; contract types for HR only. The names are those of the list's address."""

    sheet = forms.UUIDField(required=False, widget=forms.HiddenInput)
    structure = forms.TypedChoiceField(label=_("Structure"), required=False, coerce=int, empty_value=None, widget=PlainSelect)
    function = forms.ChoiceField(label=_("Function"), required=False, choices=[("", _("any")), *FunctionGroup.choices])
    contract = forms.ChoiceField(label=_("Contract"), required=False, choices=[("", _("any")), *ContractType.choices])

    def __init__(self, reader, data):
        super().__init__(data)
        rights = access.rights(reader)
        reach, tree = rights.reach("P3"), rights.tree_on(rights.day)
        within = tree.periods if access.Scope.ALL in reach.scopes else reach.structures
        names = [(key, "\u2003" * depth + tree.name(key)) for key, depth in tree.walk() if key in within]
        self.fields["structure"].choices = Pairs([("", _("all I may see")), *names])
        if access.Scope.ALL not in rights.scopes("P2"):
            del self.fields["contract"]

    @property
    def chosen(self) -> Filter:
        cleaned = self.cleaned_data
        return Filter(
            sheet=cleaned["sheet"],
            structure=cleaned["structure"],
            function_group=cleaned["function"],
            contract_type=cleaned.get("contract", ""),
        )


class TotalsForm(forms.Form):
    """One of the months of which anything is told, and one grouping; the last month by structure where nothing is said."""

    month = forms.TypedChoiceField(label=_("End of"), required=False, coerce=date.fromisoformat, empty_value=None)
    grouping = forms.ChoiceField(label=_("By"), choices=Told.Grouping.choices)

    def __init__(self, data, months: list[date]):
        first = {"month": str(months[0])} if months else {}
        super().__init__({**first, "grouping": Told.Grouping.STRUCTURE, **data.dict()})
        self.fields["month"].choices = [(str(month), date_format(month, "F Y")) for month in months]
