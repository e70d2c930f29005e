"""What an erasure does with every row that leads to a person."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import ManualAssignment
from lms.days import today
from lms.people import emptying
from lms.people.models import GuestStay, PersonJoin, ScimRecord, SignInCode, SignInLink, User
from lms.rights import erasing, retaining
from lms.rights.holdings import holdings
from lms.rights.models import DataRequest
from tests.factories.learning import complete
from tests.factories.people import make_person

MARK = "zzmark"  # stands in everything that tells who she is
# Rows that are hers and go.
GO = {
    *("people.SignInCode.person", "people.SignInLink.person", "courses.CalendarAddress.person", "content.FeedbackSender.person"),
    *("account.EmailAddress.user", "mfa.Authenticator.user", "socialaccount.SocialAccount.user", "usersessions.UserSession.user"),
    *("people.User_groups.user", "people.User_user_permissions.user", "wagtailusers.UserProfile.user"),
    *("wagtailadmin.EditingSession.user", "wagtailadmin.FormState.user", "wagtailcore.PageSubscription.user"),
    *("wagtailcore.APIToken.user", "wagtailcore.Comment.user", "wagtailcore.CommentReply.user"),
}
# Rows that stay and lose every word that she or others wrote, or what tells who she is.
LOSE_WORDS = {
    *("people.ScimRecord.person", "people.GuestStay.person", "people.FeedLine.person", "people.Case.person"),
    *("people.PersonJoin.kept", "people.PersonJoin.other", "people.ApiToken.owner", "rights.DataRequest.person"),
    *("courses.Dispute.person", "courses.Arrangement.person", "courses.Correction.person", "courses.Exemption.person"),
    *("courses.ManualAssignment.person", "reports.SheetPerson.person", "reports.SheetRow.person"),
}
# Rows that stay as they are: evidence and history of an account without a name.
STAY = {
    *("people.Posting.person", "people.Posting.manager", "people.PostingVersion.person", "people.PostingVersion.manager"),
    *("people.RoleGrant.person", "people.RoleGrantVersion.person", "people.PersonAlias.person", "people.StandIn.person"),
    *("people.StandIn.leader", "people.AccessEntry.actor", "people.AccessEntry.person", "people.Case.auditor"),
    *("courses.Enrolment.person", "courses.Completion.person", "courses.LaterDate.person", "courses.Assignment.person"),
    *("courses.Reminder.person", "courses.Seat.person", "certificates.Certificate.person"),
    *("reports.SavedList.owner", "reports.Export.owner", "reports.SheetPerson.manager", "reports.SheetRow.manager"),
    *("content.Picture.uploaded_by_user", "wagtailimages.Image.uploaded_by_user", "wagtaildocs.Document.uploaded_by_user"),
    *("wagtailcore.Revision.user", "wagtailcore.UploadedFile.uploaded_by_user", "wagtailcore.Page.owner"),
    *("wagtailcore.ModelLogEntry.user", "wagtailcore.PageLogEntry.user"),
}


# Tables of which she is told how many rows name her: they hold nothing else about her, or what is shown from another one.
COUNTED = {
    *("people_user_groups", "people_user_user_permissions", "wagtailadmin_editingsession", "wagtailcore_apitoken"),
    *("wagtailcore_uploadedfile", "reports_sheetperson", "wagtailimages_image", "content_feedbacksender"),
}


@pytest.fixture(autouse=True)
def ledgers(settings, tmp_path):
    settings.LEDGER_DIR = tmp_path


def relations() -> set[str]:
    """Every column that leads to a person, but those that say who decided, allowed or wrote something about others."""
    fields = (field for field in User._meta.get_fields(include_hidden=True) if field.auto_created and not field.concrete)
    found = {f"{field.related_model._meta.label}.{field.field.name}" for field in fields}
    return {name for name in found if not name.endswith("_by")}


def marked() -> set[str]:
    """Where her mark still stands, in any table."""
    return {
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        for row in model._base_manager.values()
        for name, value in row.items()
        if MARK in str(value).lower()
    }


def test_what_becomes_of_each_row_is_decided():
    assert [set()] * 3 == [GO & LOSE_WORDS, GO & STAY, LOSE_WORDS & STAY]
    assert relations() == GO | LOSE_WORDS | STAY


def test_what_she_is_shown_is_read_from_every_table_that_names_her(cast):
    """By the counts each of them; by its rows whatever is hers. A table that nobody thought of is counted all the same."""
    with CaptureQueriesContext(connection) as asked:
        found = {one.key: one.rows for one in holdings(cast.hr)}

    [counted] = [query["sql"] for query in asked if query["sql"].count("COUNT(") > 50]
    fields = [field for field in User._meta.get_fields(include_hidden=True) if field.auto_created and not field.concrete]
    columns = {(field.related_model._meta.db_table, field.field.column) for field in fields}
    assert {name for name in columns if f'"{name[0]}"' not in counted or f'."{name[1]}"' not in counted} == set()
    assert {"table": "people.rolegrant", "column": "person", "rows": 1} in found["everywhere"]
    rows = " ".join(query["sql"] for query in asked if query["sql"] != counted)
    hers = {name.split(".")[0].lower() + "_" + name.split(".")[1].lower() for name in GO | LOSE_WORDS | STAY} - COUNTED
    assert {table for table in hers if f'"{table}"' not in rows} == set()
    assert len(asked) < 70


def test_after_an_erasure_nothing_but_her_certificate_says_who_she_was(cast, course, signed_in):
    now, said = timezone.now(), {"organisation": MARK, "reason": MARK}
    person, other = (make_person(f"{MARK} {number}", email=f"{MARK}{number}@osce.test") for number in (1, 2))
    completed = complete(person, course)
    by = {"by": MARK, "at": now}
    SignInLink.objects.create(person=person, issuer="https://id.test", subject=MARK, joined_by="e-mail", joined_at=now)
    ScimRecord.objects.create(person=person, user_name=MARK, said={"userName": MARK}, created_at=now, changed_at=now)
    GuestStay.objects.create(
        person=person, structure=cast.mission, until=today(), invited_by=cast.hr, invited_at=now, sent_at=now, **said
    )
    PersonJoin.objects.create(
        kept=person, other=other, asked_by=cast.hr, asked_at=now, agreed_by=cast.hr2, agreed_at=now, reason=MARK
    )
    SignInCode.objects.create(person=person, secret=MARK, issued_by=cast.hr, issued_at=now, expires_at=now)
    DataRequest.objects.create(person=person, kind="erasure", words=MARK, asked_at=now)
    decided = {"answer": MARK, "is_granted": False, "decided_by": cast.hr, "decided_at": now, "done_at": now}
    DataRequest.objects.create(person=person, kind="correction", words=MARK, asked_at=now, **decided)
    ManualAssignment.objects.create(
        person=person, course=course.course, reason=MARK, starts_on=today(), due_on=today(), recorded_by=cast.hr
    )
    EmailAddress.objects.create(user=person, email=person.email)
    Authenticator.objects.create(user=person, type="totp", data=by | {"at": ""})
    SocialAccount.objects.create(user=person, provider="hq", uid=MARK)
    signed_in(cast.admin).get("/people/", {"q": MARK})
    UserSession.objects.create(user=person, ip="127.0.0.1", session_key=MARK, user_agent=MARK)
    before = marked()
    shown = {one.key for one in holdings(person) if MARK in str(one.rows).lower()}

    for _time in range(2):
        erasing.erase_person(person, at=now, decision=erasing.RULE)

    assert len(before) > 15
    assert shown >= {"links", "directory", "stays", "devices", "data_requests", "recommended", "certificates", "joins", "names"}
    assert marked() == {"certificates.Certificate.name"}
    kept = {"scim": ScimRecord.objects.get().deleted_at, "stay": GuestStay.objects.get().ended_at}
    assert None not in kept.values()
    assert completed.person == person


def test_guests_are_forgotten_after_their_time_and_sooner_if_they_never_came(cast):
    def guest(name: str, *, came: bool, days: int) -> User:
        ended = timezone.now() - timedelta(days=days)
        person = make_person(name, source="guest", staff_number=None)
        values = {"organisation": "Agency", "reason": "R", "structure": cast.mission, "until": ended.date()}
        stays = {"invited_by": cast.hr, "invited_at": ended, "sent_at": ended, "accepted_at": ended if came else None}
        GuestStay.objects.create(person=person, ended_at=ended, **values, **stays)
        return person

    old, fresh = guest("Old", came=True, days=800), guest("Fresh", came=True, days=200)
    for name, days in (("Unplaced", 800), ("Parted", 200)):  # of a directory that never said where they serve
        person, ended = make_person(name, source="scim"), timezone.now() - timedelta(days=days)
        ScimRecord.objects.create(person=person, user_name=name, said={}, created_at=ended, changed_at=ended, deleted_at=ended)
    stranger, lately = guest("Stranger", came=False, days=200), guest("Lately", came=False, days=20)

    reports = [retaining.retain(is_dry=dry).report for dry in (True, False, False)]

    counts = [(one["accounts of leavers"], one["guests who never came"]) for one in reports]
    assert counts == [(2, 1), (2, 1), (0, 0)]
    assert not User.objects.filter(official_name="Unplaced").exists()
    assert User.objects.filter(official_name="Parted").exists()
    names = {person.pk: User.objects.get(pk=person.pk).official_name for person in (old, fresh, stranger, lately)}
    assert [*names.values()] == [emptying.NOBODY, "Fresh", emptying.NOBODY, "Lately"]
