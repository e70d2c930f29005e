"""What may be sent about a group session."""

from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from courses import rosters
from courses.convening import Outcome
from courses.models import Course, GroupSession
from lms.days import today
from lms.people import access
from lms.people.models import Structure


class NamesForm(forms.Form):
    names = forms.CharField(
        label=_("Who comes"),
        max_length=10_000,
        help_text=_("One a line: a staff number, or the name as it is in the staff record."),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_names(self) -> list[str]:
        return self.cleaned_data["names"].splitlines()


class SessionForm(NamesForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    course = forms.ModelChoiceField(Course.objects.none(), label=_("Course"), to_field_name="code", empty_label=None)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    structure = forms.ModelChoiceField(Structure.objects.none(), label=_("Whose people"), empty_label=None)
    held_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    place = forms.CharField(label=_("Place, in a word"), max_length=80)

    field_order = ("key", "course", "language", "structure", "held_on", "place", "names")

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        day = today()
        self.initial = {"key": uuid4(), "language": "en", "held_on": day.isoformat()} | self.initial
        found, tree = access.reach(user, "P11", "W"), access.rights(user).tree_on(day)
        courses = Course.objects.published()
        self.fields["course"].queryset = courses if found.structures else courses.filter(key__in=found.keys)
        self.fields["structure"].queryset = Structure.objects.filter(pk__in=rosters.structures_of(user, day)).order_by("code")
        self.fields["structure"].label_from_instance = lambda structure: tree.name(structure.pk)


class OutcomeForm(forms.Form):
    """One choice for each person, under her uuid."""

    held_on = forms.DateField(label=_("Day on which it was held"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, session: GroupSession, seats, *args, **kwargs):
        super().__init__(*args, initial={"held_on": session.held_on.isoformat()}, **kwargs)
        for seat in seats:
            now = Outcome.PASSED if seat.has_passed else Outcome.PRESENT if seat.was_present else Outcome.ABSENT
            self.fields[str(seat.person.uuid)] = forms.ChoiceField(
                label=seat.person.official_name,
                choices=[
                    (Outcome.ABSENT.value, _("was not there")),
                    (Outcome.PRESENT.value, _("was there, not passed")),
                    (Outcome.PASSED.value, _("was there and passed")),
                ],
                initial=now.value if session.recorded_at else None,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one for each person.")},
            )

    @property
    def outcomes(self) -> dict[UUID, Outcome]:
        return {UUID(name): Outcome(value) for name, value in self.cleaned_data.items() if name != "held_on"}
