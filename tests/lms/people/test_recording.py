import pytest
from django.db import Error, connection, transaction

from lms.people import recording
from lms.people.models import AccessEntry


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
