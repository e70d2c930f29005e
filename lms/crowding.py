"""Brings an invented crowd in by the verbs of the product: feeds of three years, then what people did and asked."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from time import monotonic
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import F
from django.utils import timezone

from courses import arranging, assigning, convening, crediting, disputing, exempting, recommending, replaying
from courses.models import Completion, Course, Dispute, Exemption, LanguageVersion, Requirement
from lms.crowd import FIRST, SECOND, Crowd
from lms.days import noon_of, organisation_zone, today
from lms.people import feeding, hr_files, inviting, naming, versioning
from lms.people.hr_feed import COLUMNS
from lms.people.models import FeedRun, Posting, Structure, User
from lms.reports import sheeting, trending

LATE = timedelta(days=20)  # after which the device of some sends what they did
NEVER_HELD = "nationality"  # a column that the last feed has too many
Row = Mapping[str, str]


class Steps:
    """Says what was done, and how many seconds it took."""

    def __init__(self, say: Callable[[str], object]):
        self.say, self.since = say, monotonic()

    def done(self, what: str) -> None:
        now = monotonic()
        self.say(f"{now - self.since:6.1f} s  {what}")
        self.since = now


def name_of(count: int, seed: int) -> str:
    """By which its feeds are known."""
    return f"crowd-{count}-{seed}-"


def is_here(count: int, seed: int) -> bool:
    return FeedRun.objects.applied().filter(file_name__startswith=name_of(count, seed)).exists()


def feed(crowd: Crowd, *, name: str) -> None:
    """Sends the staff feed of each day. In the last one a few lines are wrong."""
    last, _rows = crowd.feeds[-1]
    for day, rows in crowd.feeds:
        since = timezone.now()
        content = _file([*rows, *_faulty(rows)], [NEVER_HELD]) if day == last else _file(rows, [])
        digest = sha256(content).hexdigest()
        run = feeding.receive(hr_files.read(content), file_name=f"{name}{day}.csv", file_sha256=digest, by=None, day=day)
        run = feeding.apply(run, by=None, day=day)
        if run.state != FeedRun.State.APPLIED:
            raise RuntimeError(f"The feed of {day} was not applied: {run.too_many}")
        versioning.date_back(since, to=min(noon_of(day), since))
    inviting.pass_by(User.objects.filter(staff_number__startswith="C-"))


def learn(crowd: Crowd) -> int:
    """What they completed elsewhere, and every sitting. Returns how many statements the sittings are."""
    if crowd.before:
        lines = [f"{number},{FIRST},{day}," for number, day in crowd.before]
        crediting.bring_in("\n".join([",".join(("staff number", "course", "completed on", "valid until")), *lines]), by=None)
    keys = dict(User.objects.filter(staff_number__isnull=False).values_list("staff_number", "pk"))
    stored = 0
    for course in Course.objects.published().filter(code__in=[FIRST, SECOND]):
        sittings = [
            replaying.Sitting(keys[sitting.number], _moment(sitting.day, sitting.minute), sitting.share)
            for sitting in crowd.sittings
            if sitting.course == course.code
        ]
        stored += replaying.replay(course, sittings, language="en")
    return stored


def excuse(crowd: Crowd) -> None:
    """One officer asks, the other agrees; the last two wait for her."""
    course, people = Course.objects.get(code=FIRST), _by_number([leave.number for leave in crowd.leaves])
    for place, leave in enumerate(crowd.leaves):
        asked = exempting.ask(
            people[leave.number],
            course,
            reason=Exemption.Reason(leave.reason),
            by=_account("hr"),
            day=today(),
            starts_on=leave.starts_on,
            ends_on=leave.ends_on,
        )
        if place < len(crowd.leaves) - 2:
            exempting.agree(asked, by=_account("hr2"))


def remember(crowd: Crowd) -> None:
    """What was done and agreed is known since it was, and not since it was brought in; some of it came late."""
    begin = noon_of(crowd.feeds[0][0])
    Requirement.objects.update(recorded_at=begin)
    LanguageVersion.objects.update(reviewed_on=crowd.feeds[0][0])
    Completion.objects.filter(source=Completion.Source.IMPORT).update(recorded_at=begin)
    earned = Completion.objects.exclude(source=Completion.Source.IMPORT)
    earned.update(recorded_at=F("completed_at"))
    long_ago = earned.filter(completed_at__lt=timezone.now() - LATE).order_by("pk")
    sent_late = list(long_ago.values_list("pk", flat=True)[::50])
    Completion.objects.filter(pk__in=sent_late).update(recorded_at=F("completed_at") + LATE)
    agreed = Exemption.objects.filter(starts_on__lt=today(), approved_at__isnull=False).order_by("pk")
    for place, one in enumerate(agreed):
        if place % 5:
            moment = noon_of(one.starts_on)
            Exemption.objects.filter(pk=one.pk).update(recorded_at=moment, approved_at=moment)


def talk() -> None:
    """People of one mission ask, write their names otherwise, have a course recommended, and are called to a group session."""
    course, mission, day = Course.objects.get(code=FIRST), Structure.objects.get(code="MSKP"), today()
    serving = Posting.objects.on(day).filter(structure=mission, person__staff_number__startswith="C-")
    people = [posting.person for posting in serving.select_related("person").order_by("person")[:12]]
    for person, reason in zip(people[0:3], Dispute.Reason, strict=False):
        disputing.ask(person, course, reason=reason, words="", submission=_key(person, "dispute"))
    for person in people[3:5]:
        wanted = day + timedelta(days=45)
        arranging.ask(person, course, wanted_on=wanted, words="", submission=_key(person, "arrangement"))
    for person in people[5:7]:
        naming.present(person, display_name=f"{person.official_name.split()[0]} Example", language=person.language)
    focal = _account("focal")
    known = Course.objects.filter(code="HRB").first()
    if known is not None:
        recommending.recommend(known, people[7:12], by=focal, day=day, until=day + timedelta(days=60), note="")
    convening.convene(
        course,
        key=uuid5(NAMESPACE_URL, "crowd session"),
        language="en",
        structure=mission,
        held_on=day + timedelta(days=9),
        place="Skopje",
        names=["D-0001", "D-0002", *(person.staff_number or "" for person in people[7:12])],
        by=focal,
    )


def bring(crowd: Crowd, steps: Steps) -> None:
    """All that follows the feeds, once courses, roles and the matrix are there."""
    # The courses are offered since the first feed, and not since they were published here.
    LanguageVersion.objects.filter(reviewed_on=today()).update(reviewed_on=crowd.feeds[0][0])
    stored = learn(crowd)
    steps.done(f"{stored} statements of modules, with what follows from them")
    excuse(crowd)
    remember(crowd)
    talk()
    steps.done(f"{len(crowd.leaves)} exemptions, questions and a group session")
    assigning.apply_rules(today())
    sheeting.follow(today())
    steps.done("assignments again")
    steps.done(f"{trending.follow_months(today())} ends of months")


def _file(rows: Sequence[Row], more: Sequence[str]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [*COLUMNS, *more], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def _faulty(rows: Sequence[Row]) -> list[Row]:
    return [
        {**rows[0], "staff number": "C-99901", "e-mail": "", "structure": "XYZ"},
        {**rows[0], "staff number": "C-99902", "e-mail": "", "end": "2001-01-01"},
        {**rows[0], "staff number": "C-99903", "e-mail": "nobody at example.org"},
    ]


def _by_number(numbers: Sequence[str]) -> dict[str, User]:
    return {person.staff_number or "": person for person in User.objects.filter(staff_number__in=numbers)}


def _account(name: str) -> User:
    return User.objects.get(email=f"{name}@example.org")


def _moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), organisation_zone())


def _key(person: User, what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"{what} {person.staff_number}")
