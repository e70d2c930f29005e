from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.days import today
from lms.people import access, hr_files
from lms.people.hr_feed import UnreadableFeed
from lms.people.models import Role, User
from lms.reports.masks import SHOWN
from lms.xapi import evidence, rules
from lms.xapi.queries import Filter

PAGE = 50
FIRST_YEAR = 2000  # no statement is older, and no clock can tell all zones of the year 1
NAMES = dict.fromkeys(SHOWN.values())  # of verbs, as the standard calls them


class ExportForm(forms.Form):
    purpose = forms.CharField(label=_("What do you need it for?"), max_length=300)


class DayForm(forms.Form):
    """Any day; today where none is named."""

    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data):
        super().__init__({"day": today().isoformat(), **data.dict()})

    @property
    def chosen(self) -> date:
        return (self.is_valid() and self.cleaned_data["day"]) or today()


class FeedForm(forms.Form):
    """A file of the staff feed, read at once: of it only the columns of the feed go on."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV in UTF-8 or XLSX, at most 10 MB, with the columns of the template."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def clean_file(self) -> dict[str, Any]:
        file = self.cleaned_data["file"]
        content = file.read(hr_files.MOST_BYTES + 1)
        try:
            sheet = hr_files.read(content)
        except UnreadableFeed as error:
            raise forms.ValidationError(str(error)) from error
        return {"sheet": sheet, "file_name": file.name, "file_sha256": sha256(content).hexdigest()}


class TakeBackForm(forms.Form):
    reason = forms.CharField(label=_("Why is it taken back?"), max_length=300)


class JoinForm(forms.Form):
    """Two keys, that of the record which stays first."""

    pair = forms.CharField(max_length=73)
    reason = forms.CharField(max_length=300)

    def clean_pair(self) -> list[UUID]:
        try:
            kept, other = (UUID(key) for key in self.cleaned_data["pair"].split())
        except ValueError:
            raise forms.ValidationError(_("Choose which record stays.")) from None
        return [kept, other]


class SplitForm(forms.Form):
    reason = forms.CharField(max_length=300)


class DecisionForm(forms.Form):
    """HR's word about a name, with the name that HR was shown."""

    decision = forms.ChoiceField(choices=[("agree", _("Agree")), ("decline", _("Use the staff record"))])
    name = forms.CharField(max_length=200)


def moment_field(label, **options) -> forms.DateTimeField:
    """To the minute, in the time of the Organization."""
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget, **options)


class StatementsForm(forms.Form):
    """By what an administrator looks for statements; only those of which something may be seen are asked for."""

    pseudonym = forms.UUIDField(label=_("Pseudonym"), required=False)
    verb = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("any")), *((name, name) for name in NAMES)])
    activity = forms.CharField(label=_("Activity"), required=False, max_length=2000)
    registration = forms.UUIDField(label=_("Registration"), required=False)
    since = moment_field(_("Stored after"), required=False)
    until = moment_field(_("Stored until"), required=False)

    def clean_activity(self) -> str:
        activity = self.cleaned_data["activity"]
        if activity and not rules.check_iri(activity):
            raise forms.ValidationError(_("Write the whole identifier, with its scheme, for example https://…"))
        return activity

    @property
    def filters(self) -> list[Filter]:
        """One for each identifier under which the verb may stand."""
        cleaned = self.cleaned_data
        verbs = [verb for verb, name in SHOWN.items() if name == cleaned["verb"]] or [None]
        pseudonym = cleaned["pseudonym"]
        return [
            Filter(
                agent=evidence.pseudonym(pseudonym) if pseudonym else None,
                verb=verb,
                activity=cleaned["activity"] or None,
                registration=cleaned["registration"],
                since=cleaned["since"],
                until=cleaned["until"],
                limit=PAGE,
            )
            for verb in verbs
        ]

    def described(self) -> dict[str, str]:
        """As it is written into the access log."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class CaseForm(forms.Form):
    auditor = forms.ModelChoiceField(User.objects.none(), label=_("Auditor"), to_field_name="uuid")
    person = forms.CharField(label=_("Work address of the person, or her staff number"), max_length=254)
    course = forms.ModelChoiceField(Course.objects.all(), label=_("Course"), to_field_name="code")
    reason = forms.CharField(label=_("Why is the case opened?"), max_length=300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["auditor"].queryset = access.holders(Role.AUDITOR).order_by("official_name", "pk")

    def clean_person(self) -> User:
        said = self.cleaned_data["person"]
        person = User.objects.filter(Q(email__iexact=said) | Q(staff_number=said)).first()
        if person is None:
            raise forms.ValidationError(_("Nobody has this address or number."))
        return person


class SinceForm(forms.Form):
    since = moment_field(_("Everything it sent since"))

    def clean_since(self):
        moment = self.cleaned_data["since"]
        if moment > timezone.now() or moment.year < FIRST_YEAR:
            raise forms.ValidationError(_("Choose a moment that is over."))
        return moment


class UndoForm(SinceForm):
    """The moment as the list was shown for it, to the second."""

    since = forms.DateTimeField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why is it undone?"), max_length=300)
