"""How a target is written down, and how it stands with each."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.xapi import targets
from lms.xapi.models import Delivery, TargetState
from tests.lms.xapi.past import ADL, record, said
from tests.lms.xapi.test_forwarding import names


def written(settings, **changes) -> targets.Target:
    settings.FORWARD_TARGETS = {"warehouse": {**names(443), "url": "https://store.example.org/xapi/", **changes}}
    return targets.configured()[0]


def test_the_address_is_that_of_the_statements(settings):
    for url in ("https://store.example.org/xapi", "https://store.example.org/xapi/"):
        assert written(settings, url=url).address.geturl() == "https://store.example.org/xapi/statements"


@pytest.mark.parametrize(
    "url", ["https://store.example.org/xapi/", "https://store.example.org:8443", "https://8.8.8.8/xapi", "https://[2a00::1]/xapi"]
)
def test_a_plain_address_has_no_fault(settings, url):
    assert targets.fault_of(written(settings, url=url)) is None


WRONG = [
    *(
        "http://store.example.org/xapi",
        "ftp://store.example.org",
        "store.example.org",
        "//store.example.org",
        "https://",
        "https:///x",
    ),
    *("https://ada:secret@store.example.org/", "https://store.example.org/?a=b", "https://store.example.org/#a"),
    *("https://store.example.org:0/", "https://store.example.org:70000/", "https://store.example.org:x/", "https://[::1/"),
    *(
        "https://störe.example.org/",
        "https://store.example.org/a b",
        "https://store.example.org/\n",
        "https://store.example.org/?",
    ),
]


@pytest.mark.parametrize("url", WRONG)
def test_any_other_has(settings, url):
    said_of_it = "Its address must be https://, a host and a path, without user, query or fragment."
    assert targets.fault_of(written(settings, url=url)) == said_of_it


@pytest.mark.parametrize(
    ("only", "is_right"),
    [
        ("", True),
        (f"{ADL}verbs/passed", True),
        (f"{ADL}verbs/passed {ADL}activities/course,", True),
        ("completed", False),
        (f"{ADL}verbs/passed course", False),
        (f"{ADL}verbs/passed {ADL}activities/course {ADL}activities/module", False),
    ],
)
def test_a_filter_names_iris(settings, only, is_right):
    assert (targets.fault_of(written(settings, only=only)) is None) == is_right


def test_a_key_has_no_colon(settings):
    assert targets.fault_of(written(settings, key="a:b")) == "Its key must hold no colon."


# --- how it stands ------------------------------------------------------------------------------------------------------
def test_nothing_is_forwarded_where_nothing_is_named(db):
    assert targets.standings() == []


def test_what_waits_is_counted_for_targets_of_today_and_of_the_past(db, settings, django_assert_num_queries):
    settings.FORWARD_TARGETS = {"warehouse": names(1), "new": names(1), "old": names(1)}
    at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    for number in range(3):
        record(said("completed"), at=at + timedelta(hours=number))
    del settings.FORWARD_TARGETS["old"]
    numbers = list(Delivery.objects.filter(target="old").order_by("pk").values_list("seq", flat=True))
    Delivery.objects.filter(target="new").delete()
    Delivery.objects.filter(target="warehouse", seq=numbers[0]).update(delivered_at=at)
    Delivery.objects.filter(target="warehouse", seq=numbers[1]).update(refused_at=at)
    state = TargetState.objects.create(target="warehouse", failures=3)

    with django_assert_num_queries(3):
        found = targets.standings()

    oldest = [targets.sequencing.moment_of(seq) for seq in (numbers[2], numbers[0])]
    assert [(each.name, each.is_configured, each.waiting, each.oldest, each.refused, each.state.failures) for each in found] == [
        ("warehouse", True, 1, oldest[0], 1, 3),
        ("new", True, 0, None, 0, 0),
        ("old", False, 3, oldest[1], 0, 0),
    ]
    assert found[0].state == state
