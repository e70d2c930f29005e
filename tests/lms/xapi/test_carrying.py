"""Statements go out of the store into a file, and out of a file into a store."""

import gzip
import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from lms.xapi import carrying, granting
from lms.xapi.models import Statement
from tests.lms.xapi.outside import PREFIX, make_outside
from tests.lms.xapi.past import move, record, said, voiding
from tests.racing import wait_until

LONG_AGO = datetime(2026, 1, 31, 12, tzinfo=UTC)


def export(path, *arguments) -> list[str]:
    """The lines of the file, once everything that was stored can be read by everybody."""
    if Statement.objects.exists():
        last = Statement.objects.latest("stored").stored
        wait_until(lambda: timezone.now() > last + timedelta(milliseconds=5))
    call_command("export_statements", str(path), *arguments)
    return (gzip.open(path, "rt") if path.suffix == ".gz" else path.open()).read().split("\n")[:-1]


def take_in(path, client) -> None:
    call_command("import_statements", str(path), "--credential", client.credential.key)


def write(path, *statements) -> None:
    path.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in statements))


def mine(**changes) -> dict:
    return said(about=f"{PREFIX}course") | changes


def forget_everything() -> None:
    """As in a new store."""
    Statement.objects.all().delete()


def without_what_is_set_anew(body: str) -> dict:
    return {name: value for name, value in json.loads(body).items() if name not in ("stored", "authority")}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "statements.jsonl"


# --- out ----------------------------------------------------------------------------------------------------------------
def test_every_statement_goes_out_as_it_is_kept_in_the_order_of_storing(db, path, capsys, anybody):
    first, second = record(said(), said("passed"))
    odd = '{"verb": {"id":"urn:x:y" }, "actor":{"mbox":"mailto:a@example.org"}, "object":{"id":"urn:x:é", '
    anybody.post(odd + r'"definition": {"name": {"en": "\u2028  \n"}}}}')
    record(voiding(first))

    lines = export(path)

    assert lines == list(Statement.objects.order_by("seq").values_list("body", flat=True))
    assert len(lines) == 4
    assert capsys.readouterr().out.startswith("4 statements. Go on later with --since 20")


def test_breaks_between_parts_become_spaces_so_that_a_statement_is_a_line(db, path, anybody):
    anybody.post(json.dumps(mine(), indent=2).replace("\n", "\r\n"))
    body = Statement.objects.get().body

    [line] = export(path)

    assert "\r\n" in body
    assert line == body.replace("\r\n", "  ")


def test_a_name_that_ends_in_gz_is_compressed(db, tmp_path):
    [statement_id] = record(said())

    assert [json.loads(line)["id"] for line in export(tmp_path / "statements.jsonl.gz")] == [str(statement_id)]


def test_since_and_until_are_moments_of_storing(db, path, capsys):
    ids = record(said(), said(), said())
    for number, statement_id in enumerate(ids):
        move(statement_id, LONG_AGO + timedelta(hours=number))

    lines = export(path, "--since", "2026-01-31T12:00:00Z", "--until", "2026-01-31T15:00:00+01:00")
    said_of_it = capsys.readouterr().out
    rest = export(path, "--since", "2026-01-31T13:00:00.000Z")

    assert [json.loads(line)["id"] for line in lines] == [str(ids[1]), str(ids[2])]
    assert [json.loads(line)["id"] for line in rest] == [str(ids[2])]
    assert said_of_it == "2 statements. Go on later with --since 2026-01-31T14:00:00.000Z\n"


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_a_moment_that_is_none_is_refused_in_words(db, path, option):
    with pytest.raises(CommandError, match=f"^{option} must be a moment"):
        export(path, option, "yesterday")
    assert not path.exists()


def test_only_its_owner_can_read_the_file(db, path):
    export(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_leaves_nothing_behind(db, tmp_path):
    (tmp_path / "taken").mkdir()

    for target in (tmp_path / "nowhere" / "file", tmp_path / "taken"):
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("export_statements", str(target))

    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


# --- in -----------------------------------------------------------------------------------------------------------------
def test_what_went_out_comes_in_again_voided_where_it_was(db, path, capsys, anybody):
    first, second, _ = record(said(), said("passed"), {**said(), "timestamp": "2026-01-01T00:00:00+02:00"})
    record(voiding(first))
    version = anybody.version
    anybody.version = "2.0.0"
    anybody.post({"version": "2.0.0", **mine()})
    anybody.version = version
    lines = export(path)
    forget_everything()
    capsys.readouterr()

    take_in(path, anybody)

    rows = Statement.objects.order_by("seq")
    assert sorted(without_what_is_set_anew(row.body)["id"] for row in rows) == sorted(json.loads(line)["id"] for line in lines)
    assert {row.id for row in rows if row.is_voided} == {first}
    by_id = {str(row.id): row for row in rows}
    assert [without_what_is_set_anew(by_id[json.loads(line)["id"]].body) for line in lines] == [
        without_what_is_set_anew(line) for line in lines
    ]
    assert {row.credential for row in rows} == {anybody.credential}
    assert capsys.readouterr().out == "5 statements stored, 0 were there already.\n"


def test_taken_in_again_nothing_changes(db, path, capsys, anybody, announced):
    [target] = record(said())
    record(voiding(target))
    export(path)
    before = list(Statement.objects.values())
    capsys.readouterr()
    announced.clear()

    take_in(path, anybody)

    assert capsys.readouterr().out == "0 statements stored, 2 were there already.\n"
    assert (list(Statement.objects.values()), announced) == (before, [])


def test_a_file_that_broke_off_can_be_taken_in_again(db, path, capsys, writer, monkeypatch):
    monkeypatch.setattr(carrying, "AT_ONCE", 2)
    statements = [mine() for _ in range(5)]
    write(path, *statements[:4], '{"id": "broken')
    with pytest.raises(CommandError):
        take_in(path, writer)
    write(path, *statements)
    there = Statement.objects.count()

    take_in(path, writer)

    assert (there, Statement.objects.count()) == (2, 5)
    assert capsys.readouterr().out == "3 statements stored, 2 were there already.\n"


def test_compressed_files_and_empty_lines_are_read(db, tmp_path, writer):
    path = tmp_path / "statements.jsonl.gz"
    path.write_bytes(gzip.compress(f"\n{json.dumps(mine())}\r\n \n{json.dumps(mine())}".encode()))

    take_in(path, writer)

    assert Statement.objects.count() == 2


def test_a_version_is_judged_by_its_own_rules(db, path, writer):
    agents = {"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:a@example.org"}}]}
    write(path, mine(version="1.0.3"), mine(version="2.0.0"), mine(version="2.0.0", context=agents), mine())

    take_in(path, writer)

    assert sorted(Statement.objects.values_list("version", flat=True)) == ["1.0.0", "1.0.3", "2.0.0", "2.0.0"]


REFUSED = {
    "no JSON": ("{", r"line 4: This cannot be read as JSON: .* What stands before line 3 is stored, nothing from there on\."),
    "no UTF-8": (b"\xff", r"line 4: This is no UTF-8\. What stands before line 3 is stored, nothing from there on\."),
    "no statement": ("[]", r"line 4: .* What stands before line 3 is stored, nothing from there on\."),
    "a wrong one": (
        mine(verb={"id": "completed"}),
        r"line 4\.verb\.id: .* What stands before line 3 is stored, nothing from there on\.",
    ),
    "about others": (
        said(about="https://elsewhere.example.org/"),
        r"line 4\.object\.id: This credential writes only about .* What stands before line 3 is stored, nothing from there on\.",
    ),
    "an id that is none": (mine(id="7"), r"line 4\.id: .*"),
    "no attachment data": (
        mine(attachments=[{"usageType": "urn:x:y", "display": {}, "contentType": "a/b", "length": 1, "sha2": "0" * 64}]),
        r"line 4\.attachments\[0\]: .*",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_the_line_and_nothing_of_its_batch_is_stored(db, path, writer, monkeypatch, case):
    monkeypatch.setattr(carrying, "AT_ONCE", 2)
    line, said_of_it = REFUSED[case]
    good = [mine() for _ in range(5)]
    lines = [json.dumps(each).encode() for each in good]
    lines.insert(3, line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode())
    path.write_bytes(b"\n".join(lines))

    with pytest.raises(CommandError, match=f"^{said_of_it}$"):
        take_in(path, writer)

    assert {str(each) for each in Statement.objects.values_list("id", flat=True)} == {each["id"] for each in good[:2]}


def test_other_content_under_an_id_that_is_there_is_refused(db, path, writer):
    known = mine()
    writer.post(known)
    write(path, mine(), {**known, "result": {"success": True}})

    with pytest.raises(CommandError, match=r"^line 2\.id: .* exists with other content"):
        take_in(path, writer)
    assert Statement.objects.count() == 1


def test_batches_end_where_they_grow_too_long(db, path, writer, monkeypatch, announced):
    monkeypatch.setattr(carrying, "BYTES_AT_ONCE", 2 * len(json.dumps(mine())) + 10)
    write(path, *(mine() for _ in range(5)))

    take_in(path, writer)

    assert [len(batch) for batch in announced] == [2, 2, 1]


def test_a_line_that_is_too_long_is_not_even_read(db, path, writer, settings):
    settings.XAPI_BODY_LIMIT = 1000
    write(path, mine(), json.dumps(mine()) + " " * 1000)

    with pytest.raises(CommandError, match=r"^line 2 is longer than 1000 bytes\.$"):
        take_in(path, writer)


def test_a_file_that_cannot_be_read_is_named(db, tmp_path, writer):
    whole = gzip.compress(json.dumps(mine()).encode() * 100)
    (tmp_path / "half.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "plain.gz").write_text("{}")

    for name in ("half.gz", "plain.gz", "nothing"):
        with pytest.raises(CommandError, match=f"{name} cannot be read after line 0: "):
            take_in(tmp_path / name, writer)


def test_only_a_client_that_may_write_takes_in(db, path):
    reader = make_outside("statements/read/mine")
    gone = make_outside("statements/write")
    granting.withdraw(gone.credential)
    write(path, mine())

    with pytest.raises(CommandError, match="This credential may not write statements"):
        take_in(path, reader)
    with pytest.raises(CommandError, match="No valid credential has the key"):
        take_in(path, gone)
    with pytest.raises(CommandError, match="No valid credential has the key nobody"):
        call_command("import_statements", str(path), "--credential", "nobody")
    assert Statement.objects.count() == 0
