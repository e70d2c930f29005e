"""Marks whose rows on the living sheet are no longer right: triggers do, whoever changes what their states follow from.

What is asked of people changes in a few places only, which say so themselves (`mark`).
"""

from collections.abc import Collection

from courses.models import Completion, Enrolment, Exemption, LanguageVersion, LaterDate, ManualAssignment
from lms.people.models import Posting, RoleGrant, User
from lms.reports.models import Mark
from lms.triggering import Trigger

# Where the person is named, and what of the row matters.
WATCHED = {
    Completion: ("person_id", ("person_id", "withdrawn_at")),
    Enrolment: ("person_id", ("person_id", "enrolled_at", "closed_at")),
    Exemption: ("person_id", ("person_id", "superseded_at", "approved_at")),
    LaterDate: ("person_id", ("person_id", "superseded_at")),
    ManualAssignment: ("person_id", ("person_id", "superseded_at")),
    Posting: (
        "person_id",
        ("person_id", "structure_id", "duty_station", "function_group", "contract_type", "manager_id", "entered_on")
        + ("starts_on", "ends_on"),
    ),
    RoleGrant: ("person_id", ("person_id", "starts_on", "ends_on", "approved_by_id", "cancelled_at")),
    User: ("id", ("official_name", "staff_number", "language")),
}
MARKS = Mark._meta.db_table


def mark(people: Collection[int]) -> None:
    Mark.objects.bulk_create([Mark(person_id=person) for person in people], batch_size=1000)


def triggers() -> list[Trigger]:
    found = []
    for model, (person, columns) in WATCHED.items():
        table = model._meta.db_table
        name = f"{MARKS}_{model._meta.model_name}"
        new, old = (f"INSERT INTO {MARKS} (person_id) VALUES ({row}.{person})" for row in ("NEW", "OLD"))
        if model is not User:  # who is new is in no post yet
            found.append(Trigger(f"{name}_new", table, "INSERT", [new], MARKS))
            found.append(Trigger(f"{name}_gone", table, "DELETE", [old], MARKS))
        found.append(Trigger(f"{name}_other", table, "UPDATE", [new], MARKS, columns))
        if "person_id" in columns:
            found.append(Trigger(f"{name}_left", table, "UPDATE", [old], MARKS, ["person_id"]))
    versions = LanguageVersion._meta.db_table
    everybody = f"INSERT INTO {MARKS} (person_id) VALUES (NULL)"
    found.append(Trigger(f"{MARKS}_version_new", versions, "INSERT", [everybody], MARKS))
    found.append(Trigger(f"{MARKS}_version_other", versions, "UPDATE", [everybody], MARKS, ["reviewed_on", "is_offered"]))
    return found
