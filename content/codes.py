"""Codes by which authors call facts and questions: one of each in a language."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def refuse_taken_code(thing) -> None:
    """The language is no field of the editors' form, so that Django's own check of the constraint is left out there."""
    others = type(thing)._default_manager.filter(code=thing.code, locale=thing.locale_id).exclude(pk=thing.pk)
    if others.exists():
        raise ValidationError({"code": _("This code is taken. Choose another one.")})
