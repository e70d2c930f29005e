"""The Organization's structures, with names and places that change over time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lms.people.models.dated import Dated, DatedQuerySet


class Structure(models.Model):
    class Kind(models.TextChoices):
        SECRETARIAT = "secretariat", _("Secretariat")
        INSTITUTION = "institution", _("institution")
        MISSION = "mission", _("field operation")
        UNIT = "unit", _("unit")

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    successor_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors")
    note = models.TextField(blank=True)  # of what is unsure about it
    name_note = models.TextField(blank=True)  # to be read wherever the name is printed in a list or a tree

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.code


class StructurePeriod(Dated):
    """Name and place of a structure from one day to another."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="periods")
    names = models.JSONField()  # {language: name}, English always
    parent = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="child_periods")
    seat = models.CharField(max_length=80, blank=True)

    objects = DatedQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["structure"], condition=Q(ends_on__isnull=True), name="people_structureperiod_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.names["en"]

    @property
    def name(self) -> str:
        return spoken(self.names)


def spoken(names: dict[str, str]) -> str:
    """In the reader's language, or in English."""
    return names.get(get_language() or "en") or names["en"]


class Tree:
    """All structures as they stood on one day, read in one query, and as plain rows: most pages of the desk ask for hundreds."""

    READ = (
        *("structure_id", "parent_id", "names", "starts_on", "ends_on"),
        *("structure__code", "structure__kind", "structure__name_note"),
    )

    def __init__(self, day: date):
        rows = StructurePeriod.objects.on(day).order_by("structure__code").values_list(*self.READ, named=True)
        self.periods = {period.structure_id: period for period in rows}
        self._children: dict[int | None, list[int]] = defaultdict(list)
        for key, period in self.periods.items():
            self._children[period.parent_id].append(key)

    def name(self, key: int) -> str:
        period = self.periods.get(key)
        if period is None:
            return str(_("a structure that is closed"))
        return spoken(period.names)

    def code(self, key: int) -> str:
        return self.periods[key].structure__code

    def kind(self, key: int) -> str:
        return self.periods[key].structure__kind

    def parent(self, key: int) -> int | None:
        return self.periods[key].parent_id if key in self.periods else None

    def upwards(self, key: int | None):
        """The structure itself, its parent, and so on to the top."""
        while key is not None:
            yield key
            key = self.parent(key)

    def below(self, *keys: int) -> set[int]:
        """The structures themselves and everything under them."""
        found: set[int] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting.extend(self._children[key])
        return found

    def walk(self, key: int | None = None, depth: int = 0):
        """(key, depth) of every structure, parents before children, in the order of codes."""
        for child in self._children[key]:
            yield child, depth
            yield from self.walk(child, depth + 1)
