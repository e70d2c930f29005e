from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from courses.questions import Choice


class AnswerForm(forms.Form):
    """Is this a possible answer to this question?"""

    option = forms.MultipleChoiceField(
        error_messages={"required": _("Choose an answer first."), "invalid_choice": _("Choose one of the answers shown.")}
    )
    try_number = forms.IntegerField(min_value=1, max_value=10_000)

    def __init__(self, content: Choice, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.content = content
        self.fields["option"].choices = [(option.key, option.text) for option in content.options]

    def clean_option(self) -> list[str]:
        response = list(dict.fromkeys(self.cleaned_data["option"]))
        if not self.content.is_possible(response):
            raise forms.ValidationError(_("Choose one answer."))
        return response


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label=_("Your name, as it is printed on certificates"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)
