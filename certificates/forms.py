from django import forms
from django.utils.translation import gettext_lazy as _


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name as it stands on the certificate"), max_length=200)


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Code of the certificate"), max_length=60)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why is it withdrawn?"), max_length=300)
