"""Keeps to the times for which things may be kept. Safe to repeat; a dry run says what would go and changes nothing."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from courses import forgetting
from lms import bookkeeping
from lms.days import add_months, day_after, today
from lms.people import emptying, entrusting
from lms.people.models import User
from lms.rights import erasing
from lms.rights.models import Erasure, RetentionRun
from lms.xapi import granting

UNTAKEN_MONTHS = 3  # the name of who was invited as a guest and never came


def retain(*, is_dry: bool = False) -> RetentionRun:
    """Details of everybody that are old enough go, and the accounts of those who left long enough ago. The report is kept."""
    now = timezone.now()
    before = day_after(add_months(today(), -settings.RETENTION_DETAIL_MONTHS))
    left = add_months(today(), -settings.RETENTION_LEAVER_MONTHS)
    leavers = list(emptying.leavers(before=left))
    strangers = emptying.never_came(before=add_months(today(), -UNTAKEN_MONTHS))
    never_came = list(strangers.exclude(pk__in=[person.pk for person in leavers]))
    if not is_dry:
        for person in (*leavers, *never_came):
            erasing.erase_person(person, at=now, decision=erasing.RULE)
    details = (forgetting.due_details if is_dry else forgetting.forget_details)(before=before)
    report = {
        "statements that lose their person": details.statements,
        "answers": details.answers,
        "documents": details.documents,
        "accounts of leavers": len(leavers),
        "guests who never came": len(never_came),
    }
    return RetentionRun.objects.create(at=now, is_dry=is_dry, report=report)


def apply_ledgers() -> dict[str, int]:
    """After a restore, before anybody signs in: what was erased and withdrawn since the backup is so again. Safe to repeat."""
    lines = bookkeeping.lines_of(bookkeeping.ERASURES)
    wanted = {line["person_sha256"] for line in lines}
    people = {hashed: person for person in User.objects.iterator() if (hashed := erasing.hash_of(person.uuid)) in wanted}
    for line in lines:
        if line["person_sha256"] in people:
            act = erasing.erase_person if line["what"] == Erasure.What.PERSON else erasing.erase_details
            act(people[line["person_sha256"]], at=datetime.fromisoformat(line["at"]), decision=line["decision"])
    withdrawn = bookkeeping.lines_of(bookkeeping.WITHDRAWALS)
    again = [granting.withdraw_again(line["client"]) for line in withdrawn if "client" in line]
    again += [entrusting.withdraw_again(line["token"]) for line in withdrawn if "token" in line]
    return {"erasures": len(lines), "keys withdrawn again": sum(again)}
