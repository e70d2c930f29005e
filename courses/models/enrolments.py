"""Who takes a course, and who has completed it."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.editions import Course, Edition
from lms.days import day_after
from lms.people.models import Posting


class EnrolmentQuerySet(models.QuerySet):
    def with_course(self):
        return self.select_related("edition", "edition__course", "course")

    def for_acts(self, day: date):
        """With all that a statement of the enrolment says: person, course, edition, and the structure served in that day."""
        posting = Posting.objects.on(day).filter(person=models.OuterRef("person"))
        return (
            self.with_course()
            .select_related("person")
            .annotate(structure_code=models.Subquery(posting.values("structure__code")[:1]))
        )

    def locked(self, day: date):
        """First lock of every act of learning: two requests of one learner stand in line here."""
        return self.select_for_update(of=("self",)).for_acts(day)

    def running_on(self, day: date):
        """Begun by then, and not closed on or before that day."""
        over = day_after(day)
        return self.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=over), enrolled_at__lt=over)

    def standing(self):
        """Without those that ended because what was done in them counts for nothing."""
        return self.exclude(closed_because=Enrolment.Closed.WITHDRAWN)

    def latest_of(self, person):
        """Each course's last cycle."""
        newer = models.OuterRef("cycle")
        later = Enrolment.objects.filter(person=person, course=models.OuterRef("course"), cycle__gt=newer)
        return self.filter(~models.Exists(later), person=person)


class Enrolment(models.Model):
    class Origin(models.TextChoices):
        SELF = "self", _("by herself")
        ASSIGNED = "assigned", _("assigned")
        TEST_OUT = "test-out", _("test-out")

    class Closed(models.TextChoices):
        COMPLETED = "completed", _("completed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    registration = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    secret = models.UUIDField(default=uuid.uuid4, editable=False)  # namespace of statement ids; never leaves the table
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="enrolments")
    cycle = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=10)
    origin = models.CharField(max_length=20, choices=Origin, default=Origin.SELF)
    enrolled_at = models.DateTimeField()
    last_module = models.UUIDField(null=True)
    last_screen = models.CharField(max_length=36, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=20, choices=Closed, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "course", "cycle"], name="courses_enrolment_cycle_once"),
            models.UniqueConstraint(
                fields=["person", "course"], condition=Q(closed_at__isnull=True), name="courses_enrolment_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course.code} · {self.registration}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class CompletionQuerySet(models.QuerySet):
    def standing(self):
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def valid_on(self, day):
        return self.standing().filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), completed_on__lte=day)


class Completion(models.Model):
    """Once inserted, its dates never move: they say what was known on the day."""

    class Source(models.TextChoices):
        COURSE = "course", _("course")
        PRIOR = "prior", _("prior learning")
        IMPORT = "import", _("import")
        SESSION = "session", _("group session")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, null=True, related_name="completions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="completions")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="completions")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="completions")
    language = models.CharField(max_length=10)
    completed_at = models.DateTimeField()
    completed_on = models.DateField()
    valid_until = models.DateField(null=True)
    renews_from = models.DateField(null=True)  # renewed in time: validity counts from the old end, not from the day done
    statement = models.UUIDField()
    source = models.CharField(max_length=10, choices=Source, default=Source.COURSE)
    recorded_at = models.DateTimeField(default=timezone.now)  # since when it is known here
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    # Earned here, so that a certificate of ours stands for it.
    EARNED = frozenset({Source.COURSE, Source.SESSION})

    objects = CompletionQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason=""),
                name="courses_completion_withdrawn_whole",
            ),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(withdrawn_at__isnull=True), name="courses_completion_one_standing"
            ),
            models.UniqueConstraint(
                fields=["person", "course", "completed_on"],
                condition=Q(source="import", withdrawn_at__isnull=True),
                name="courses_completion_brought_in_once",
            ),
            models.UniqueConstraint(
                fields=["person", "course", "completed_on"],
                condition=Q(source="prior", withdrawn_at__isnull=True),
                name="courses_completion_credited_once",
            ),
            models.CheckConstraint(
                condition=Q(enrolment__isnull=False) | ~Q(source__in=["course", "session"]),
                name="courses_completion_has_enrolment",
            ),
        ]
        indexes = [models.Index(fields=["course", "person", "completed_on"])]

    def __str__(self) -> str:
        return f"{self.course.code} · {self.completed_on}"

    @property
    def has_certificate(self) -> bool:
        """Or will have one, once HR has agreed to the name."""
        return self.source in self.EARNED
