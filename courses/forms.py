from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.kinds.kind import Fault, Kind


class AnswerForm(forms.Form):
    """Is this a possible answer to this question? `cleaned_data["response"]` is what to grade."""

    try_number = forms.IntegerField(min_value=1, max_value=10_000)

    def __init__(self, content: Kind, data: QueryDict):
        super().__init__(data)
        self.content = content
        self.sent = {name: data.getlist(name) for name in data}
        self.faulty: frozenset[str] = frozenset()

    def clean(self):
        cleaned = super().clean()
        try:
            cleaned["response"] = self.content.read(self.sent)
        except Fault as fault:
            self.faulty = fault.names
            raise forms.ValidationError(gettext(fault.sentence) % fault.values) from fault
        return cleaned


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label=_("Your name, as it is printed on certificates"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)
