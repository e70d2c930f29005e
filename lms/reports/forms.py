from calendar import monthrange

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.days import today
from lms.people import access
from lms.people.models import ContractType
from lms.reports.figures import Selection, State, reads_totals


class SelectionForm(forms.Form):
    """What a reader may filter by: her own structures, contract types only for HR, and single days only where she sees names.

    With a course it is for the list of that course, else for the table.
    """

    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    course = forms.TypedChoiceField(label=_("Course"), required=False, empty_value=None)
    structure = forms.TypedChoiceField(label=_("Structure"), required=False, coerce=int, empty_value=None)
    contract_type = forms.ChoiceField(label=_("Contract"), required=False, choices=[("", _("any")), *ContractType.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("any")), *State.choices])

    def __init__(self, reader, data, *, course: Course | None = None):
        super().__init__({"day": today().isoformat(), **data.dict()})
        self.course = course
        self.courses = {} if course else {offered.code: offered for offered in Course.objects.all()}
        self.fields["course"].choices = [("", _("all")), *self.courses.items()]
        self.fields["course"].coerce = self.courses.get
        rights = access.rights(reader)
        reach, tree = rights.reach("P3"), rights.tree_on(rights.day)
        self.is_named = bool(reach.scopes & access.NAMED)
        self.is_total = course is None and reads_totals(reader)
        within = tree.periods if access.Scope.ALL in reach.scopes else reach.structures
        names = [(key, "\u2003" * depth + tree.name(key)) for key, depth in tree.walk() if key in within]
        self.fields["structure"].choices = [("", _("all I may see")), *names]
        del self.fields["state" if course is None else "course"]
        if self.is_total or access.Scope.ALL not in rights.scopes("P2"):
            del self.fields["contract_type"]
        if not names:
            del self.fields["structure"]

    def clean_day(self):
        day = self.cleaned_data["day"] or today()
        if day > today():
            raise forms.ValidationError(_("Choose a day that is not in the future."))
        is_last_of_month = day.day == monthrange(day.year, day.month)[1]
        if self.is_total and day != today() and not is_last_of_month:
            raise forms.ValidationError(_("Choose the last day of a month."))
        return day

    @property
    def columns(self) -> list[Course]:
        """The courses of the table."""
        chosen = self.selection.course
        return [chosen] if chosen else [course for course in self.courses.values() if course.retired_on is None]

    @property
    def selection(self) -> Selection:
        cleaned = self.cleaned_data if self.is_valid() else {}
        return Selection(
            day=cleaned.get("day") or today(),
            structure=cleaned.get("structure"),
            contract_type=cleaned.get("contract_type", ""),
            course=self.course or cleaned.get("course"),
            state=cleaned.get("state", ""),
        )


class ExportForm(forms.Form):
    purpose = forms.CharField(label=_("What do you need it for?"), max_length=300)


class DecisionForm(forms.Form):
    """HR's word about a name, with the name that HR was shown."""

    decision = forms.ChoiceField(choices=[("agree", _("Agree")), ("decline", _("Use the staff record"))])
    name = forms.CharField(max_length=200)
