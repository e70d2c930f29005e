"""The daily seal, and what verify_store says when somebody was at the rows."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from lms.xapi import queries, sealing, verification
from lms.xapi.models import Credential, Seal, Statement
from tests.lms.xapi.outside import PREFIX
from tests.lms.xapi.past import move, record, said, voiding

NOW = timezone.now().astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
TODAY = NOW.date()


def day(back: int) -> date:
    return TODAY - timedelta(days=back)


def noon(back: int) -> datetime:
    return NOW - timedelta(days=back)


@pytest.fixture
def days(db):
    """Two statements four days ago, none the day after, one two days ago, two yesterday, and one of today."""
    ids = {back: record(*(said() for _ in range(count)), at=noon(back)) for back, count in {4: 2, 2: 1, 1: 2}.items()}
    record(said())
    return ids


@pytest.fixture
def sealed(days):
    sealing.seal_complete_days()
    return days


def verify(capsys, *arguments) -> tuple[int, list[str]]:
    """The exit code of verify_store, and its lines."""
    try:
        call_command("verify_store", *arguments)
    except SystemExit as left:
        return left.code, capsys.readouterr().out.splitlines()
    return 0, capsys.readouterr().out.splitlines()


def sql(command: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(command, values)


def key_of(statement_id):
    return statement_id if connection.vendor == "postgresql" else statement_id.hex


def sealed_days() -> list[tuple[date, int]]:
    return list(Seal.objects.order_by("day").values_list("day", "count"))


# --- sealing -----------------------------------------------------------------------------------------------------------
def test_each_complete_day_is_sealed_days_without_statements_too(days):
    count = sealing.seal_complete_days()

    assert count == 4
    assert sealed_days() == [(day(4), 2), (day(3), 0), (day(2), 1), (day(1), 2)]


def test_a_seal_is_the_hash_of_the_one_before_the_day_and_its_statements(sealed):
    texts = [f"\n{day(4)}\n", None]
    for statement_id in sealed[4]:
        body = Statement.objects.get(id=statement_id).body
        texts[0] += f"{statement_id} {hashlib.sha256(body.encode()).hexdigest()}\n"
    first = hashlib.sha256(texts[0].encode()).hexdigest()

    assert Seal.objects.get(day=day(4)).digest == first
    assert Seal.objects.get(day=day(3)).digest == hashlib.sha256(f"{first}\n{day(3)}\n".encode()).hexdigest()


def test_sealing_again_adds_what_is_new_only(sealed):
    before = list(Seal.objects.values_list("day", "digest", "made_at"))

    assert sealing.seal_complete_days() == 0
    assert list(Seal.objects.values_list("day", "digest", "made_at")) == before


def test_days_that_were_missed_are_caught_up(sealed):
    whole = list(Seal.objects.order_by("day").values_list("day", "digest"))
    Seal.objects.filter(day__gte=day(2)).delete()

    count = sealing.seal_complete_days()

    assert (count, list(Seal.objects.order_by("day").values_list("day", "digest"))) == (2, whole)


def test_an_empty_store_and_one_that_began_today_have_no_seal(db):
    empty = sealing.seal_complete_days()
    record(said())

    assert (empty, sealing.seal_complete_days(), sealed_days()) == (0, 0, [])


def test_a_day_belongs_to_utc(db):
    midnight = NOW.replace(hour=0) - timedelta(days=1)
    record(said(), at=midnight)
    record(said(), at=midnight - timedelta(milliseconds=1))

    sealing.seal_complete_days()

    assert sealed_days() == [(day(2), 1), (day(1), 1)]


def test_statements_are_read_by_their_number_a_chunk_at_a_time(days, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(queries, "AT_ONCE", 1)

    with django_assert_num_queries(4):
        rows = list(queries.in_order(verification.first_of(day(4)), verification.first_of(day(1)), "id"))

    assert [row.id for row in rows] == [*days[4], *days[2]]


# --- verifying ---------------------------------------------------------------------------------------------------------
def test_a_store_that_nobody_touched_is_as_it_was_sealed(sealed, capsys):
    assert verify(capsys) == (0, ["The store is as it was sealed."])


def test_all_that_storing_writes_agrees_with_its_bodies(db, capsys, anybody):
    statements = [{**said(), "context": {"registration": str(uuid4())}, "timestamp": "2030-01-01T00:00:00Z"}, said("passed")]
    record(*statements, voiding(statements[0]["id"]))
    mine = said(about=f"{PREFIX}course")
    anybody.post([{**mine, "timestamp": "2026-01-01T12:00:00+02:00"}])
    anybody.post([voiding(mine["id"])])
    early = said(about=f"{PREFIX}course")
    anybody.post([voiding(early["id"])])
    anybody.post([early])

    assert verify(capsys) == (0, ["The store is as it was sealed."])
    assert Statement.objects.filter(is_voided=True).count() == 3


def test_days_that_wait_for_their_seal_are_no_fault(days, capsys):
    note = "Note: 4 complete days are not sealed yet; the worker seals them each night."

    assert verify(capsys) == (0, [note, "The store is as it was sealed."])


CHANGES = {
    "body": "UPDATE xapi_statement SET body = replace(body, 'courses/1', 'courses/2') WHERE id = %s",
    "removed": "DELETE FROM xapi_statement WHERE id = %s",
    "swapped": "UPDATE xapi_statement SET seq = seq + 5 WHERE id = %s",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("back", [4, 2])
def test_a_changed_or_removed_row_is_named_with_its_day(sealed, capsys, change, back):
    sql(CHANGES[change], key_of(sealed[back][0]))

    code, lines = verify(capsys)

    is_alone_that_day = change == "swapped" and back == 2  # then its place among others has not changed
    assert (code, {line.split(":")[0] for line in lines[:-1]}) == ((0, set()) if is_alone_that_day else (1, {str(day(back))}))


@pytest.mark.parametrize("back", [1, 2, 3, 4])
def test_an_inserted_row_is_named_with_its_day(sealed, capsys, back):
    record(said(), at=noon(back))

    found = 2 if back == 2 else {1: 3, 3: 1, 4: 3}[back]
    said_of_it = f"{day(back)}: What was stored on this day is not what was sealed: {found - 1} statements then, {found} now."
    assert verify(capsys) == (1, [said_of_it, "1 differences."])


def test_a_row_inserted_before_the_first_seal_is_named(sealed, capsys):
    [statement_id] = record(said(), at=noon(9))

    assert verify(capsys) == (1, [f"{day(9)}: Statement {statement_id} is older than the first seal.", "1 differences."])


COLUMNS = {
    "id": uuid4(),
    "stored": timezone.now(),
    "timestamp": datetime(2020, 1, 1, tzinfo=UTC),
    "digest": "0" * 64,
    "actor": 7,
    "verb": 7,
    "object": 7,
    "registration": uuid4(),
    "version": "1.0.9",
    "voids": uuid4(),
    "credential": 4711,
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("back", [2, 0])
def test_a_column_that_does_not_follow_from_the_body_is_named(sealed, capsys, column, back):
    row = Statement.objects.get(id=sealed[2][0]) if back else Statement.objects.latest("seq")
    Statement.objects.filter(pk=row.pk).update(**{column: COLUMNS[column]})

    code, lines = verify(capsys)

    assert code == 1
    said_of_it = next(line for line in lines if "its body says otherwise than its" in line)
    assert said_of_it.startswith(f"{day(back)}: Statement ")
    assert column in said_of_it.rpartition(" than its ")[2].rstrip(".").split(", ")


def test_a_number_of_another_moment_is_named_though_the_order_stays(sealed, capsys):
    row = Statement.objects.get(id=sealed[2][0])
    Statement.objects.filter(pk=row.pk).update(seq=row.seq + (1 << 21))

    said_of_it = f"{day(2)}: Statement {row.id}: its body says otherwise than its seq."
    assert verify(capsys) == (1, [said_of_it, "1 differences."])


@pytest.mark.parametrize("body", ["nothing", "[]", "{}", '{"stored": 7}'])
def test_a_body_that_is_no_statement_is_named(sealed, capsys, body):
    Statement.objects.filter(id=sealed[2][0]).update(body=body)

    code, lines = verify(capsys)

    assert (code, lines[0]) == (1, f"{day(2)}: Statement {sealed[2][0]}: its body says otherwise than its being a statement.")


def test_a_statement_put_into_the_name_of_another_client_is_named(db, capsys, anybody, other):
    mine = said(about=f"{PREFIX}course")
    anybody.post([mine])
    Statement.objects.filter(id=mine["id"]).update(credential=other.credential)

    assert verify(capsys) == (
        1,
        [f"{TODAY}: Statement {mine['id']}: its body says otherwise than its credential.", "1 differences."],
    )
    assert Credential.objects.count() == 2


def test_a_statement_that_was_hidden_or_shown_again_by_hand_is_named(sealed, capsys):
    hidden, shown = sealed[4]
    record(voiding(shown))
    Statement.objects.filter(id=hidden).update(is_voided=True)
    Statement.objects.filter(id=shown).update(is_voided=False)

    code, lines = verify(capsys)

    said_of_it = "is_voided does not follow from what voids it."
    assert (code, lines[:2]) == (1, [f"{day(4)}: Statement {each}: {said_of_it}" for each in (hidden, shown)])


# --- the seals themselves -----------------------------------------------------------------------------------------------
def test_a_changed_seal_shows_on_its_day_and_on_the_next(sealed, capsys):
    Seal.objects.filter(day=day(3)).update(digest="0" * 64)

    code, lines = verify(capsys)

    assert (code, [line.split(":")[0] for line in lines[:-1]]) == (1, [str(day(3)), str(day(2))])


def test_a_removed_seal_is_named(sealed, capsys):
    Seal.objects.filter(day=day(3)).delete()

    assert verify(capsys) == (1, [f"{day(3)}: This day has no seal.", "1 differences."])


@pytest.fixture
def copy(sealed, capsys, tmp_path):
    """What export_seals printed before somebody came."""
    call_command("export_seals")
    path = tmp_path / "seals.jsonl"
    path.write_text(capsys.readouterr().out)
    return path


def test_seals_are_printed_as_json_lines(copy):
    seals = [{"day": str(seal.day), "count": seal.count, "digest": seal.digest} for seal in Seal.objects.order_by("day")]

    assert [json.loads(line) for line in copy.read_text().splitlines()] == seals


def test_the_copy_agrees_while_nobody_touched_the_store(copy, capsys):
    assert verify(capsys, "--against", str(copy)) == (0, ["The store is as it was sealed."])


def test_who_sealed_anew_what_she_changed_is_found_by_the_copy_alone(sealed, copy, capsys):
    move(sealed[2][0], noon(2) + timedelta(hours=1))
    Seal.objects.all().delete()
    sealing.seal_complete_days()

    alone, against = verify(capsys), verify(capsys, "--against", str(copy))

    assert alone == (0, ["The store is as it was sealed."])
    assert against == (
        1,
        [
            f"{day(2)}: What was stored on this day is not what was sealed: 1 statements then, 1 now.",
            f"{day(2)}: 2 seals from this day on are not those of the copy.",
            "2 differences.",
        ],
    )


def test_a_copy_that_is_none_is_refused_in_words(db, tmp_path):
    (tmp_path / "wrong").write_text("day,count\n")

    with pytest.raises(CommandError, match="is not what export_seals prints"):
        call_command("verify_store", "--against", str(tmp_path / "wrong"))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_store", "--against", str(tmp_path / "nothing"))
