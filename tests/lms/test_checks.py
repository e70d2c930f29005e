"""Each check: silent when all is well, and its number when it is not."""

import re
import secrets
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.cache.backends.redis import RedisCache
from django.core.checks import run_checks
from django.db import connection
from redis import ConnectionError

from content.models import Contact
from lms import checks
from lms.xapi import granting, storing
from tests.databases import database, managed
from tests.factories.course import stream
from tests.factories.people import make_person, make_structure
from tests.lms.xapi.outside import make_outside


@pytest.fixture
def production(settings):
    """Settings as an operator writes them."""
    settings.DEMO = False
    settings.PUBLIC_URL = "https://learning.osce.test"
    settings.XAPI_BASE_IRI = "https://learn.test/xapi"
    settings.EMAIL_HOST = "mail.osce.test"
    settings.ON_SQLITE = False
    settings.WEB_PROCESSES, settings.CACHE_URL = 4, "redis://cache"
    return settings


def found() -> list[str]:
    """The numbers of our own checks that speak."""
    return sorted(
        message.id
        for message in run_checks(databases=["default"], include_deployment_checks=True)
        if message.id.startswith("lms.")
    )


def test_a_well_configured_production_is_silent(db, production):
    storing.remember_base()
    make_person(email="lea@osce.test")

    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("DEMO", True, "lms.E001"),
        ("PUBLIC_URL", "http://learning.osce.test", "lms.E002"),
        ("XAPI_BASE_IRI", "https://learning-for-protection.example/xapi", "lms.E003"),
        ("EMAIL_HOST", "", "lms.E004"),
        ("ON_SQLITE", True, "lms.W005"),
        ("CACHE_URL", "", "lms.E006"),
        ("CERTIFICATE_KEY", "no key", "lms.E021"),
    ],
)
def test_a_setting_that_is_wrong_in_production_is_named(db, production, name, value, number):
    setattr(production, name, value)

    assert found() == [number]


def test_a_record_store_that_nothing_can_be_sent_to_is_named(db, production):
    production.FORWARD_TARGETS = {"warehouse": {"url": "http://store.test/xapi", "key": "a", "secret": "b", "only": ""}}

    assert found() == ["lms.E020"]


def test_one_process_needs_no_shared_cache(db, production):
    production.WEB_PROCESSES, production.CACHE_URL = 1, ""

    assert found() == []


def test_a_changed_base_is_refused_and_the_old_one_named(db, production):
    storing.remember_base()
    production.XAPI_BASE_IRI = "https://other.test/xapi"

    [error] = checks.base_has_not_changed(None, ["default"])

    assert (error.id, error.hint) == (
        "lms.E007",
        "Set XAPI_BASE_IRI back to https://learn.test/xapi: statements were written under it.",
    )


def test_the_demo_is_refused_beside_real_people(db, settings):
    settings.DEMO = True
    make_person(email="lea@example.org")
    alone = checks.no_demo_beside_people(None, ["default"])
    make_person(email="real@osce.test")

    assert (alone, [error.id for error in checks.no_demo_beside_people(None, ["default"])]) == ([], ["lms.E008"])


def test_a_demo_account_may_not_be_active_in_production(db, production):
    person = make_person(email="lea@example.org")
    active = found()
    person.is_active = False
    person.save()

    assert (active, found()) == (["lms.E009"], [])


def make_contact(number: str, *, live: bool) -> Contact:
    line = {"audience": "everybody", "label": "Hotline", "number": number}
    lines = stream(Contact, "lines", [{"type": "line", "value": line}])
    return Contact.objects.create(structure=make_structure(f"C{number}"), lines=lines, checked_on=date(2026, 1, 1), live=live)


def test_threat_17_demo_numbers_may_not_be_shown_in_production(db, production):
    make_contact("+389 1", live=True)
    make_contact("+00 1", live=False)
    hidden = found()
    make_contact("+00 2", live=True)

    assert (hidden, found()) == ([], ["lms.E010"])


def test_a_key_given_in_the_demo_may_not_open_the_store_in_production(db, production):
    production.DEMO = True
    given = make_outside("statements/write").credential
    production.DEMO = False
    make_outside("statements/write")
    valid = found()
    granting.withdraw(given)

    assert (valid, found()) == (["lms.E012"], [])


def test_checks_of_the_database_are_left_out_where_no_database_is_asked_for(db, settings):
    settings.DEMO = True
    storing.remember_base()
    settings.XAPI_BASE_IRI = "https://other.test/xapi"
    make_person(email="real@osce.test")

    assert [checks.base_has_not_changed(None, None), checks.no_demo_beside_people(None, None)] == [[], []]


def test_each_numbered_check_is_shown_here():
    numbers = set(re.findall(r"lms\.[EW]\d+", Path(checks.__file__).read_text()))

    assert numbers - set(re.findall(r"lms\.[EW]\d+", Path(__file__).read_text())) == set()


def test_the_shared_cache_of_the_readme_has_its_client():
    """Nobody listens there: the client is installed and says so."""
    with pytest.raises(ConnectionError, match="Connection refused"):
        RedisCache("redis://127.0.0.1:9", {}).get("x")


# --- as an operator runs it --------------------------------------------------------------------------------------------
def check_deploy(url: str, folder: Path, **others: str) -> tuple[int, list[str]]:
    """The exit code of the command with the documented variables, and the numbers of what it found."""
    (folder / "secret").write_text(secrets.token_urlsafe(64))
    (folder / "password").write_text("of the mail server")
    variables = {
        "DJANGO_SETTINGS_MODULE": "lms.settings",
        "VAR_DIR": str(folder),
        "PUBLIC_URL": "https://learning.osce.test",
        "ALLOWED_HOSTS": "learning.internal.test",
        "SECRET_KEY_FILE": str(folder / "secret"),
        "XAPI_BASE_IRI": "https://learn.test/xapi",
        "EMAIL_HOST": "mail.osce.test",
        "EMAIL_USER": "learning",
        "EMAIL_PASSWORD_FILE": str(folder / "password"),
        "EMAIL_FROM": "learning@osce.test",
        "WEB_PROCESSES": "4",
        "CACHE_URL": "redis://127.0.0.1:6379",
        "BEHIND_PROXY": "1",
        "TRUSTED_PROXIES": "1",
    }
    done = managed(url, "check", "--deploy", "--fail-level", "WARNING", "--database", "default", **variables | others)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, re.findall(r"\((\w+\.[EW]\d+)\)", done.stderr)


# What is always said beside SQLite, and that it fails at this level.
PILOT = (1, ["lms.W005"]) if configured.ON_SQLITE else (0, [])


def test_the_command_is_silent_with_the_documented_variables(committed, tmp_path):
    assert check_deploy(committed, tmp_path) == PILOT


def test_the_command_fails_for_each_thing_of_the_demo_and_for_another_base(committed, tmp_path, settings):
    settings.DEMO = True
    storing.remember_base()
    make_person(email="lea@example.org")
    make_contact("+00 1", live=True)
    make_outside("statements/write")
    connection.close()

    status, numbers = check_deploy(committed, tmp_path, XAPI_BASE_IRI="https://other.test/xapi")

    assert (status, sorted(numbers)) == (1, sorted(["lms.E007", "lms.E009", "lms.E010", "lms.E012", *PILOT[1]]))


def test_the_command_names_every_variable_that_is_missing(tmp_path):
    unset = dict.fromkeys(["PUBLIC_URL", "XAPI_BASE_IRI", "EMAIL_HOST", "CACHE_URL", "SECRET_KEY_FILE"], "")
    with database("unmigrated", is_empty=True) as url:
        status, numbers = check_deploy(url, tmp_path, **unset, DEMO="1", DEBUG="1")

    ours = {"lms.E001", "lms.E002", "lms.E003", "lms.E004", "lms.E006", "lms.W011", *PILOT[1]}
    assert (status, {number for number in numbers if number.startswith("lms.")}) == (1, ours)
    assert "security.W018" in numbers
