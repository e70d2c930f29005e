"""The drill: a backup under load, what happened after it, and a restore that brings back the one and not the other."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from lms import archiving
from tests.databases import ROOT, database, managed
from tests.factories.people import make_person
from tests.lms.xapi.attached import BINARY

HELD = """
from hashlib import sha256
from lms.people.models import User; from lms.xapi import attachments; from lms.xapi.models import Statement
from wagtail.models import Page
from certificates.models import Certificate
print([sha256(one.pdf.open().read()).hexdigest() for one in Certificate.objects.all()])
print(User.objects.count(), Page.objects.live().count())
print([part.content for part in attachments.kept_of(Statement.objects.values_list("seq", flat=True))])
"""
PREPARE = """
from datetime import timedelta
from certificates import rendering
from certificates.models import Certificate
from django.test import Client
from django.utils import timezone
from lms import mailing
from lms.jobs.models import Mail
from lms.people.models import User
from lms.xapi import granting, multipart, storing, texts
from tests.factories.cast import make_cast
from tests.factories.course import make_course
from tests.factories.learning import complete
from tests.lms.xapi.attached import BINARY, LIMIT, MIXED, declared, mixed, with_attachments
from tests.lms.xapi.outside import make_outside
cast = make_cast()
complete(cast.lea, make_course())
Client().force_login(cast.lea)
rendering.draw(Certificate.objects.get().pk)
sent = multipart.parse(mixed(with_attachments(declared(BINARY)), BINARY), MIXED, most=LIMIT)
storing.receive(texts.read(sent.json), version="2.0.0", credential=make_outside("all").credential, parts=sent.parts)
granting.grant("Stolen", scopes=["statements/read/mine"], expires_at=timezone.now() + timedelta(days=9))
Mail.objects.all().delete()
mailing.send("answer_arrived", address="lea@example.org", language="en", name="Lea", path="/")
"""
WRITER = """
import sys
from lms.xapi import storing
from tests.lms.xapi.past import said
while True:
    print(storing.record([said()])[0], flush=True)
"""
LATER = """
from django.db import connection
connection.cursor().execute("CREATE TABLE of_a_later_version (id int)")
"""
AFTERWARDS = """
from django.utils import timezone
from lms.people.models import User
from lms.rights import erasing
from lms.xapi import granting
from lms.xapi.models import Credential
granting.withdraw(Credential.objects.get(name="Stolen"))
erasing.erase_person(User.objects.exclude(email=None).earliest("pk"), at=timezone.now(), decision="drill")
"""
FOUND = """
import json
from allauth.usersessions.models import UserSession
from certificates import verification as certificates
from django.contrib.sessions.models import Session
from django.db import connection
from lms.jobs import delivering, schedule
from lms.jobs.models import Mail
from lms.people.models import User
from lms.xapi import verification
from lms.xapi.models import Credential, Statement
delivering.deliver_due()
print(json.dumps({
    "statements": [str(one) for one in Statement.objects.values_list("id", flat=True)],
    "mails": list(Mail.objects.values_list("state", flat=True)),
    "remind": schedule.remind(), "forward": schedule.forward_statements(),
    "is stolen key valid": Credential.objects.get(name="Stolen").is_valid,
    "erased": User.objects.filter(anonymised_at__isnull=False, email=None, official_name="(former staff)").count(),
    "certificates": [what for certificate, what in certificates.faults()],
    "faults": [fault.what for fault in verification.faults()],
    "sessions": Session.objects.count() + UserSession.objects.count(),
    "tables of a later version": [name for name in connection.introspection.table_names() if name == "of_a_later_version"],
}))
"""


@dataclass
class Installation:
    """The product in a folder and a database of its own, run as its operator runs it."""

    var: Path
    url: str
    variables: dict[str, str]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        variables = {"VAR_DIR": str(self.var), "DEMO": "1", "DJANGO_SETTINGS_MODULE": "lms.settings", **self.variables}
        return managed(self.url, *arguments, **variables)

    def says(self, code: str) -> str:
        done = self.manage("shell", "-v0", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def writes(self) -> subprocess.Popen:
        """Somebody who goes on storing statements and prints the id of each once it is acknowledged."""
        environment = {"VAR_DIR": str(self.var), "DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "lms.settings", "DEMO": "1"}
        command = ["env", *(f"{name}={value}" for name, value in environment.items())]
        command += [sys.executable, "-W", "ignore", "manage.py", "shell", "-v0", "-c", WRITER]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory) -> dict[str, str]:
    """The ledgers, which lie apart from both installations, and how keys are encrypted."""
    identity = pyrage.x25519.Identity.generate()
    return {
        "LEDGER_DIR": str(tmp_path_factory.mktemp("ledgers")),
        "BACKUP_RECIPIENT": str(identity.to_public()),
        "BACKUP_IDENTITY": str(identity),
    }


@pytest.fixture(scope="module")
def running(tmp_path_factory, ledgers):
    """An installation with a picture."""
    with database("first") as url:
        first = Installation(tmp_path_factory.mktemp("first"), url, ledgers)
        (first.var / "media").mkdir()
        (first.var / "media" / "one.png").write_bytes(b"PNG bytes")
        (first.var / "secret_key_fallbacks").write_text("a former key")
        yield first


@pytest.fixture
def second(tmp_path, ledgers):
    with database("second", is_empty=True) as url:
        (tmp_path / "second").mkdir()
        yield Installation(tmp_path / "second", url, ledgers)


def test_31_a_restored_backup_loses_nothing_and_revives_nothing(running, second, tmp_path):
    kept, keys = tmp_path / "kept" / "backup", tmp_path / "elsewhere" / "keys.age"
    held = running.says(PREPARE + HELD)
    writer = running.writes()
    acknowledged = [writer.stdout.readline().strip() for _ in range(3)]
    made = running.manage("backup", str(kept), "--keys", str(keys))
    writer.terminate()
    assert made.returncode == 0, made.stderr
    running.says(AFTERWARDS)
    second.says(LATER)

    restored = second.manage("restore", str(kept), "--keys", str(keys))

    assert restored.returncode == 0, restored.stderr
    told = second.says(HELD + FOUND)
    found = json.loads(told.splitlines()[-1])
    assert {*acknowledged} <= {*found.pop("statements")}
    assert found == {
        "mails": ["uncertain"],
        "remind": "mails are paused",
        "forward": "paused since a restore",
        "is stolen key valid": False,
        "erased": 1,
        "certificates": [],
        "faults": [],
        "sessions": 0,
        "tables of a later version": [],
    }
    assert told.splitlines()[:-1] == held.splitlines()
    assert held.endswith(str([BINARY]))
    assert (second.var / "media" / "one.png").read_bytes() == b"PNG bytes"
    for key in (running.var / name for name in archiving.KEYS):
        assert (second.var / key.name).read_text() == key.read_text()
        assert not [path for path in [*kept.rglob("*"), keys] if path.is_file() and key.read_bytes() in path.read_bytes()]
    assert {path.name for path in kept.iterdir()} == {"manifest.json", "database", "media", "private"}


def test_keys_that_cannot_be_opened_are_named_before_anything_is_restored(db, tmp_path, settings):
    settings.BACKUP_PASSPHRASE = "right"
    archiving.back_up_keys(tmp_path / "keys")
    settings.BACKUP_PASSPHRASE = "wrong"

    with pytest.raises(CommandError, match="keys cannot be opened with BACKUP_IDENTITY or BACKUP_PASSPHRASE"):
        call_command("restore", tmp_path / "no backup", keys=tmp_path / "keys")


def test_what_is_no_backup_for_this_place_is_refused(db, tmp_path, settings):
    said = []
    here = {"database": connection.vendor, "xapi_base": settings.XAPI_BASE_IRI}
    for manifest in (
        None,
        {"database": "oracle"},
        here | {"xapi_base": "https://other"},
        here | {"files": {"database": "0"}},
        None,
    ):
        if manifest:
            (tmp_path / "manifest.json").write_text(json.dumps(manifest))
        elif said:
            make_person("Lea Learner")
        with pytest.raises(archiving.NotPossible) as refused:
            archiving.restore(tmp_path)
        said.append(str(refused.value))

    assert said == [
        f"{tmp_path} is no backup of this product: name the folder that make backup filled.",
        "This backup holds a oracle database: set DATABASE_URL to one.",
        "The statements of this backup were written under https://other: set XAPI_BASE_IRI to that.",
        "database in this backup is damaged: take another backup.",
        "There are people in this database. Restore into an empty one: set DATABASE_URL and VAR_DIR.",
    ]
