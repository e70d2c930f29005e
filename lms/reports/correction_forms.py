"""What HR writes to answer somebody, to put her state right, or to recommend a course."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Correction, Course
from lms.days import today
from lms.people import access

DAY = {"type": "date"}


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer to her"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("She reads it on the page of the course. Say what holds and why; nothing about other people."),
    )


class CorrectionForm(forms.Form):
    """`cleaned_data` holds what the verb of the kind takes beside the person and the course."""

    reason = forms.ChoiceField(label=_("Reason"))
    evidence = forms.FileField(
        label=_("Evidence"),
        required=False,
        help_text=_("PDF, PNG or JPEG, at most 5 megabytes. Nothing about health: such a file is not taken."),
    )
    answer = AnswerForm.base_fields["answer"]

    def __init__(self, kind, standing, data=None, files=None):
        super().__init__(data, files)
        reasons = [(reason.value, reason.label) for reason in Correction.REASONS[kind]]
        self.fields["reason"].choices = reasons
        if kind == Correction.Kind.CREDIT:
            self.fields["completed_on"] = forms.DateField(label=_("Completed on"), widget=forms.DateInput(attrs=DAY))
        elif kind == Correction.Kind.WITHDRAWAL:
            self.fields["completion"] = forms.ModelChoiceField(standing, label=_("Completion"), empty_label=None)
            self.fields["completion"].label_from_instance = _in_words
        else:
            self.fields["due_on"] = forms.DateField(label=_("Later date"), widget=forms.DateInput(attrs=DAY))
            self.fields["starts_on"] = forms.DateField(
                label=_("It holds from"), widget=forms.DateInput(attrs=DAY), initial=today().isoformat()
            )
        self.order_fields(["completion", "completed_on", "due_on", "starts_on", "reason", "evidence", "answer"])


class RecommendationForm(forms.Form):
    course = forms.ModelChoiceField(Course.objects.filter(retired_on=None), label=_("Course"), to_field_name="code")
    structure = forms.TypedChoiceField(
        label=_("Structure and below"),
        coerce=int,
        help_text=_("Those who are in post there today. For those who come later, write a line of the matrix."),
    )
    until = forms.DateField(label=_("Recommended until"), widget=forms.DateInput(attrs=DAY))
    note = forms.CharField(
        label=_("Note"), max_length=300, help_text=_("Why it is worth her while. She reads it, and so may her manager.")
    )

    def __init__(self, user, person=None, data=None):
        super().__init__(data)
        if person is not None:
            del self.fields["structure"]
            return
        rights = access.rights(user)
        reach = rights.reach("P3", "W")
        tree = rights.tree_on(today())
        within = tree.periods if access.Scope.ALL in reach.scopes else reach.structures
        self.fields["structure"].choices = [
            (key, "\u2003" * depth + tree.name(key)) for key, depth in tree.walk() if key in within
        ]


def _in_words(completion) -> str:
    return f"{completion.completed_on:%Y-%m-%d} · {completion.edition.number} · {completion.get_source_display()}"
