"""Figures for Prometheus: what this process answered, and what stands in queue, outbox and store. Nobody is in them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.utils import timezone
from huey.contrib.djhuey import HUEY
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from lms.jobs import running
from lms.jobs.models import Mail
from lms.xapi import queries

REGISTRY = CollectorRegistry(auto_describe=False)
ANSWERS = Counter("learning_answers", "Requests answered.", ["route", "method", "status"], registry=REGISTRY)
SECONDS = Histogram("learning_answer_seconds", "Time that an answer took.", ["route"], registry=REGISTRY)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})


class Stock(Collector):
    """Asked of the database when somebody looks."""

    def collect(self) -> Iterator[Any]:
        yield GaugeMetricFamily("learning_queue_length", "Tasks that wait for a worker.", value=HUEY.pending_count())
        outbox = GaugeMetricFamily("learning_mails", "Mails by state.", labels=["state"])
        counts = dict(Mail.objects.order_by().values_list("state").annotate(Count("pk")))
        for state in Mail.State.values:
            outbox.add_metric([state], counts.get(state, 0))
        yield outbox
        beat = running.last_beat()
        if beat is not None:
            age = (timezone.now() - beat).total_seconds()
            yield GaugeMetricFamily("learning_worker_silence_seconds", "Time since the last sign of a worker.", value=age)
        yield GaugeMetricFamily("learning_statements", "Number of the last statement stored.", value=queries.last_number())


REGISTRY.register(Stock())


def count(route: str, method: str, status: int, seconds: float) -> None:
    """Counts one answer; a method that nobody knows is no label of its own."""
    ANSWERS.labels(route, method if method in METHODS else "other", str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def text() -> bytes:
    """Everything in Prometheus' own format."""
    return generate_latest(REGISTRY)
