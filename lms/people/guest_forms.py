"""What is asked about a guest of a partner organization."""

from django import forms
from django.apps import apps
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from lms.people import access
from lms.people.hosting import latest_day
from lms.people.models import Structure


def live_courses() -> dict[str, str]:
    """Title by key of the courses that can be taken today."""
    pages = apps.get_model("courses.CoursePage").objects.live().filter(locale__language_code=settings.LANGUAGE_CODE)
    return {str(key): title for key, title in pages.order_by("title").values_list("translation_key", "title")}


class LastDayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"})


class GuestForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As it is printed on her certificates."))
    email = forms.EmailField(label=_("Work e-mail"), max_length=254)
    organisation = forms.CharField(label=_("Her organization"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    structure = forms.ModelChoiceField(Structure.objects.none(), label=_("Structure that hosts her"), empty_label=None)
    course_keys = forms.MultipleChoiceField(
        label=_("Courses to which she is invited"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They stand first on her page; she may take the others, too."),
    )
    until = LastDayField(label=_("Last day"))
    reason = forms.CharField(
        label=_("Why is she invited?"), max_length=300, help_text=_("It stands in the access log. Nothing about other people.")
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hosts = access.hosts(user)
        self.fields["structure"].queryset = Structure.objects.filter(pk__in=hosts).order_by("code")
        self.fields["structure"].label_from_instance = lambda structure: hosts[structure.pk]
        self.fields["course_keys"].choices = list(live_courses().items())
        self.fields["until"].help_text = _until_text()


class ProlongForm(forms.Form):
    until = LastDayField(label=_("New last day"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["until"].help_text = _until_text()


class EndForm(forms.Form):
    is_staff_now = forms.BooleanField(
        label=_("She joins the staff: her address becomes free for the record that the staff feed makes of her"), required=False
    )


def _until_text():
    return _("%(day)s at the latest. From the day after she cannot sign in.") % {"day": date_format(latest_day())}
