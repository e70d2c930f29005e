"""Where somebody serves: one open posting a person, older ones kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.people.models.dated import Dated, DatedQuerySet
from lms.people.models.structures import Structure


class ContractType(models.TextChoices):
    CONTRACTED = "contracted", _("contracted")
    SECONDED = "seconded", _("seconded")
    NATIONAL = "national", _("national or local")
    JPO = "jpo", _("junior professional")
    INTERN = "intern", _("intern")
    CONSULTANT = "consultant", _("consultant or short-term")


class FunctionGroup(models.TextChoices):
    ADMINISTRATION = "administration", _("administration and support")
    POLICE = "police", _("civilian police")
    DEMOCRATIZATION = "democratization", _("democratization")
    ECONOMIC = "economic", _("economic and environmental")
    EDUCATION = "education", _("education")
    ELECTIONS = "elections", _("elections")
    HUMAN_RIGHTS = "human-rights", _("human rights")
    MEDIA = "media", _("media")
    MILITARY = "military", _("military")
    POLITICAL = "political", _("political affairs")
    RULE_OF_LAW = "rule-of-law", _("rule of law")
    PROJECTS = "projects", _("project and programme management")
    GENDER = "gender", _("gender")
    ANTI_TRAFFICKING = "anti-trafficking", _("anti-trafficking")
    INTERPRETATION = "interpretation", _("interpretation")
    PROCUREMENT = "procurement", _("procurement and finance")
    MANAGEMENT = "management", _("management")


class Posting(Dated):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="postings")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="postings")
    duty_station = models.CharField(_("duty station"), max_length=80)
    function_group = models.CharField(_("function"), max_length=30, choices=FunctionGroup)
    contract_type = models.CharField(_("contract"), max_length=20, choices=ContractType)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="team_postings"
    )
    entered_on = models.DateField(_("entry on duty"))

    objects = DatedQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["person"], condition=Q(ends_on__isnull=True), name="people_posting_one_open"),
        ]
        indexes = [models.Index(fields=["structure", "starts_on", "ends_on"])]

    def __str__(self) -> str:
        return f"{self.person} · {self.structure}"
