"""The record stores to which statements are forwarded, as the environment names them, and how it stands with each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min

from lms.xapi import sequencing
from lms.xapi.models import Delivery, Statement, TargetState
from lms.xapi.rules import check_iri

ADL = "http://adlnet.gov/expapi/"
COMPLETIONS = (
    (f"{ADL}verbs/completed", f"{ADL}activities/course"),
    (f"{ADL}verbs/passed", f"{ADL}activities/course"),
)


@dataclass(frozen=True)
class Target:
    """`only`: pairs of a verb and a type of activity; without a type the verb counts with any object."""

    name: str
    url: str  # of the store's resources, without /statements
    key: str
    secret: str
    only: tuple[tuple[str, str], ...]

    @property
    def address(self) -> SplitResult:
        return urlsplit(f"{self.url}/statements")

    def wants(self, statement: Mapping[str, Any]) -> bool:
        return any(
            statement["verb"]["id"] == verb and kind in ("", statement["object"].get("definition", {}).get("type"))
            for verb, kind in self.only
        )


def configured() -> list[Target]:
    return [
        Target(name, found["url"].rstrip("/"), found["key"], found["secret"], _pairs(found["only"]) or COMPLETIONS)
        for name, found in settings.FORWARD_TARGETS.items()
    ]


def fault_of(target: Target) -> str | None:
    """What is wrong with how a target is written down, as a sentence."""
    if not _is_plain(target.url):
        return "Its address must be https://, a host and a path, without user, query or fragment."
    if ":" in target.key:
        return "Its key must hold no colon."
    if not all(check_iri(part) for pair in target.only for part in pair if part):
        return "It gets statements with verbs, or with verbs and types of activities, and each is named by an IRI."
    return None


def _is_plain(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # of the port, or of brackets
        return False
    is_whole = parts.scheme == "https" and parts.hostname and port != 0 and "@" not in parts.netloc
    return bool(is_whole and url.isascii() and url.isprintable() and " " not in url and "?" not in url and "#" not in url)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of "verb, verb type, …"."""
    entries = [entry.strip().partition(" ") for entry in text.split(",") if entry.strip()]
    return tuple((verb, kind.strip()) for verb, _, kind in entries)


@dataclass(frozen=True)
class Standing:
    """How it stands with one target. `is_configured`: else the environment names it no more, and what waits stays."""

    name: str
    is_configured: bool
    waiting: int
    oldest: datetime | None  # when the oldest waiting one was stored
    refused: int  # set aside, since the target takes them in no form
    state: TargetState


def standings() -> list[Standing]:
    """Of every target that is configured, or was."""
    states = {state.target: state for state in TargetState.objects.all()}
    found = {
        row["target"]: row for row in Delivery.objects.waiting().values("target").annotate(count=Count("pk"), first=Min("seq"))
    }
    refused = dict(Delivery.objects.refused().values_list("target").annotate(count=Count("pk")))
    names = [*settings.FORWARD_TARGETS, *sorted({*states, *found} - {*settings.FORWARD_TARGETS})]
    return [
        Standing(
            name,
            name in settings.FORWARD_TARGETS,
            found[name]["count"] if name in found else 0,
            sequencing.moment_of(found[name]["first"]) if name in found else None,
            refused.get(name, 0),
            states.get(name) or TargetState(target=name),
        )
        for name in names
    ]


def refusals(most: int = 50) -> list[tuple[str, UUID, str]]:
    """Target, statement and what the target said, of the latest that were set aside."""
    rows = Delivery.objects.refused().order_by("-refused_at", "-pk")[:most]
    ids = dict(Statement.objects.filter(seq__in=[row.seq for row in rows]).values_list("seq", "id"))
    return [(row.target, ids[row.seq], row.error) for row in rows]
