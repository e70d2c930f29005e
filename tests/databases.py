"""Databases for tests: migrated once for each state of the migrations and the lock, then copied."""

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection as own_connection
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / ".testdb"
TEMPLATE_LOCK = 0x54455354


def migrated_template() -> Path:
    """A migrated, empty SQLite database."""
    template = TEMPLATES / f"template-{_key()}.sqlite3"
    if not template.exists():
        made = template.with_suffix(f".{os.getpid()}")
        migrate(f"sqlite:///{made}")
        os.replace(made, template)
    return template


def postgres_template() -> str:
    """The name of the same on the PostgreSQL of DATABASE_URL."""
    name = f"template_{_key()}"
    with server() as connection:
        # The workers of a parallel run ask for it at once: the first one makes it.
        connection.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            made = f"{name}_unfinished"
            connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(made)))
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(made)))
            migrate(postgres_url(made))
            connection.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(made), Identifier(name)))
    return name


@contextmanager
def database(name: str, *, is_empty: bool = False):
    """The address of a database that nobody else uses: a copy of the template, or an empty one. Gone afterwards."""
    name = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    if settings.ON_SQLITE:
        path = TEMPLATES / f"{name}.sqlite3"
        if not is_empty:
            shutil.copyfile(migrated_template(), path)
        try:
            yield f"sqlite:///{path}"
        finally:
            for left in TEMPLATES.glob(f"{path.name}*"):
                left.unlink()
        return
    template = Identifier("template0" if is_empty else postgres_template())
    with server() as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), template))
        try:
            yield postgres_url(name)
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def working_in(url: str):
    """This process works in the database `url` for a while."""
    own_connection.close()
    usual = own_connection.settings_dict["NAME"]
    own_connection.settings_dict["NAME"] = name_in(url)
    try:
        yield
    finally:
        own_connection.close()
        own_connection.settings_dict["NAME"] = usual


def name_in(url: str) -> str:
    """What Django calls the database's NAME."""
    path = urlsplit(url).path
    return path.removeprefix("/")


def migrate(url: str, *arguments: str) -> None:
    manage(url, "migrate", "-v0", *arguments)


def manage(url: str, *arguments: str, **variables: str) -> str:
    """What a management command prints that works in the database `url`."""
    done = managed(url, *arguments, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def managed(url: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", **variables}
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)


def server() -> psycopg.Connection:
    return psycopg.connect(settings.DATABASE_URL, autocommit=True)


def postgres_url(name: str) -> str:
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


def _key() -> str:
    found = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    written = [
        ROOT / name for name in ("lms/people/roles.py", "lms/triggering.py", "lms/people/versioning.py", "lms/reports/marking.py")
    ]
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("lms/*/migrations/*.py"), *written]):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]
