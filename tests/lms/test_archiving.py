import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.databases import database, managed
from tests.lms.xapi.attached import BINARY

HELD = """
from lms.people.models import User; from lms.xapi import attachments; from lms.xapi.models import Statement
from wagtail.models import Page
print(User.objects.count(), Page.objects.live().count(), Statement.objects.count())
print([part.content for part in attachments.kept_of(Statement.objects.values_list("seq", flat=True))])
"""
ATTACH = """
from lms.xapi import multipart, storing, texts
from tests.lms.xapi.attached import BINARY, LIMIT, MIXED, declared, mixed, with_attachments
from tests.lms.xapi.outside import make_outside
sent = multipart.parse(mixed(with_attachments(declared(BINARY)), BINARY), MIXED, most=LIMIT)
storing.receive(texts.read(sent.json), version="2.0.0", credential=make_outside("all").credential, parts=sent.parts)
"""


@dataclass
class Installation:
    """The product in a folder and a database of its own, run as its operator runs it."""

    var: Path
    url: str

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        return managed(self.url, *arguments, VAR_DIR=str(self.var), DEMO="1", DJANGO_SETTINGS_MODULE="lms.settings")

    def says(self, code: str) -> str:
        done = self.manage("shell", "-v0", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """An installation with the demo in it and a file that no address leads to."""
    with database("first") as url:
        first = Installation(tmp_path_factory.mktemp("first"), url)
        done = first.manage("load_demo")
        assert done.returncode == 0, done.stderr
        (first.var / "private" / "certificates").mkdir(parents=True)
        (first.var / "private" / "certificates" / "one.pdf").write_bytes(b"%PDF-1.7 bytes")
        first.says(ATTACH)
        yield first


@pytest.fixture
def second(tmp_path):
    with database("second", is_empty=True) as url:
        (tmp_path / "second").mkdir()
        yield Installation(tmp_path / "second", url)


@pytest.fixture(scope="module")
def archive(running, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "folder" / "archive.zip"
    made = running.manage("backup", str(path))
    assert made.returncode == 0, made.stderr
    return path


def test_what_was_backed_up_comes_back_in_an_empty_place(running, archive, second):
    restored = second.manage("restore", str(archive))

    assert restored.returncode == 0, restored.stderr
    assert (found := second.says(HELD)) == running.says(HELD)
    assert found.endswith(str([BINARY]))
    assert (second.var / "private" / "certificates" / "one.pdf").read_bytes() == b"%PDF-1.7 bytes"
    assert list((second.var / "media").rglob("*.png"))
    assert archive.stat().st_mode & 0o777 == 0o600

    again = second.manage("restore", str(archive))
    assert (again.returncode, "There are people in this database" in again.stderr) == (1, True)


def test_the_archive_holds_no_key_and_no_password(running, archive):
    with zipfile.ZipFile(archive) as opened:
        folders = {name.split("/")[0] for name in opened.namelist()}
    assert (running.var / "secret_key").exists()
    assert folders == {"manifest.json", "database", "media", "private"}


def test_what_is_no_archive_is_refused(second, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all")

    done = second.manage("restore", str(tmp_path / "letter.txt"))

    assert (done.returncode, done.stderr) == (1, f"CommandError: {tmp_path}/letter.txt is no archive of this product.\n")


def test_an_archive_of_another_database_is_refused(second, tmp_path):
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("manifest.json", '{"database": "oracle"}')

    done = second.manage("restore", str(tmp_path / "archive.zip"))

    assert done.stderr == "CommandError: This archive holds a oracle database: set DATABASE_URL to one.\n"
