"""Erases, and keeps book of it: in the database, and beside it for the day on which a backup is restored."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from content import unlinking
from courses import forgetting
from lms import bookkeeping
from lms.jobs import delivering
from lms.people import emptying
from lms.people.models import User
from lms.reports import sheeting
from lms.rights.holdings import names_of
from lms.rights.models import DataRequest, Erasure
from lms.xapi import granting

RULE = "retention"  # the decision where no request led to it


def hash_of(person: UUID) -> str:
    return sha256(str(person).encode()).hexdigest()


def erase_details(person: User, *, at: datetime, decision: str) -> None:
    """What she did in detail before that moment, what she wrote, and who sent her feedback. Safe to repeat and to stop.

    What belongs to a course that she has open stays until it ends. Completions, certificates and states stay.
    """
    _note(person, Erasure.What.DETAILS, at, decision)
    forgetting.forget_details(before=at, person=person)
    forgetting.forget_words(person)
    unlinking.unlink(person)


def erase_person(person: User, *, at: datetime, decision: str) -> None:
    """All that leads to her: then details, mails, names on sheets, and the account itself. Safe to repeat and to stop."""
    _note(person, Erasure.What.PERSON, at, decision)
    forgetting.forget_details(before=at, person=person)  # while her address still says what outside clients called her
    for record in (*emptying.joined_to(person), person):
        if record.email:
            delivering.forget_address(record.email)
        sheeting.forget_name(record)
        emptying.empty(record)
    asked = DataRequest.objects.filter(person=person)
    asked.update(words=emptying.GONE)
    asked.exclude(answer="").update(answer=emptying.GONE)
    granting.forget_use_of(names_of(person))
    forgetting.forget_notes(person)
    forgetting.forget_details(before=at, person=person)
    forgetting.forget_words(person)
    unlinking.unlink(person)


def _note(person: User, what: Erasure.What, at: datetime, decision: str) -> None:
    """Before anything goes: whoever stops here begins again."""
    hashed = hash_of(person.uuid)
    if Erasure.objects.filter(person_sha256=hashed, what=what, decision=decision).exists():
        return
    line = {"person_sha256": hashed, "what": what.value, "at": at.isoformat(), "decision": decision}
    if line not in bookkeeping.lines_of(bookkeeping.ERASURES):  # a restore finds it there
        bookkeeping.note(bookkeeping.ERASURES, line)
    Erasure.objects.create(person_sha256=hashed, what=what, at=at, decision=decision)
