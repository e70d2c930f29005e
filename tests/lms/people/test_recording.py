import pytest
from django.db import Error, connection, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry, PageLogEntry

from courses.models import QuestionWithdrawal, Regrade
from lms.people import recording
from lms.people.models import (
    AccessEntry,
    LanguageChoice,
    Posting,
    PostingVersion,
    RoleGrant,
    RoleGrantVersion,
    StructurePeriod,
    StructurePeriodVersion,
    User,
)
from lms.rights import erasing
from lms.rights.models import Erasure
from tests.courses.test_regrading import failed, regrade, withdraw


def entries() -> list[tuple]:
    columns = ("actor", "person", "what", "selection", "count", "purpose", "was_refused")
    return list(AccessEntry.objects.order_by("pk").values_list(*columns))


def test_what_was_done_is_kept_with_who_and_whom(cast):
    recording.opened(cast.hr, cast.lea, "account")
    recording.listed(cast.focal, "completion list", {"course": "TST"}, 7)
    recording.exported(cast.head, "completion table", {}, 3, "yearly report")
    recording.refused(cast.lea, "reports:landing")
    recording.refused(cast.lea, "account", cast.ben)

    assert entries() == [
        (cast.hr.pk, cast.lea.pk, "account", {}, None, "", False),
        (cast.focal.pk, None, "completion list", {"course": "TST"}, 7, "", False),
        (cast.head.pk, None, "completion table", {}, 3, "yearly report", False),
        (cast.lea.pk, None, "reports:landing", {}, None, "", True),
        (cast.lea.pk, cast.ben.pk, "account", {}, None, "", True),
    ]


def test_looking_at_oneself_leaves_no_entry(cast):
    recording.opened(cast.lea, cast.lea, "account")

    assert entries() == []


BY_SQL = {
    "update": "UPDATE people_accessentry SET purpose = 'changed'",
    "update of persons": "UPDATE people_accessentry SET actor_id = person_id",
    "delete": "DELETE FROM people_accessentry",
    "all at once": {
        "sqlite": "INSERT OR REPLACE INTO people_accessentry SELECT * FROM people_accessentry",
        "postgresql": "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE people_accessentry",
    },
}


@pytest.mark.parametrize("way", BY_SQL)
def test_threat_24_the_database_itself_refuses_to_change_or_delete_an_entry(cast, way):
    recording.opened(cast.hr, cast.lea, "account")
    before = entries()
    sql = BY_SQL[way] if isinstance(BY_SQL[way], str) else BY_SQL[way][connection.vendor]

    with pytest.raises(Error, match="the access log is append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert entries() == before


def test_the_models_own_ways_are_refused_too(cast):
    recording.opened(cast.hr, cast.lea, "account")
    entry = AccessEntry.objects.get()

    for change in (entry.save, entry.delete, AccessEntry.objects.all().delete, lambda: AccessEntry.objects.update(count=1)):
        with pytest.raises(Error, match="the access log is append-only"), transaction.atomic():
            change()

    assert entries() == [(cast.hr.pk, cast.lea.pk, "account", {}, None, "", False)]


ADDED_TO = [AccessEntry, PageLogEntry, ModelLogEntry, QuestionWithdrawal, Regrade, Erasure]
ENDED_ONCE = [PostingVersion, RoleGrantVersion, StructurePeriodVersion, LanguageChoice]


def test_threat_24_what_only_says_what_happened_cannot_be_changed_deleted_or_replaced_by_sql(cast, course):
    """Which tables these are: who looked and who decided (and why, and with whom), who changed what is published, which question
    was withdrawn and what that gave to whom, what was erased, and each version of postings, roles, structures and languages.

    Requests and decisions (exemptions, corrections, disputes, feeds, joins, cases, grants) are no such logs: a second person's
    word or an end is added to a row, and erasing empties what is said of somebody. Each act on them adds an entry to the first.
    """
    fill(cast, course)
    tables = {model._meta.db_table: model for model in (*ADDED_TO, *ENDED_ONCE)}
    before = {table: list(model.objects.order_by("pk").values()) for table, model in tables.items()}

    passed = [(table, sql) for table, model in tables.items() for sql in attacks(table, model) if not is_refused(table, sql)]

    assert passed == []
    assert {table: list(model.objects.order_by("pk").values()) for table, model in tables.items()} == before
    assert [table for table in before if not before[table]] == []


def fill(cast, course) -> None:
    """Each of the tables has a row, each table of versions one that ended."""
    recording.opened(cast.hr, cast.lea, "account")
    failed(cast.lea, course, {"TST-Q1"})
    withdraw("Q1", cast)
    regrade("Q1", cast)
    erasing.erase_details(cast.ben, at=timezone.now(), decision=erasing.RULE)
    Posting.objects.filter(person=cast.lea).update(duty_station="Warsaw")
    RoleGrant.objects.filter(person=cast.trainer).update(starts_on="2019-05-01")
    StructurePeriod.objects.update(starts_on="2019-05-01")
    User.objects.filter(pk=cast.lea.pk).update(language="ru")


OTHERS = {"CharField": "'x'", "DateField": "'1999-01-01'", "DateTimeField": "'1999-01-01'", "JSONField": "'{}'"}


def attacks(table: str, model) -> list[str]:
    """Of all rows, and of one column at a time."""
    fields = [field for field in model._meta.local_fields if field.column != "superseded_at"]
    columns = {connection.ops.quote_name(field.column): OTHERS.get(field.get_internal_type(), "0") for field in fields}
    found = [f"DELETE FROM {table}"]
    if model in ADDED_TO:
        found += [f"UPDATE {table} SET {column} = {column}" for column in columns]
    else:
        again = f"UPDATE {table} SET superseded_at = {{}} WHERE superseded_at IS NOT NULL"
        found += [again.format("recorded_at"), again.format("NULL"), f"UPDATE {table} SET id = id"]
        found += [f"UPDATE {table} SET superseded_at = recorded_at, {column} = {other}" for column, other in columns.items()]
    if connection.vendor == "postgresql":
        return [*found, f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table}"]
    return [*found, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"]


def is_refused(table: str, sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except Error as error:
        return "append-only" in str(error)
    return False
