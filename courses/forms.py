from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses import bank_csv, gift, past_file
from courses.bank_items import Reading
from courses.kinds.kind import Fault, Kind
from courses.models import Dispute


class AnswerForm(forms.Form):
    """Is this a possible answer to this question? `cleaned_data["response"]` is what to grade."""

    try_number = forms.IntegerField(min_value=1, max_value=10_000)

    def __init__(self, content: Kind, data: QueryDict):
        super().__init__(data)
        self.content = content
        self.sent = {name: data.getlist(name) for name in data}
        self.faulty: frozenset[str] = frozenset()

    def clean(self):
        cleaned = super().clean()
        try:
            cleaned["response"] = self.content.read(self.sent)
        except Fault as fault:
            self.faulty = fault.names
            raise forms.ValidationError(gettext(fault.sentence) % fault.values) from fault
        return cleaned


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label=_("Your name, as it is printed on certificates"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)


NOTHING_OF_HEALTH = _("Nothing about health, please: it is not needed and not asked for.")


class DisputeForm(forms.Form):
    """What somebody holds to be wrong. `submission` makes a form that is sent twice count once."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Dispute.Reason.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In a few words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NOTHING_OF_HEALTH,
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class ArrangementForm(forms.Form):
    """What somebody would like from the owner of a course; no reason is asked for."""

    wanted_on = forms.DateField(
        label=_("Until when would you like to have time?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    words = forms.CharField(
        label=_("Anything else that should be known"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NOTHING_OF_HEALTH,
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class ArrangementAnswerForm(forms.Form):
    """With a day the owner agrees to a later date; without one she answers in words."""

    until = forms.DateField(label=_("Later date"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    answer = forms.CharField(label=_("Answer"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=300,
        help_text=_("For those who correct it, and for auditors. Your name and the time are kept with it."),
    )


class BankFileForm(forms.Form):
    """A file of questions, read by the ending of its name."""

    READERS = {".csv": bank_csv.read, ".gift": gift.read, ".txt": gift.read}  # noqa: RUF012

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV as the bank exports it, or Moodle's GIFT (.gift or .txt). UTF-8, at most 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.gift,.txt"}),
    )

    def clean_file(self) -> dict[str, str]:
        """The text and the ending, which are all that is kept of the file."""
        file = self.cleaned_data["file"]
        ending = next((ending for ending in self.READERS if file.name.lower().endswith(ending)), None)
        if ending is None:
            raise forms.ValidationError(_("Choose a file whose name ends in .csv, .gift or .txt."))
        if file.size > 1_000_000:
            raise forms.ValidationError(_("The file is larger than 1 MB. Split it."))
        try:
            return {"text": file.read().decode(), "ending": ending}
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not in UTF-8. Save it again as “CSV UTF-8” or as UTF-8 text.")) from None

    @classmethod
    def reading_of(cls, kept: dict[str, Any]) -> Reading:
        return cls.READERS[kept["ending"]](kept["text"])


class AgreedFileForm(forms.Form):
    """The file that was shown, signed for the one to whom it was shown, and what it was going to do."""

    HOURS = 12
    what = "bank file"

    signed = forms.CharField(widget=forms.HiddenInput, strip=False)

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.salt = f"{self.what} of {user.pk}"

    def sign(self, kept: dict[str, str], digest: str) -> str:
        return signing.dumps(kept | {"agreed": digest}, salt=self.salt, compress=True)

    def clean_signed(self) -> dict[str, str]:
        try:
            return signing.loads(self.cleaned_data["signed"], salt=self.salt, max_age=self.HOURS * 3600)
        except signing.BadSignature:
            raise forms.ValidationError(_("This preview is too old. Choose the file again.")) from None


class PastFileForm(forms.Form):
    """Completions from before; `file` is cleaned to its text."""

    FAULTS = {  # noqa: RUF012
        "no table": _("The file is no CSV table."),
        "columns": _("The first line must name each of these once: %(what)s."),
        "empty": _("The file holds no completion."),
        "too many": _("The file holds more than %(what)s lines. Split it."),
    }

    file = forms.FileField(
        label=_("File"),
        help_text=_("A CSV table in UTF-8, at most 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv"}),
    )

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file.size > 1_000_000:
            raise forms.ValidationError(_("The file is larger than 1 MB. Split it."))
        try:
            text = file.read().decode("utf-8-sig")
            past_file.read(text)
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not in UTF-8. Save it again as “CSV UTF-8” or as UTF-8 text.")) from None
        except past_file.UnreadableFile as error:
            kind, what = error.args
            raise forms.ValidationError(self.FAULTS[kind] % {"what": what}) from None
        return text


class AgreedRecordsForm(AgreedFileForm):
    what = "past completions"


class BankExportForm(forms.Form):
    WRITERS = {"csv": bank_csv.write, "gift": gift.write}  # noqa: RUF012

    form = forms.ChoiceField(
        label=_("Format"),
        choices=[("csv", _("CSV, for spreadsheets and to bring back")), ("gift", _("GIFT, for Moodle"))],
        initial="csv",
    )
    purpose = forms.CharField(
        label=_("What is it for?"),
        max_length=200,
        help_text=_("The file holds the keys of graded questions. Your answer is kept."),
    )
