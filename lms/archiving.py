"""Puts database and files into one archive, and brings them back. Keys are not in it: keep `secret_key` elsewhere."""

import json
import os
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection
from django.utils import timezone

from lms.people.models import User

MANIFEST = "manifest.json"
DATABASE = "database"
FOLDERS = ("media", "private")


class NotPossible(ValueError):
    """The message says what stands against it and what to do."""


def back_up(target: Path) -> None:
    """Writes the archive: first the database as it is at this moment, then every file that it can name.

    People may go on working meanwhile. Raises NotPossible.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    with TemporaryDirectory(dir=target.parent) as work, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        dump = Path(work) / DATABASE
        _dump(dump)
        manifest = {"made_at": timezone.now().isoformat(), "database": connection.vendor, "xapi_base": settings.XAPI_BASE_IRI}
        archive.writestr(MANIFEST, json.dumps(manifest))
        archive.write(dump, DATABASE)
        for folder in FOLDERS:
            for path in sorted((settings.VAR_DIR / folder).rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(settings.VAR_DIR))
    unfinished.chmod(0o600)
    unfinished.replace(target)


def restore(source: Path) -> None:
    """Brings an archive into an installation that is still empty. Raises NotPossible, and changes nothing then."""
    if not zipfile.is_zipfile(source):
        raise NotPossible(f"{source} is no archive of this product.")
    _refuse_what_is_in_use()
    with TemporaryDirectory() as work, zipfile.ZipFile(source) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        if manifest["database"] != connection.vendor:
            raise NotPossible(f"This archive holds a {manifest['database']} database: set DATABASE_URL to one.")
        if archive.testzip() is not None:
            raise NotPossible(f"{archive.testzip()} in this archive is damaged: take another archive.")
        archive.extractall(work)
        _load(Path(work) / DATABASE)
        for folder in FOLDERS:
            if (Path(work) / folder).is_dir():
                shutil.copytree(Path(work) / folder, settings.VAR_DIR / folder, dirs_exist_ok=True)


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
        flags = ("--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction")
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
