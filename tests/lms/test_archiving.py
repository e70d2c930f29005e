import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.conftest import ROOT, migrated_template

COUNT = """
from lms.people.models import User; from lms.xapi.models import Statement
from wagtail.models import Page
print(User.objects.count(), Page.objects.live().count(), Statement.objects.count())
"""


class Installation:
    """The product in a folder and a database of its own, run as its operator runs it."""

    def __init__(self, var: Path, url: str):
        self.var = var
        self.environment = {**os.environ, "VAR_DIR": str(var), "DATABASE_URL": url, "DEMO": "1"}
        self.environment["DJANGO_SETTINGS_MODULE"] = "lms.settings"

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        return subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)

    def counts(self) -> str:
        return self.manage("shell", "-v0", "-c", COUNT).stdout.strip()


@pytest.fixture(scope="module")
def install(tmp_path_factory):
    """Makes installations with an empty database, on whatever database the tests run."""
    made = []

    def make(name: str) -> Installation:
        var = tmp_path_factory.mktemp(name)
        if connection.vendor == "sqlite":
            return Installation(var, f"sqlite:///{var}/db.sqlite3")
        url = os.environ["DATABASE_URL"]
        made.append(f"{name}_{os.getpid()}")
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{made[-1]}"')
        return Installation(var, f"{url.rpartition('/')[0]}/{made[-1]}")

    yield make
    for name in made:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def running(install) -> Installation:
    """An installation with the demo in it and a file that no address leads to."""
    first = install("first")
    if connection.vendor == "sqlite":
        shutil.copyfile(migrated_template(), first.var / "db.sqlite3")
    else:
        assert first.manage("migrate", "-v0").returncode == 0
    done = first.manage("load_demo")
    assert done.returncode == 0, done.stderr
    (first.var / "private" / "certificates").mkdir(parents=True)
    (first.var / "private" / "certificates" / "one.pdf").write_bytes(b"%PDF-1.7 bytes")
    return first


@pytest.fixture(scope="module")
def archive(running, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "folder" / "archive.zip"
    made = running.manage("backup", str(path))
    assert made.returncode == 0, made.stderr
    return path


def test_what_was_backed_up_comes_back_in_an_empty_place(running, archive, install):
    second = install("second")
    restored = second.manage("restore", str(archive))

    assert restored.returncode == 0, restored.stderr
    assert second.counts() == running.counts() != ""
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


def test_what_is_no_archive_is_refused(install, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all")

    done = install("third").manage("restore", str(tmp_path / "letter.txt"))

    assert (done.returncode, done.stderr) == (1, f"CommandError: {tmp_path}/letter.txt is no archive of this product.\n")


def test_an_archive_of_another_database_is_refused(install, tmp_path):
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("manifest.json", '{"database": "oracle"}')

    done = install("fourth").manage("restore", str(tmp_path / "archive.zip"))

    assert done.stderr == "CommandError: This archive holds a oracle database: set DATABASE_URL to one.\n"
