"""Group sessions: a trainer or a focal point takes a course with people on paper, and a second person confirms who passed.

Only then is anything completed. Passed or not is all that is kept of a paper.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses import completing, draws, enrolling, rosters
from courses.models import Course, CoursePage, Edition, Enrolment, GroupSession, LanguageVersion, Seat
from lms.days import day_of, today
from lms.people import recording
from lms.people.admitting import LETTERS
from lms.people.models import PersonJoin, Structure, User
from lms.refusals import NotAllowed

SHEET_LENGTH = 6
MOST_PEOPLE = 60


class Outcome(StrEnum):
    ABSENT = "absent"
    PRESENT = "present"  # and not passed
    PASSED = "passed"


def convene(
    course: Course,
    *,
    key: UUID,
    language: str,
    structure: Structure,
    held_on: date,
    place: str,
    names: Iterable[str],
    by: User,
) -> GroupSession:
    """Makes the session and draws its paper quiz; `key` is its uuid, so that a form sent twice makes one. Raises NotAllowed."""
    known = GroupSession.objects.filter(uuid=key, made_by=by).first()
    if known is not None:
        return known
    edition = _edition_to_take(course, language)
    if not rosters.may_hold(by, course, structure.pk, today()):
        raise NotAllowed(_("You may hold sessions as a trainer of the course or as a focal point of the structure."))
    if held_on < today():
        raise NotAllowed(_("The quiz is drawn today: choose today or a later day."))
    people = _people(names, structure, held_on, by=by)
    if not people:
        raise NotAllowed(_("Name at least one person."))
    drawn = [
        {"module": str(module.key), "lines": draws.draw(module.items(), module.quiz or {}, secrets.randbelow(2**31))}
        for module in edition.quizzes
    ]
    if not all(quiz["lines"] for quiz in drawn):
        raise NotAllowed(_("The quiz of this course has no question at present. Ask its trainers."))
    try:
        with transaction.atomic():
            session = GroupSession.objects.create(
                uuid=key,
                course=course,
                edition=edition,
                language=language,
                structure=structure,
                held_on=held_on,
                place=place,
                sheet="".join(secrets.choice(LETTERS) for _letter in range(SHEET_LENGTH)),
                drawn=drawn,
                made_by=by,
                held_by=by,
                made_at=timezone.now(),
            )
            Seat.objects.bulk_create(Seat(session=session, person=person) for person in people)
            _log(session, "group session made", by, len(people))
    except IntegrityError:
        return GroupSession.objects.get(uuid=key, made_by=by)  # a double click: the other request made it
    return session


def invite(session: GroupSession, names: Iterable[str], *, by: User) -> int:
    """More people for a session that is not confirmed yet; whoever has a seat already keeps it. Returns how many are new.

    Raises NotAllowed.
    """
    with transaction.atomic():
        locked = _held(session, by)
        seated = set(locked.seats.values_list("person", flat=True))
        people = [person for person in _people(names, locked.structure, locked.held_on, by=by) if person.pk not in seated]
        if len(seated) + len(people) > MOST_PEOPLE:
            raise NotAllowed(_("A session has at most %(most)d people. Make a second one.") % {"most": MOST_PEOPLE})
        Seat.objects.bulk_create(Seat(session=locked, person=person) for person in people)
        _log(locked, "group session: more people", by, len(people))
    return len(people)


def record(session: GroupSession, *, held_on: date, outcomes: Mapping[UUID, Outcome], by: User) -> GroupSession:
    """Who was there on that day and who passed, by the person's uuid; may be corrected until a second person confirms it.

    Raises NotAllowed.
    """
    with transaction.atomic():
        locked = _held(session, by)
        drawn_on = day_of(locked.made_at)
        if held_on > today():
            raise NotAllowed(_("This day has not come yet: record the session when it is over."))
        if held_on < drawn_on:
            raise NotAllowed(_("The quiz was drawn on %(day)s: the session was not before.") % {"day": date_format(drawn_on)})
        seats = list(locked.seats.select_related("person"))
        for seat in seats:
            outcome = outcomes.get(seat.person.uuid, Outcome.ABSENT)
            seat.was_present, seat.has_passed = outcome != Outcome.ABSENT, outcome == Outcome.PASSED
        present = [seat.person for seat in seats if seat.was_present]
        if not present:
            raise NotAllowed(_("Nobody was there: cancel the session."))
        _refuse_strangers(present, locked, held_on, by=by)
        Seat.objects.bulk_update(seats, ["was_present", "has_passed"])
        locked.held_on, locked.recorded_by, locked.recorded_at = held_on, by, timezone.now()
        locked.save(update_fields=["held_on", "recorded_by", "recorded_at"])
        _log(locked, "group session recorded", by, len(present))
    return locked


def confirm(session: GroupSession, *, seen: str, by: User) -> GroupSession:
    """A second person says that it was so: who passed has completed the course, on the session's day.

    `seen` is `stamp` of what was shown. Safe to repeat. Raises NotAllowed.
    """
    with transaction.atomic():
        locked = _locked(session)
        seats = list(locked.seats.select_related("person").order_by("person"))
        _refuse_confirming(locked, seats, by)
        if locked.confirmed_at is not None:
            return locked
        if locked.cancelled_at is not None or locked.recorded_at is None:
            raise NotAllowed(_("There is nothing to confirm: the session is cancelled, or nobody has recorded who was there."))
        if seen != stamp(locked):
            raise NotAllowed(_("The record was changed since you looked at it. Look at it again."))
        locked.confirmed_by, locked.confirmed_at = by, timezone.now()
        locked.save(update_fields=["confirmed_by", "confirmed_at"])
        passed = [seat for seat in seats if seat.has_passed]
        _complete(locked, passed)
        for seat in passed:
            recording.opened(by, seat.person, f"group session confirmed: {locked.course.code}")
        _log(locked, "group session confirmed", by, len(passed))
    return locked


def cancel(session: GroupSession, *, by: User) -> GroupSession:
    """It did not take place, or counts for nothing. Safe to repeat. Raises NotAllowed."""
    with transaction.atomic():
        locked = _locked(session)
        if not GroupSession.objects.within(by, "A").filter(pk=locked.pk).exists():
            raise NotAllowed(_("You may not decide about this session."))
        if locked.confirmed_at is not None:
            raise NotAllowed(_("This session is confirmed: what was completed stays."))
        if locked.cancelled_at is None:
            locked.cancelled_by, locked.cancelled_at = by, timezone.now()
            locked.save(update_fields=["cancelled_by", "cancelled_at"])
            _log(locked, "group session cancelled", by, 0)
    return locked


def stamp(session: GroupSession) -> str:
    """The same as long as nobody records it anew."""
    return session.recorded_at.isoformat() if session.recorded_at else ""


def _edition_to_take(course: Course, language: str) -> Edition:
    edition = Edition.objects.latest_of([course.key]).first()
    if edition is None or not CoursePage.objects.live().filter(translation_key=course.key).exists():
        raise NotAllowed(_("This course is not published: a draft is not taken on paper."))
    if not LanguageVersion.objects.offered().filter(edition=edition, language=language).exists():
        raise NotAllowed(_("This course is not offered in that language. Choose another one."))
    if not edition.quizzes:
        raise NotAllowed(_("This course has no graded quiz, so nobody can pass it on paper."))
    return edition


def _people(names: Iterable[str], structure: Structure, day: date, *, by: User) -> list[User]:
    found, faults = rosters.find(names, rosters.in_post(by, structure.pk, day), where=structure.code)
    if by in found:
        faults.append(_("Nobody holds a session for herself: take yourself off the list."))
    if len(found) > MOST_PEOPLE:
        faults.append(_("A session has at most %(most)d people. Make a second one.") % {"most": MOST_PEOPLE})
    if faults:
        raise NotAllowed(*faults)
    return found


def _refuse_strangers(people: Iterable[User], session: GroupSession, day: date, *, by: User) -> None:
    """The day may be another one than was planned."""
    serving = set(rosters.in_post(by, session.structure_id, day))
    away = [person.official_name for person in people if person not in serving]
    if away:
        words = {"names": ", ".join(away), "where": session.structure.code, "day": date_format(day)}
        raise NotAllowed(_("Not in post in %(where)s on %(day)s: %(names)s. Mark them as absent.") % words)


def _refuse_confirming(session: GroupSession, seats: Iterable[Seat], by: User) -> None:
    if not GroupSession.objects.within(by, "A").filter(pk=session.pk).exists():
        raise NotAllowed(_("You may not decide about this session."))
    if by.pk in {session.made_by_id, session.recorded_by_id}:
        raise NotAllowed(_("A second person has to confirm it: another focal point, a trainer of the course or Human Resources."))
    if any(seat.was_present and seat.person_id == by.pk for seat in seats):
        raise NotAllowed(_("Who was there does not confirm it: ask somebody else."))


def _complete(session: GroupSession, seats: list[Seat]) -> None:
    """Enrolments are locked in the order of their keys, as everywhere."""
    joins = PersonJoin.objects.standing().filter(other__in=[seat.person_id for seat in seats]).select_related("kept")
    kept = {join.other_id: join.kept for join in joins}
    by_enrolment: dict[int, Seat] = {}
    for seat in seats:
        person = kept.get(seat.person_id, seat.person)
        enrolment = enrolling.enrol(person, session.course, language=session.language, origin=Enrolment.Origin.ASSIGNED)
        by_enrolment.setdefault(enrolment.pk, seat)
    for enrolment in Enrolment.objects.locked(session.held_on).filter(pk__in=by_enrolment).order_by("pk"):
        seat = by_enrolment[enrolment.pk]
        seat.completion = completing.complete_on_paper(
            enrolment, edition=session.edition, language=session.language, day=session.held_on
        )
    Seat.objects.bulk_update(seats, ["completion"])


def _locked(session: GroupSession) -> GroupSession:
    """Two people may act at once: the second one sees what the first one did."""
    rows: Any = GroupSession.objects.select_for_update(of=("self",)).select_related("course", "edition", "structure")
    found: GroupSession = rows.get(pk=session.pk)
    return found


def _held(session: GroupSession, by: User) -> GroupSession:
    locked = _locked(session)
    is_hers = locked.held_by_id == by.pk and rosters.may_hold(by, locked.course, locked.structure_id, today())
    if not is_hers:
        raise NotAllowed(_("Only who holds the session may change it."))
    if not locked.is_open:
        raise NotAllowed(_("This session is confirmed or cancelled: nothing of it changes any more."))
    return locked


def _log(session: GroupSession, what: str, by: User, count: int) -> None:
    recording.decided(by, what, {"session": str(session.uuid), "course": session.course.code}, purpose="", count=count)
