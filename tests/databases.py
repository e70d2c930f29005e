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
from huey import PostgresHuey
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / ".testdb"
TEMPLATE_LOCK = 0x54455354
# The models of each step of history stay in use to the end: to look for garbage among them takes a quarter of the time.
MIGRATE = (
    "import gc, sys; from django.core import management as m; gc.set_threshold(100_000); m.execute_from_command_line(sys.argv)"
)


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
            _load(postgres_url(made), TEMPLATES / f"{name}.{connection.info.server_version}.sql")
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


def migrate(url: str) -> None:
    _run(url, sys.executable, "-W", "ignore", "-c", MIGRATE, "migrate", "-v0")


def manage(url: str, *arguments: str, **variables: str) -> str:
    """What a management command prints that works in the database `url`."""
    done = managed(url, *arguments, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def managed(url: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    return _started(url, sys.executable, "-W", "ignore", "manage.py", *arguments, **variables)


def server() -> psycopg.Connection:
    return psycopg.connect(settings.DATABASE_URL, autocommit=True)


def postgres_url(name: str) -> str:
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


def _load(url: str, dump: Path) -> None:
    """Migrates an empty PostgreSQL database, or loads what was kept of one that was migrated before."""
    if not dump.exists():
        migrate(url)
        # The queue makes its tables where it is first opened, which two servers cannot do at the same moment.
        PostgresHuey("learning", dsn=url).storage.close()
        made = dump.with_suffix(f".{os.getpid()}")
        _run(url, "pg_dump", f"--file={made}", url)
        os.replace(made, dump)
    else:
        _run(url, "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={dump}", url)


def _run(url: str, *command: str) -> None:
    done = _started(url, *command)
    assert done.returncode == 0, done.stdout + done.stderr


def _started(url: str, *command: str, **variables: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", **variables}
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)


def _key() -> str:
    found = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    names = (
        "tests/databases.py",
        "lms/people/roles.py",
        "lms/triggering.py",
        "lms/people/versioning.py",
        "lms/reports/marking.py",
    )
    written = [*(ROOT / name for name in names), *ROOT.glob("*/apps.py"), *ROOT.glob("lms/*/apps.py")]
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("lms/*/migrations/*.py"), *written]):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


if __name__ == "__main__":  # `python -m tests.databases` makes the template before anybody waits for it
    migrated_template() if settings.ON_SQLITE else postgres_template()
