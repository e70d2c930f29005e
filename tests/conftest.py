"""What all tests share: the database template, the cast, and the worker by hand."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from huey.contrib.djhuey import HUEY

from tests.factories.cast import Cast, make_cast
from tests.factories.course import make_course

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / ".testdb"


def pytest_collection_modifyitems(config, items):
    from django.conf import settings

    if settings.ON_SQLITE:
        skip = pytest.mark.skip(reason="needs PostgreSQL; make test runs it there")
        for item in items:
            if "postgres" in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """On SQLite the migrations run once, into a file that later runs copy."""
    from django.db import connections

    connection = connections["default"]
    if connection.vendor != "sqlite":
        return
    template = migrated_template()
    work = TEMPLATES / f"work-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}.sqlite3"
    shutil.copyfile(template, work)
    connection.settings_dict["TEST"]["NAME"] = str(work)


@pytest.fixture(scope="session")
def django_db_keepdb():
    return True


@pytest.fixture(scope="session", autouse=True)
def _forget_old_databases():
    yield
    for path in TEMPLATES.glob(f"work-*-{os.getpid()}.sqlite3*"):
        path.unlink()


def migrated_template() -> Path:
    """A migrated, empty SQLite database, made once for each state of the migrations and the lock."""
    template = TEMPLATES / f"template-{_key()}.sqlite3"
    if not template.exists():
        made = template.with_suffix(f".{os.getpid()}")
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{made}", "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-W", "ignore", "manage.py", "migrate", "-v0"]
        subprocess.run(command, check=True, env=environment, cwd=ROOT)
        os.replace(made, template)
    return template


def _key() -> str:
    found = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("lms/*/migrations/*.py"), ROOT / "lms/people/roles.py"]):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()
    HUEY.storage.flush_all()


@pytest.fixture
def cast(db) -> Cast:
    """A small organization in which everybody has one role."""
    return make_cast()


@pytest.fixture
def course(db):
    """A published course of three modules: two to read, one with a quiz."""
    return make_course()


@pytest.fixture
def run_tasks(monkeypatch):
    """Runs what was handed to the worker, as the worker would; within the test's own transaction."""
    monkeypatch.setattr("huey.contrib.djhuey.close_old_connections", lambda: None)

    def run() -> int:
        count = 0
        while (task := HUEY.dequeue()) is not None:
            HUEY.execute(task)
            count += 1
        return count

    return run


@pytest.fixture
def signed_in(client):
    """Signs somebody in: `signed_in(cast.hr).get(...)`."""

    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in
