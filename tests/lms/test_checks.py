"""Each check: silent when all is well, and its number when it is not."""

from datetime import date

import pytest
from django.core.checks import run_checks
from django.db import connection

from content.models import Contact
from lms import checks
from lms.xapi import storing
from tests.factories.course import stream
from tests.factories.people import make_person, make_structure


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
    ],
)
def test_a_setting_that_is_wrong_in_production_is_named(db, production, name, value, number):
    setattr(production, name, value)

    assert found() == [number]


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


def test_demo_numbers_may_not_be_shown_in_production(db, production):
    make_contact("+389 1", live=True)
    make_contact("+00 1", live=False)
    hidden = found()
    make_contact("+00 2", live=True)

    assert (hidden, found()) == ([], ["lms.E010"])


def test_before_the_first_migrate_the_checks_say_so_and_nothing_more(db, production, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda *args, **kwargs: [])

    assert found() == ["lms.W011"]


def test_checks_of_the_database_are_left_out_where_no_database_is_asked_for(db, settings):
    settings.DEMO = True
    storing.remember_base()
    settings.XAPI_BASE_IRI = "https://other.test/xapi"
    make_person(email="real@osce.test")

    assert [checks.base_has_not_changed(None, None), checks.no_demo_beside_people(None, None)] == [[], []]
