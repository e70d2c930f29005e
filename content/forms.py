from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pixels
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from content.models import GuideFeedback
from content.sensitive import signs_in

STEPS = [(step, str(step)) for step in range(1, 6)]
SIGN_WORDS = {
    "telephone": _("a telephone number"),
    "address": _("an e-mail address"),
    "birth": _("a date of birth"),
    "document": _("the number of a document"),
    "name": _("the name of a person"),
}


class PictureField(WagtailImageField):
    def to_python(self, data):
        """Wagtail looks at the first bytes and stumbles over the rest, where the rest is no picture."""
        try:
            return super().to_python(data)
        except (OSError, SyntaxError, Pixels.DecompressionBombError) as error:
            raise ValidationError(_("This is no picture that can be read. Save it anew and try again.")) from error


class PictureForm(BaseImageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"].__class__ = PictureField


class FeedbackForm(forms.ModelForm):
    section = forms.ChoiceField(label=_("Which section?"), required=False)
    missing = forms.MultipleChoiceField(
        label=_("Which subjects are missing?"),
        choices=GuideFeedback.Gap.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    would_recommend = forms.TypedChoiceField(
        label=_("Would you recommend it to a new colleague?"),
        choices=[("yes", _("yes")), ("no", _("no"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    is_named = forms.BooleanField(label=_("The owner of the guide may see my name"), required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput)
    is_checked = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = GuideFeedback
        fields = (
            *("used_for", "useful", "accurate", "easy", "up_to_date", "would_recommend", "missing"),
            *("comment", "translation_term", "translation_better"),
        )
        widgets = {
            "used_for": forms.RadioSelect,
            "useful": forms.RadioSelect(choices=STEPS),
            "accurate": forms.RadioSelect(choices=STEPS),
            "easy": forms.RadioSelect(choices=STEPS),
            "up_to_date": forms.RadioSelect,
            "comment": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, guide, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", _("the guide as a whole")), *guide.section_titles.items()]
        for name in ("used_for", "up_to_date"):
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]

    def clean(self):
        """A text that seems to name somebody comes back once with a warning; sent again, it is taken."""
        cleaned = super().clean()
        text = "\n".join(cleaned.get(name, "") for name in ("comment", "translation_term", "translation_better"))
        self.found_signs = [SIGN_WORDS[sign] for sign in signs_in(text)]
        if self.found_signs and not cleaned.get("is_checked"):
            self.add_error("comment", _("Please look again: this text may let somebody be recognised."))
        return cleaned


class TriageForm(forms.Form):
    state = forms.ChoiceField(label=_("New state"))
    answer = forms.CharField(
        label=_("Answer to the senders"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [choice for choice in GuideFeedback.State.choices if choice[0] != "new"]
