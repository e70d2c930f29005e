from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.days import today
from lms.people.models import Role, Structure, Tree


class GrantForm(forms.Form):
    role = forms.TypedChoiceField(label=_("Role"), choices=Role.choices, coerce=Role)
    structure = forms.ModelChoiceField(Structure.objects.none(), label=_("Structure"), required=False)
    object_keys = forms.CharField(
        label=_("Keys of the courses or guides it is for"),
        required=False,
        help_text=_("One a line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ends_on = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        tree = Tree(today())
        self.fields["structure"].queryset = Structure.objects.filter(pk__in=tree.periods)
        self.fields["structure"].label_from_instance = lambda structure: tree.name(structure.pk)

    def clean_object_keys(self) -> list[str]:
        try:
            return [str(UUID(key)) for key in self.cleaned_data["object_keys"].split()]
        except ValueError as error:
            raise forms.ValidationError(_("A key looks like 11111111-1111-4111-8111-111111111111.")) from error

    def clean_ends_on(self):
        day = self.cleaned_data["ends_on"]
        if day is not None and day <= today():
            raise forms.ValidationError(_("Choose a later day."))
        return day
