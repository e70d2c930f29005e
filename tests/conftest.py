"""What all tests share: the database template, the cast, and the worker by hand."""

import gc
import os
import shutil
import time
from types import SimpleNamespace

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import connections
from huey.contrib.djhuey import HUEY
from hypothesis import settings as hypothesis_settings

from lms import limits
from tests.databases import ROOT, TEMPLATES, database, migrated_template, postgres_template, working_in
from tests.factories.cast import Cast, make_cast
from tests.factories.course import make_course
from tests.stored import is_stored

# A busy machine is no fault: nothing here is measured by the clock.
hypothesis_settings.register_profile("without a clock", deadline=None)
hypothesis_settings.load_profile("without a clock")

__all__ = ["ROOT", "TEMPLATES", "migrated_template"]


# What takes long begins first, so that no worker waits for it in the end.
LONG = {"test_migrations.py", "test_archiving.py", "test_loading.py", "test_faults.py", "test_sweep.py", "test_killing.py"}


def pytest_collection_modifyitems(config, items):
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        if is_stored(item.path):
            item.add_marker("stored")
    if configured.ON_SQLITE:
        skip = pytest.mark.skip(reason="needs PostgreSQL; make test runs it there")
        for item in items:
            if "postgres" in item.keywords:
                item.add_marker(skip)


def pytest_collection_finish(session):
    """All that is imported by now stays: to look for garbage in it again and again takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Migrations run once, into a template that each worker copies."""
    wanted = connections["default"].settings_dict["TEST"]
    if configured.ON_SQLITE:
        work = TEMPLATES / f"work-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}.sqlite3"
        shutil.copyfile(migrated_template(), work)
        wanted["NAME"] = str(work)
    else:
        wanted["TEMPLATE"] = postgres_template()


@pytest.fixture(scope="session")
def django_db_keepdb():
    return True


@pytest.fixture(scope="session", autouse=True)
def _forget_old_databases():
    yield
    for path in TEMPLATES.glob(f"work-*-{os.getpid()}.sqlite3*"):
        path.unlink()


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()
    HUEY.storage.flush_all()


@pytest.fixture(autouse=True)
def _one_window(monkeypatch):
    """What a test tries falls into one window of a limit, however slow the machine."""
    began = time.time()
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: began))


@pytest.fixture
def committed(django_db_blocker):
    """A database of the test's own, where other threads and processes see what it did. Its address.

    A module whose tests need it lets its fixture `db` depend on it: the cast then plays there.
    """
    with database("committed") as url, django_db_blocker.unblock(), working_in(url):
        yield url


@pytest.fixture
def folder(settings, tmp_path, monkeypatch):
    """A folder of the test's own for everything that is kept as a file."""
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    monkeypatch.setitem(vars(storages["private"]), "location", str(tmp_path / "private"))
    return tmp_path


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
