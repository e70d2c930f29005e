from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import State
from lms.days import today
from lms.people import access
from lms.people.access import Scope
from lms.people.models import User

DAY = {"type": "date"}
NAMES = {Scope.STRUCTURE: _("my structure"), Scope.TEAM: _("my team")}


class TeamForm(forms.Form):
    """Whose people, where she has both a structure and a team, and in which state."""

    whose = forms.ChoiceField(label=_("Whose people"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("any")), *State.choices])

    def __init__(self, user, data):
        super().__init__(data)
        scopes = access.rights(user).scopes("P3")
        self.offered = [scope for scope in NAMES if scope in scopes]
        self.fields["whose"].choices = [(scope.value, NAMES[scope]) for scope in self.offered]
        if len(self.offered) == 1:
            del self.fields["whose"]

    @property
    def scope(self) -> Scope:
        return Scope(self.cleaned_data.get("whose") or self.offered[0])

    @property
    def chosen(self) -> dict[str, str]:
        """As it is written into the access log."""
        return {"state": self.cleaned_data["state"]} if self.cleaned_data["state"] else {}


class StandInForm(forms.Form):
    """For a manager her own team, for Human Resources that of anybody."""

    leader = forms.EmailField(label=_("Work address of the manager"))
    person = forms.EmailField(label=_("Work address of the colleague who stands in"))
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=DAY))
    until = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DAY))

    def __init__(self, user, data=None):
        super().__init__(data, initial={"starts_on": today().isoformat(), "until": (today() + timedelta(days=13)).isoformat()})
        self.user = user
        if Scope.ALL not in access.rights(user).scopes("R11", "W"):
            del self.fields["leader"]

    def clean_leader(self) -> User:
        return _found(self.cleaned_data["leader"])

    def clean_person(self) -> User:
        return _found(self.cleaned_data["person"])

    def clean(self):
        return {"leader": self.user, **super().clean()}


def _found(address: str) -> User:
    person = User.objects.active_on(today()).filter(email__iexact=address).first()
    if person is None:
        raise forms.ValidationError(_("Nobody in post today has this address. Look at it again."))
    return person


class HandoverForm(forms.Form):
    to = forms.TypedChoiceField(label=_("Who takes over"))

    def __init__(self, people, data=None):
        super().__init__(data)
        by_key = {str(person.uuid): person for person in people}
        self.fields["to"].choices = [(key, person.official_name) for key, person in by_key.items()]
        self.fields["to"].coerce = by_key.get
