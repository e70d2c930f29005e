"""What a line of the matrix may say: whom a writer may ask, and in which terms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course, DueFrom, Exemption, Strength
from courses.terms import VALIDITIES, WINDOWS
from lms.days import today
from lms.people import access
from lms.people.models import ContractType, FunctionGroup, Role, Structure


class TermsForm(forms.Form):
    """What a line asks; of whom it is asked stays as it is."""

    strength = forms.ChoiceField(label=_("Strength"), choices=Strength.choices)
    due_days = forms.IntegerField(label=_("Due after how many days"), min_value=0, max_value=1000, initial=60)
    due_from = forms.ChoiceField(label=_("Counted from"), choices=DueFrom.choices)
    valid_months = forms.TypedChoiceField(
        label=_("To be done again after months"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("as the certificate says")), *((months, months) for months in VALIDITIES)],
    )
    renewal_days = forms.TypedChoiceField(
        label=_("Renewable in the last days"), coerce=int, initial=60, choices=[(days, days) for days in WINDOWS]
    )
    refresher = forms.ModelChoiceField(
        Course.objects.all(), label=_("Refresher"), required=False, empty_label=_("the whole course"), to_field_name="code"
    )

    @property
    def values(self) -> dict:
        """Fields of Requirement."""
        return dict(self.cleaned_data)


class ExemptionForm(forms.Form):
    """Why somebody need not take a course. Nothing about health is asked, and there is no free text."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Exemption.Reason.choices)
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day of return. At the end of a contract it is taken from the staff record."),
    )
    evidence_on = forms.DateField(
        label=_("Day of the equivalent training"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    evidence = forms.FileField(
        label=_("Its certificate"),
        required=False,
        help_text=_("PDF, PNG or JPEG, at most 5 megabytes. Nothing about health: such a file is not taken."),
    )


class LineForm(TermsForm):
    """A new line: HR asks anybody in the name of the Organization, a focal point her own people in the name of her structure."""

    course = forms.ModelChoiceField(Course.objects.filter(retired_on=None), label=_("Course"), to_field_name="code")
    structure = forms.TypedChoiceField(label=_("Structure and below"), required=False, coerce=int, empty_value=None)
    function_groups = forms.MultipleChoiceField(label=_("Functions"), required=False, choices=FunctionGroup.choices)
    contract_types = forms.MultipleChoiceField(label=_("Contracts"), required=False, choices=ContractType.choices)
    roles = forms.MultipleChoiceField(label=_("Roles"), required=False, choices=Role.choices)
    duty_stations = forms.CharField(
        label=_("Duty stations"), required=False, max_length=300, help_text=_("Parted by commas. Empty: all.")
    )
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))

    field_order = ("course", "strength", "structure", "function_groups", "contract_types", "roles", "duty_stations")

    def __init__(self, writer, data=None):
        super().__init__(data, initial={"starts_on": today().isoformat()})
        self.rights = access.rights(writer)
        reach = self.rights.reach("R2", "W")
        self.asks_all = access.Scope.ALL in reach.scopes
        tree = self.rights.tree_on(today())
        within = tree.periods if self.asks_all else reach.structures
        names = [(key, "\u2003" * depth + tree.name(key)) for key, depth in tree.walk() if key in within]
        self.fields["structure"].choices = [*([("", _("all structures"))] if self.asks_all else []), *names]
        self.fields["structure"].required = not self.asks_all
        for name in ("function_groups", "contract_types", "roles"):
            self.fields[name].widget = forms.CheckboxSelectMultiple(choices=self.fields[name].choices)

    def clean_duty_stations(self) -> list[str]:
        return [place for part in self.cleaned_data["duty_stations"].split(",") if (place := part.strip())]

    def clean_starts_on(self):
        day = self.cleaned_data["starts_on"]
        if day < today():
            raise forms.ValidationError(_("Choose today or a later day: what was asked in the past stays as it was."))
        return day

    @property
    def values(self) -> dict:
        chosen = self.cleaned_data["structure"]
        place = Structure.objects.get(pk=chosen) if chosen else None
        return {**self.cleaned_data, "structure": place, "owner": None if self.asks_all else self._owner_above(chosen)}

    def _owner_above(self, chosen: int) -> Structure:
        """The structure of the writer's own appointment under which the chosen one stands."""
        above = set(self.rights.tree_on(today()).upwards(chosen))
        key = next(grant.structure_id for grant in self.rights.grants if grant.structure_id in above)
        return Structure.objects.get(pk=key)
