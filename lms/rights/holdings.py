"""Everything that is kept about one person, in plain values. Nothing of it tells what the right answer of a question is.

What is left out: hashes of secrets, the seed and the order of options of what was drawn, and namespaces of statement ids.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate
from content.models import GuideFeedback
from courses.models import (
    Answer,
    Arrangement,
    Assignment,
    Attempt,
    CalendarAddress,
    Completion,
    Correction,
    Dispute,
    Enrolment,
    Exemption,
    LaterDate,
    ManualAssignment,
    ModuleProgress,
    Reminder,
    Seat,
)
from lms.jobs.models import Mail
from lms.people.models import (
    AccessEntry,
    ApiToken,
    Case,
    FeedLine,
    GuestStay,
    PersonAlias,
    PersonJoin,
    Posting,
    PostingVersion,
    RoleGrant,
    RoleGrantVersion,
    ScimRecord,
    SignInCode,
    SignInLink,
    StandIn,
    User,
)
from lms.reports.list_models import Export, SavedList
from lms.reports.models import SheetRow
from lms.rights import traces
from lms.rights.models import DataRequest
from lms.xapi import attachments, clients, documents, evidence, queries

Row = dict[str, Any]
Kinds = Iterator[tuple[str, str | Promise, str | Promise, Iterable[Row]]]


@dataclass(frozen=True)
class Holding:
    """One kind of thing that is kept. `stays`: how long, and why so long."""

    key: str
    title: str | Promise
    stays: str | Promise
    rows: Sequence[Row]


EMPLOYED = _("Until two years after your employment: your record of learning rests on it.")
A_YEAR = _("Twelve months, longer only while the course is open: then it no longer leads to you.")
WHILE_USED = _("As long as you use it.")
FOR_GOOD = _("For good: who looked at records must stay known. Your name goes with your account.")
NINETY_DAYS = _("Its text until it is sent, the line 90 days; of a reminder the day stays.")


def holdings(person: User) -> list[Holding]:
    """In the order in which she reads them; about sixty queries, whatever there is."""
    kinds = (_of_service, _of_learning, _of_words, _of_access, _of_work)
    return [Holding(key, title, stays, list(rows)) for kind in kinds for key, title, stays, rows in kind(person)]


def opened_by(person: User) -> QuerySet[AccessEntry]:
    """Who opened her record, the latest first. Lists of many people are told of with their number and not person by person."""
    return AccessEntry.objects.filter(person=person).exclude(actor=person).select_related("actor").order_by("-at", "-pk")


def names_of(person: User) -> list[str]:
    return evidence.identifiers_of(PersonAlias.objects.filter(person=person).values_list("uuid", flat=True), person.email)


def files_of(person: User) -> Iterator[tuple[str, bytes]]:
    """What was handed in about her and what is attached to her statements: a name for each, and its content."""
    for model in (Exemption, Correction):
        for row in model._default_manager.filter(person=person).exclude(evidence="").order_by("pk"):
            name = str(row.evidence.name)
            if row.evidence.storage.exists(name):
                with row.evidence.open("rb") as file:
                    yield name, file.read()
    for part in attachments.kept_of(queries.with_attachments_of_actors(names_of(person))):
        yield f"attachments/{part.sha2}", part.content


def _of_service(person: User) -> Kinds:
    yield "account", _("Your account"), EMPLOYED, _account(person)
    yield "postings", _("Postings"), EMPLOYED, _of(Posting, Q(person=person), *POSTING)
    stays = ("organisation", "structure__code", "reason", "invited_at", "until", "accepted_at", "ended_at")
    yield "stays", _("Your stays as a guest"), EMPLOYED, _of(GuestStay, Q(person=person), *stays)
    versions = (*POSTING, "recorded_at", "superseded_at")
    yield "posting_versions", _("Postings as they were known before"), EMPLOYED, _of(PostingVersion, Q(person=person), *versions)
    feed = ("run__uploaded_at", "outcome", "reason", "changes")
    yield "feed", _("What the staff feed changed"), EMPLOYED, _of(FeedLine, Q(person=person), *feed)
    said = ("said", "created_at", "changed_at", "deleted_at")
    yield "directory", _("What a directory says of you"), EMPLOYED, _of(ScimRecord, Q(person=person), *said)
    grants = ("role", "structure__code", "object_keys", "starts_on", "ends_on", "cancelled_at")
    yield "roles", _("Roles"), EMPLOYED, _of(RoleGrant, Q(person=person), *grants)
    known = ("role", "structure__code", "starts_on", "ends_on", "cancelled_at", "recorded_at", "superseded_at")
    yield "role_versions", _("Roles as they were known before"), EMPLOYED, _of(RoleGrantVersion, Q(person=person), *known)
    joined = ("reason", "asked_at", "agreed_at", "split_at", "split_reason")
    both = Q(kept=person) | Q(other=person)
    yield "joins", _("Records that were joined as yours"), EMPLOYED, _of(PersonJoin, both, *joined)
    away = ("leader__display_name", "person__display_name", "starts_on", "ends_on")
    yield "stand_ins", _("Standing in"), EMPLOYED, _of(StandIn, Q(person=person) | Q(leader=person), *away)
    asked = ("course__code", "strength", "starts_on", "due_on", "ends_on")
    yield "asked", _("What is asked of you"), EMPLOYED, _of(Assignment, Q(person=person), *asked)
    by_hand = ("course__code", "strength", "reason", "due_on", "recorded_at", "superseded_at")
    yield "recommended", _("Assigned or recommended by name"), EMPLOYED, _of(ManualAssignment, Q(person=person), *by_hand)


def _of_learning(person: User) -> Kinds:
    begun = ("course__code", "cycle", "language", "origin", "enrolled_at", "closed_at", "closed_because", "registration")
    yield "enrolments", _("Courses begun"), EMPLOYED, _of(Enrolment, Q(person=person), *begun)
    progress = ("enrolment__course__code", "module", "screens", "completed_at", "passed_at")
    yield "progress", _("How far you are"), EMPLOYED, _of(ModuleProgress, Q(enrolment__person=person), *progress)
    done = (
        "course__code",
        "language",
        "completed_on",
        "valid_until",
        "source",
        "recorded_at",
        "withdrawn_at",
        "withdrawn_reason",
    )
    yield "completions", _("Completions"), EMPLOYED, _of(Completion, Q(person=person), *done)
    printed = ("code", "name", "course_title", "edition", "completed_on", "valid_until", "issued_at", "withdrawn_at")
    kept = _("For good, so that a certificate that you show can be checked.")
    yield "certificates", _("Certificates"), kept, _of(Certificate, Q(person=person), *printed)
    tries = ("enrolment__course__code", "module", "number", "is_graded", "started_at", "finished_at", "result", "score")
    yield "attempts", _("Attempts"), EMPLOYED, _of(Attempt, Q(enrolment__person=person), *tries)
    given = ("attempt__module", "attempt__number", "question", "try_number", "response", "is_right", "answered_at")
    yield "answers", _("Answers"), A_YEAR, _of(Answer, Q(attempt__enrolment__person=person), *given)
    names = names_of(person)
    yield "statements", _("Statements of the record store"), A_YEAR, map(json.loads, queries.bodies_of_actors(names))
    yield "documents", _("Documents that packages kept"), A_YEAR, _documents(names)


def _of_words(person: User) -> Kinds:
    free = ("course__code", "reason", "starts_on", "ends_on", "evidence_on", "evidence", "approved_at", "superseded_at")
    yield "exemptions", _("Exemptions"), EMPLOYED, _of(Exemption, Q(person=person), *free)
    said = ("course__code", "reason", "words", "asked_at", "answer", "answered_at", "withdrawn_at")
    yield "questions", _("What you said is wrong"), EMPLOYED, _of(Dispute, Q(person=person), *said)
    asked_and_told = ("evidence", "answer", "asked_at", "agreed_at", "declined_at")
    righted = ("course__code", "kind", "reason", "effective_on", "due_on", *asked_and_told)
    yield "corrections", _("Corrections"), EMPLOYED, _of(Correction, Q(person=person), *righted)
    wanted = ("course__code", "wanted_on", "words", "asked_at", "answer", "decided_at")
    yield "arrangements", _("Another way or a later date"), EMPLOYED, _of(Arrangement, Q(person=person), *wanted)
    later = ("course__code", "due_on", "recorded_at", "superseded_at")
    yield "later_dates", _("Later dates"), EMPLOYED, _of(LaterDate, Q(person=person), *later)
    seats = ("session__course__code", "session__held_on", "was_present", "has_passed")
    yield "sessions", _("Group sessions"), EMPLOYED, _of(Seat, Q(person=person), *seats)
    yield "reminders", _("Days on which you were reminded"), EMPLOYED, _of(Reminder, Q(person=person), "day")
    hers = Q(address__iexact=person.email) if person.email else Q(pk__in=[])
    sheets = ("sheet__day", "course__code", "strength", "state", "due_on", "begun_on", "completed_on", "valid_until")
    yield "sheets", _("Your lines on the sheets of reports"), EMPLOYED, _of(SheetRow, Q(person=person), *sheets)
    yield "mails", _("Mails to you"), NINETY_DAYS, _of(Mail, hers, "subject", "state", "created_at", "ended_at")
    marks = ("used_for", "useful", "accurate", "easy", "up_to_date", "would_recommend")
    words = ("missing", "comment", "translation_term", "translation_better", "state", "answer")
    sent = ("guide_title", "section_title", "sent_on", "is_named", "structure__code", "function_group", *marks, *words)
    apart = _("The link to you until your account is emptied or you have it cut; the feedback stays without it.")
    yield "feedback", _("Feedback that you sent"), apart, _of(GuideFeedback, Q(sender__person=person), *sent)
    asked_for = ("kind", "words", "asked_at", "is_granted", "answer", "decided_at", "done_at", "withdrawn_at")
    yield "data_requests", _("What you asked about your data"), EMPLOYED, _of(DataRequest, Q(person=person), *asked_for)


def _of_access(person: User) -> Kinds:
    yield "calendar", _("Your calendar address"), WHILE_USED, _of(CalendarAddress, Q(person=person), "made_at")
    tokens = ("name", "purpose", "scopes", "allowed_at", "expires_at", "withdrawn_at", "last_used_on")
    yield "tokens", _("Tokens of the API"), EMPLOYED, _of(ApiToken, Q(owner=person), *tokens)
    lists = ("name", "query", "is_shared", "made_at", "ended_at")
    yield "lists", _("Lists that you saved"), WHILE_USED, _of(SavedList, Q(owner=person), *lists)
    files = ("query", "form", "purpose", "asked_at", "ready_at")
    yield "files", _("Files of lists that you asked for"), EMPLOYED, _of(Export, Q(owner=person), *files)
    yield "sign_in", _("Open sign-ins"), _("Twelve hours each."), _open_sessions(person)
    came = ("created_at", "ip", "user_agent")
    yield "devices", _("Where you signed in from"), _("As long as the sign-in is open."), _of(UserSession, Q(user=person), *came)
    factors = ("type", "created_at", "last_used_at")
    yield "factors", _("Second factors"), WHILE_USED, _of(Authenticator, Q(user=person), *factors)
    yield "codes", _("One-time codes"), EMPLOYED, _of(SignInCode, Q(person=person), "issued_at", "expires_at")
    links = ("issuer", "subject", "joined_by", "joined_at")
    yield "links", _("Your names at sign-in providers"), EMPLOYED, _of(SignInLink, Q(person=person), *links)
    yield "names", _("Addresses and names of your sign-in"), WHILE_USED, traces.sign_in_names(person)
    used = ("registration", "expires_at", "withdrawn_at", "last_used_on", "last_used_from")
    browsers = clients.browsers_of(names_of(person)).values(*used)
    yield "browsers", _("Keys that your browser was given for a package"), EMPLOYED, browsers
    case = ("course", "reason", "opened_at", "closes_on")
    yield "cases", _("Cases that an auditor looks into"), EMPLOYED, _of(Case, Q(person=person), *case)
    # Guests see no names of staff.
    seen = ("at", *(() if person.is_guest else ("actor__display_name",)), "what", "purpose", "was_refused")
    yield "opened", _("Who opened your record"), FOR_GOOD, opened_by(person).values(*seen)


def _of_work(person: User) -> Kinds:
    yield "done", _("What you opened and decided for others"), FOR_GOOD, traces.done_by(person)
    stays = _("As long as what you worked on; your name goes with your account.")
    yield "edited", _("What you did in the editors' part"), stays, traces.edited_by(person)
    yield "everywhere", _("Tables in which your account is named"), stays, traces.everywhere(person)


POSTING = (
    "structure__code",
    "duty_station",
    "function_group",
    "contract_type",
    "entered_on",
    "starts_on",
    "ends_on",
    "manager__display_name",
)


def _of(model: type[Model], condition: Q, *fields: str) -> Iterable[Row]:
    return model._default_manager.filter(condition).order_by("pk").values(*fields)


def _account(person: User) -> list[Row]:
    fields = ("uuid", "email", "staff_number", "official_name", "display_name", "agreed_name", "language", "source")
    row = {name: getattr(person, name) for name in (*fields, "is_active", "invited_at", "last_login")}
    return [row | {"pseudonyms": [str(uuid) for uuid in person.aliases.values_list("uuid", flat=True)]}]


def _documents(names: Sequence[str]) -> Iterator[Row]:
    for row in documents.of_agents(names):
        content = b64encode(bytes(row.content)).decode()
        yield {"kind": row.kind, "id": row.document_id, "type": row.content_type, "at": row.updated_at, "base64": content}


def _open_sessions(person: User) -> Iterator[Row]:
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            yield {"ends": session.expire_date}
