"""Reads how people stood with courses, as it was known at a moment: as plain values, for many people in a few queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from courses.knowledge import Knowledge
from courses.models import Completion, Enrolment, Exemption, LanguageVersion
from courses.standing_rules import Demanded, Done, Excused, Facts, Found, courses_of, stand
from courses.timelines import Demand
from lms.days import day_after, day_of
from lms.people.models import LanguageChoice, User


@dataclass
class Person:
    """All that bears on one person's states. `begun`: when she began each course last; `running`: those that are open."""

    language: str = ""
    done: list[Done] = field(default_factory=list)
    excused: dict[int, list[Excused]] = field(default_factory=lambda: defaultdict(list))
    begun: dict[int, date] = field(default_factory=dict)
    running: set[int] = field(default_factory=set)

    def standings(
        self, demands: Iterable[Demand], offered: Collection[tuple[int, str]], day: date
    ) -> dict[int, tuple[Demanded, Found]]:
        """By course: what is asked of her that day, and how she stands; also of what she took without being asked."""
        asked = {
            one.course: _demanded(one) for one in demands if one.starts_on <= day and (one.ends_on is None or day < one.ends_on)
        }
        found = {}
        for course in courses_of(asked, self.done, self.running, day):
            demanded = asked.get(course, Demanded())
            facts = Facts(
                course=course,
                asked=demanded,
                done=self.done,
                excused=self.excused.get(course, ()),
                runs=course in self.running,
                is_offered=not demanded.strength or (course, self.language) in offered,
            )
            found[course] = (demanded, stand(facts, day))
        return found


def offered_on(day: date) -> set[tuple[int, str]]:
    """Each course with each language in which a reviewed version of it is offered by that day. One query."""
    versions = LanguageVersion.objects.offered().filter(reviewed_on__lte=day)
    return set(versions.values_list("edition__course", "language"))


def people_on(day: date, people: Collection[int], knowledge: Knowledge) -> Mapping[int, Person]:
    """By key, as it stood that day and was known then. Four queries."""
    found: dict[int, Person] = defaultdict(Person)
    for person, language in _languages(people, knowledge):
        found[person].language = language
    over, at = day_after(day), knowledge.at
    done = Completion.objects.filter(completed_on__lte=day)
    done = done.standing() if at is None else done.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), recorded_at__lte=at)
    names = ("course_id", "completed_on", "valid_until", "renews_from", "source")
    for person, *values in knowledge.values("completions", done.order_by("completed_on", "pk"), people, *names):
        found[person].done.append(Done(*values))
    begun = Enrolment.objects.filter(enrolled_at__lt=over).order_by("enrolled_at", "pk")
    begun = begun if at is None else begun.filter(enrolled_at__lte=at)
    for person, course, enrolled_at, closed_at in knowledge.values(
        "enrolments", begun, people, "course_id", "enrolled_at", "closed_at"
    ):
        found[person].begun[course] = day_of(enrolled_at)
        if closed_at is None or closed_at >= over or (at is not None and closed_at > at):
            found[person].running.add(course)
    excused = knowledge.versions(Exemption.objects.filter(approved_at__isnull=False))
    excused = excused if at is None else excused.filter(approved_at__lte=at)
    for person, course, *values in knowledge.values("exemptions", excused, people, "course_id", "starts_on", "ends_on", "reason"):
        found[person].excused[course].append(Excused(*values))
    return found


def _languages(people: Collection[int], knowledge: Knowledge) -> Iterable[tuple[int, str]]:
    if knowledge.at is None:
        return User.objects.filter(pk__in=people).values_list("pk", "language")
    return LanguageChoice.objects.known(knowledge.at).filter(row__in=people).values_list("row", "language")


def _demanded(one: Demand) -> Demanded:
    terms = one.terms
    return Demanded(terms.strength, terms.due_on, terms.valid_months, terms.renewal_days, terms.refresher)
