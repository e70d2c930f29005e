"""Keys that stay when words change."""

from collections.abc import Callable, Iterable
from uuid import uuid4

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class KeyBlock(blocks.FieldBlock):
    """A key that stays when words change. No CharBlock, since translators are offered every CharBlock."""

    def __init__(self, **kwargs):
        self.field = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
        super().__init__(**kwargs)

    def get_searchable_content(self, value):
        return []


def short_key() -> str:
    """Enough for what stands in one question or story."""
    return uuid4().hex[:8]


def give_keys(things: Iterable, name: str = "key", make: Callable[[], str] = short_key) -> None:
    """A key of its own for each that has none, or another's because it was copied; it says nothing of place or words."""
    seen: set[str] = set()
    for thing in things:
        if not thing.get(name) or thing[name] in seen:
            thing[name] = make()
        seen.add(thing[name])


class NameBlock(blocks.FieldBlock):
    """A short key that authors give and read themselves, as A1; the same in every language."""

    def __init__(self, required=True, help_text=None, **kwargs):
        short = RegexValidator(r"^[A-Za-z0-9-]{1,8}\Z", _("One to eight letters, digits or hyphens, for example A1."))
        self.field = forms.CharField(required=required, max_length=8, validators=[short], help_text=help_text)
        super().__init__(**kwargs)

    def get_searchable_content(self, value):
        return []
