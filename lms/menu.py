"""What somebody may work at beside her own learning, as the menu offers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.access import Rights


@dataclass(frozen=True)
class Entry:
    """`right`: the property of `Rights` that opens it; `section`: what its pages call themselves in the menu."""

    label: str | Promise
    url: str
    section: str
    right: str


GROUPS: list[tuple[str | Promise, list[Entry]]] = [
    (
        _("Training"),
        [
            Entry(_("Matrix"), "reports:matrix", "matrix", "sees_matrix"),
            Entry(_("Group sessions"), "courses:sessions", "sessions", "holds_sessions"),
            Entry(_("Recommended"), "reports:recommended", "recommended", "recommends"),
            Entry(_("Exemptions"), "reports:exemptions", "exemptions", "exempts"),
            Entry(_("Requests"), "courses:arrangements", "requests", "arranges"),
            Entry(_("Questions"), "reports:disputes", "disputes", "exempts"),
            Entry(_("Feedback"), "content:feedback", "feedback", "keeps_guides"),
            Entry(_("Completions from before"), "courses:past", "past", "brings_in"),
            Entry(_("Certificates"), "certificates:register", "certificates", "administers"),
        ],
    ),
    (
        _("People"),
        [
            Entry(_("People"), "people:people", "people", "sees_roles"),
            Entry(_("Guests"), "people:guests", "guests", "has_guests"),
            Entry(_("Stand-ins"), "reports:stand_ins", "stand-ins", "names_stand_ins"),
            Entry(_("Structures"), "reports:structures", "structures", "sees_structures"),
            Entry(_("Staff feed"), "reports:feeds", "feed", "sees_feeds"),
            Entry(_("Names"), "reports:names", "names", "agrees_to_names"),
            Entry(_("Data requests"), "rights:desk", "data-requests", "answers_about_data"),
            Entry(_("Reported texts"), "content:reports", "texts", "administers"),
        ],
    ),
    (
        _("Operation"),
        [
            Entry(_("Statements"), "reports:statements", "statements", "explores"),
            Entry(_("Cases"), "reports:cases", "cases", "has_cases"),
            Entry(_("Clients"), "reports:clients", "clients", "sees_clients"),
            Entry(_("Access log"), "reports:access_log", "access", "audits"),
            Entry(_("Jobs"), "jobs:schedule", "jobs", "sees_jobs"),
            Entry(_("Mails"), "jobs:outbox", "outbox", "sees_jobs"),
            Entry(_("Forwarding"), "reports:forwarding", "forwarding", "sees_jobs"),
        ],
    ),
]


def groups(rights: Rights | None) -> Iterator[tuple[str | Promise, list[Entry]]]:
    """The groups in which there is something for her, each with what is."""
    for label, entries in GROUPS:
        hers = [entry for entry in entries if rights is not None and getattr(rights, entry.right)]
        if hers:
            yield label, hers
