"""The page on forwarding."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from lms.xapi.models import Delivery, Statement, TargetState
from tests.lms.xapi.past import record, said
from tests.lms.xapi.test_forwarding import names


def test_how_it_stands_with_each_record_store(signed_in, cast, settings):
    settings.FORWARD_TARGETS = {name: names(1) for name in ("failing", "waiting", "resting")}
    record(said("completed"))
    Delivery.objects.exclude(target="waiting").update(delivered_at=timezone.now())
    error = "It answered 503. <b>"
    TargetState.objects.create(target="failing", failures=3, last_error=error, next_try_at=datetime(2026, 1, 31, 12, tzinfo=UTC))
    TargetState.objects.create(target="gone", last_delivery_at=datetime(2026, 1, 30, 12, tzinfo=UTC))

    page = signed_in(cast.admin).get("/reports/forwarding/").content.decode()

    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)[1:]]
    stored = timezone.localtime(Statement.objects.get().stored).strftime("%Y-%m-%d %H:%M")
    assert rows == [
        "failing failed 3 times It answered 503. &lt;b&gt; 0 – 0 – 2026-01-31 13:00",
        f"waiting under way 1 {stored} 0 – –",
        "resting all sent 0 – 0 – –",
        "gone no longer named 0 – 0 2026-01-30 13:00 –",
    ]


def test_where_nothing_is_forwarded_the_page_says_so(signed_in, cast):
    page = signed_in(cast.auditor).get("/reports/forwarding/")

    assert "Nothing is forwarded: no record store is named." in page.content.decode()


@pytest.mark.parametrize("count", [1, 9])
def test_the_page_costs_the_same_for_any_number_of_stores(signed_in, cast, settings, django_assert_num_queries, count):
    settings.FORWARD_TARGETS = {f"store{number}": names(1) for number in range(count)}
    record(said("completed"))
    client = signed_in(cast.admin)
    client.get("/reports/forwarding/")

    with django_assert_num_queries(6):
        client.get("/reports/forwarding/")
