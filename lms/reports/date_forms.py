"""What is asked for by two dates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.days import today
from lms.reports.snapshots import MOST_BYTES

DAY = {"type": "date"}


def _day(label, **options) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY), initial=lambda: today().isoformat(), **options)


class DatesForm(forms.Form):
    day = _day(_("State date"), help_text=_("How everybody stood at the end of that day."))
    known_on = _day(_("Known on"), help_text=_("By what was recorded up to the end of that day, or up to now if it is today."))


class DifferenceForm(forms.Form):
    day = _day(_("State date"))
    earlier = _day(_("Known on"))
    later = _day(_("And known on"))

    def clean(self):
        cleaned = super().clean()
        if {"earlier", "later"} <= cleaned.keys() and cleaned["earlier"] >= cleaned["later"]:
            self.add_error("later", _("Choose a day after the one above it."))
        return cleaned


class KeepForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    with_names = forms.BooleanField(
        label=_("With names"), required=False, help_text=_("Else totals by structure and course only.")
    )
    purpose = forms.CharField(label=_("What do you need it for?"), max_length=300)


class VerifyForm(forms.Form):
    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ".json"}))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than any report."))
        return file.read()
