from allauth.account import forms as account
from allauth.mfa.base import forms as factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.apps import apps
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from lms.days import today
from lms.people.models import GuestStay, Role, Structure, TokenScope, Tree
from lms.people.roles import GIVEN_PAGES

PASSWORD_LABELS = {
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
}


class CodeForm(forms.Form):
    """The sign-in of staff without a mailbox."""

    staff_number = forms.CharField(
        label=_("Staff number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        help_text=_("Three groups of four letters and digits. Capitals and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class GrantForm(forms.Form):
    role = forms.TypedChoiceField(label=_("Role"), choices=Role.choices, coerce=Role)
    structure = forms.ModelChoiceField(Structure.objects.none(), label=_("Structure"), required=False, empty_label=_("none"))
    object_keys = forms.MultipleChoiceField(
        label=_("Courses or guides it is for"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ends_on = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        tree = Tree(today())
        self.fields["structure"].queryset = Structure.objects.filter(pk__in=tree.periods)
        self.fields["structure"].label_from_instance = lambda structure: tree.name(structure.pk)
        self.pages = {label: titles_of(label) for label in dict.fromkeys(GIVEN_PAGES.values())}
        self.fields["object_keys"].choices = [pair for titles in self.pages.values() for pair in titles.items()]

    def clean_object_keys(self) -> list[str]:
        keys = self.cleaned_data["object_keys"]
        role = self.cleaned_data.get("role")
        fitting = self.pages.get(GIVEN_PAGES.get(role), {})
        if not fitting.keys() >= set(keys):
            raise forms.ValidationError(_("Courses are for trainers and publishers, guides for guide owners."))
        return keys

    def clean_ends_on(self):
        day = self.cleaned_data["ends_on"]
        if day is not None and day <= today():
            raise forms.ValidationError(_("Choose a later day."))
        return day


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("The program or service that will use it."))
    purpose = forms.CharField(
        label=_("What is it for?"), max_length=300, help_text=_("It stands beside every access in the log.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may be used for"), choices=TokenScope.choices, widget=forms.CheckboxSelectMultiple
    )
    until = forms.DateField(
        label=_("Last day"), help_text=_("Within a year from today."), widget=forms.DateInput(attrs={"type": "date"})
    )


def titles_of(label: str) -> dict[str, str]:
    """Title by key of the pages of one kind."""
    pages = apps.get_model(label).objects.filter(locale__language_code=settings.LANGUAGE_CODE).order_by("title")
    return {str(key): title for key, title in pages.values_list("translation_key", "title")}


# --- allauth's forms ---------------------------------------------------------------------------------------------------


class InOurWords:
    """Our labels, and no grey text in the fields that says the label again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = PASSWORD_LABELS.get(name, field.label)


class SignInForm(InOurWords, account.LoginForm):
    pass


class AskForLinkForm(InOurWords, account.ResetPasswordForm):
    pass


class SetPasswordForm(InOurWords, account.ResetPasswordKeyForm):
    """For a guest it is the way in, too: she is told beforehand who hosts her and what is kept about her."""

    @cached_property
    def stay(self):
        return GuestStay.objects.standing(today()).filter(person=self.user).first()

    @property
    def host(self):
        return Tree(today()).name(self.stay.structure_id)


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    pass


class PasswordAgainForm(InOurWords, account.ReauthenticateForm):
    pass


class SetUpFactorForm(InOurWords, ActivateTOTPForm):
    pass


class AddPasskeyForm(InOurWords, AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you know which device it is.")
        self.fields["name"].initial = self.initial["name"] = ""
        self.fields["passwordless"].label = _("Sign in with it alone, without the password")
        self.fields["passwordless"].help_text = _("The device then asks for your finger, your face or its own code.")


class FactorForm(InOurWords, factor.AuthenticateForm):
    pass


class FactorAgainForm(InOurWords, factor.ReauthenticateForm):
    pass
