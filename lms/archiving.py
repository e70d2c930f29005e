"""Copies database and files into a folder, and brings them back. The keys go into a file of their own, encrypted, elsewhere.

What was erased or withdrawn after a backup stands in the ledgers (`lms.bookkeeping`), which no backup brings back: a restore
applies them before anybody signs in, and neither mails nor forwards until somebody lets it.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pyrage
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from certificates import signing
from lms.jobs import delivering
from lms.people.models import User
from lms.rights import retaining

MANIFEST = "manifest.json"
DATABASE = "database"
FOLDERS = ("media", "private")
KEYS = ("secret_key", "secret_key_fallbacks", "certificate_key")  # files that settings read where no variable is set


class NotPossible(ValueError):
    """The message says what stands against it and what to do."""


def back_up(target: Path) -> None:
    """Fills the folder: first the database as it is at this moment, then every file that it can name.

    People may go on working meanwhile; what they delete meanwhile may be missing. Raises NotPossible.
    """
    if target.exists():
        raise NotPossible(f"{target} is there already: name a folder that is not.")
    unfinished = target.with_name(f"{target.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    _dump(unfinished / DATABASE)
    for folder in FOLDERS:
        for path in sorted((settings.VAR_DIR / folder).rglob("*")):
            _copy(path, unfinished / path.relative_to(settings.VAR_DIR))
    manifest = {
        "made_at": timezone.now().isoformat(),
        "database": connection.vendor,
        "xapi_base": settings.XAPI_BASE_IRI,
        "files": {str(path.relative_to(unfinished)): _hash(path) for path in _files(unfinished)},
    }
    (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1))
    unfinished.replace(target)


def back_up_keys(target: Path) -> None:
    """Encrypts what signs sessions, links, reports and certificates for BACKUP_RECIPIENT, else with BACKUP_PASSPHRASE.

    Raises NotPossible.
    """
    fallbacks = ",".join(settings.SECRET_KEY_FALLBACKS)
    values = (settings.SECRET_KEY, fallbacks, signing.private_key())
    keys = json.dumps(dict(zip(KEYS, values, strict=True))).encode()
    try:
        if settings.BACKUP_RECIPIENT:
            content = pyrage.encrypt(keys, [pyrage.x25519.Recipient.from_str(settings.BACKUP_RECIPIENT)])
        elif settings.BACKUP_PASSPHRASE:
            content = pyrage.passphrase.encrypt(keys, settings.BACKUP_PASSPHRASE)
        else:
            raise NotPossible("Set BACKUP_RECIPIENT to a public key of age, or BACKUP_PASSPHRASE: keys are kept encrypted only.")
    except pyrage.RecipientError as error:
        raise NotPossible(f"BACKUP_RECIPIENT is no public key of age: {error}.") from error
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    target.write_bytes(content)


def restore(source: Path) -> dict[str, int]:
    """Brings a backup into an installation that is still empty, and makes it safe to start: mails and forwarding are paused,
    what waited is sent by nobody's hand but a person's, everybody signs in anew, and the ledgers are applied. Returns how many
    lines of them.

    Raises NotPossible, and has changed nothing then.
    """
    if not (source / MANIFEST).is_file():
        raise NotPossible(f"{source} is no backup of this product: name the folder that make backup filled.")
    _refuse_what_is_in_use()
    manifest = json.loads((source / MANIFEST).read_text())
    if manifest["database"] != connection.vendor:
        raise NotPossible(f"This backup holds a {manifest['database']} database: set DATABASE_URL to one.")
    if manifest["xapi_base"] != settings.XAPI_BASE_IRI:
        raise NotPossible(f"The statements of this backup were written under {manifest['xapi_base']}: set XAPI_BASE_IRI to that.")
    for name, digest in manifest["files"].items():
        if not (source / name).is_file() or _hash(source / name) != digest:
            raise NotPossible(f"{name} in this backup is damaged: take another backup.")
    _load(source / DATABASE)
    for folder in FOLDERS:
        if (source / folder).is_dir():
            shutil.copytree(source / folder, settings.VAR_DIR / folder, dirs_exist_ok=True)
    call_command("migrate", verbosity=0)
    Session.objects.all().delete()  # those that were ended since would be open again
    UserSession.objects.all().delete()
    delivering.pause(None)
    delivering.doubt_waiting()
    return retaining.apply_ledgers()


def open_keys(source: Path) -> dict[str, str]:
    """The keys of a backup by the names of KEYS, those that were set. Raises NotPossible."""
    try:
        if settings.BACKUP_IDENTITY:
            keys = pyrage.decrypt(source.read_bytes(), [pyrage.x25519.Identity.from_str(settings.BACKUP_IDENTITY)])
        else:
            keys = pyrage.passphrase.decrypt(source.read_bytes(), settings.BACKUP_PASSPHRASE)
    except (OSError, pyrage.DecryptError, pyrage.IdentityError) as error:
        raise NotPossible(f"{source} cannot be opened with BACKUP_IDENTITY or BACKUP_PASSPHRASE: {error}.") from error
    return {name: key for name, key in json.loads(keys).items() if name in KEYS and key}


def keep_keys(keys: Mapping[str, str]) -> list[Path]:
    """Puts them where the settings read them when no variable names others. Returns the files."""
    paths = [settings.VAR_DIR / name for name in keys]
    for path, key in zip(paths, keys.values(), strict=True):
        path.touch(mode=0o600)
        path.write_text(key)
    return paths


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _copy(path: Path, target: Path) -> None:
    if path.is_dir():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy2(path, target)
    except FileNotFoundError:
        target.unlink(missing_ok=True)  # somebody deleted it a moment ago: so it is not to come back


def _hash(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest()


def _refuse_what_is_in_use() -> None:
    if User._meta.db_table in connection.introspection.table_names() and User.objects.exists():
        raise NotPossible("There are people in this database. Restore into an empty one: set DATABASE_URL and VAR_DIR.")


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _load(dump: Path) -> None:
    connection.close()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(dump)) as source, closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as copy:
            source.backup(copy)
    else:
        # A newer version may have made tables that this backup does not know: they are empty, and would be made again.
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.close()
        flags = ("--no-owner", "--exit-on-error", "--single-transaction")
        _run("pg_restore", *flags, f"--dbname={settings.DATABASES['default']['NAME']}", str(dump))


def _run(*command: str) -> None:
    """A tool of PostgreSQL's, which learns the password from the environment and not from its arguments."""
    database: Mapping[str, object] = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = os.environ | {name: str(database[key]) for name, key in names.items() if database[key]}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NotPossible(f"{command[0]} is missing: install postgresql-client and try again.") from None
    if done.returncode:
        raise NotPossible(f"{command[0]} failed: {done.stderr.strip()}")
