"""What somebody asks about her data, and what she is answered."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.rights.models import DataRequest


class AskForm(forms.Form):
    kind = forms.ChoiceField(label=_("What do you ask for?"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What exactly?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Human Resources read it. Nothing about other people."),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class DecideForm(forms.Form):
    is_granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("it is done as she asks, as far as the answer says")), ("no", _("it stays as it is"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer to her"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say what goes, what stays, and why."),
    )
