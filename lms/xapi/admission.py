"""Whether statements may come in: they follow the standard, this store can keep them, and their sender may write them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from lms.xapi import attachments, identifiers, rules
from lms.xapi.models import Credential, Statement
from lms.xapi.multipart import Part
from lms.xapi.refusals import Forbidden, Refused
from lms.xapi.rules import Finding
from lms.xapi.texts import Received

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
# PostgreSQL refuses to index a text of 2,700 bytes.
LONGEST_IDENTIFIER = 2_000
NO_PARTS: Mapping[str, Part] = {}
RIGHTS = "xAPI 1.0.3 Communication 4.0"


def check(batch: Sequence[Received], *, version: str, parts: Mapping[str, Part] = NO_PARTS) -> None:
    """Raises Refused for the first statement that breaks the rules of `version` ("1.0.3" or "2.0.0") or our limits.

    `parts`: the attachments that came along, by their hash.
    """
    seen: set[UUID] = set()
    for received in batch:
        statement = received.value
        finding = rules.check(statement, version=version) or attachments.check(statement, parts) or _long_identifier(statement)
        if finding is None and "id" in statement:
            finding = _repeated(UUID(statement["id"]), seen)
        if finding is not None:
            raise Refused(_placed(finding, received))
    if parts and attachments.unclaimed([received.value for received in batch], parts):
        raise Refused(Finding("$", "A part belongs to no attachment of these statements.", attachments.RULE))


def check_rights(batch: Sequence[Received], credential: Credential) -> None:
    """A client writes about its own activities only, and voids only what it wrote. Raises Forbidden."""
    if not credential.can_write:
        raise Forbidden(Finding("$", "This credential may not write statements.", RIGHTS))
    targets = {target: received for received in batch if (target := voided_by(received.value))}
    if targets:
        _check_voiding(targets, credential)
    for received in batch:
        beyond = _beyond_its_reach(received.value, credential)
        if beyond is not None:
            raise Forbidden(_placed(beyond, received))


def moves_progress(statement: Mapping[str, Any], credential: Credential | None) -> bool:
    """Whether the sender may move progress with this statement: our own pages always, a client that was given the right about
    the activities under its prefix, or by taking back what it sent (permissions.md, section 5)."""
    if credential is None:
        return True
    may = credential.moves_progress and bool(credential.activity_prefix)
    return may and (voided_by(statement) is not None or is_about(statement, credential.activity_prefix))


def voided_by(statement: Mapping[str, Any]) -> UUID | None:
    """The id of the statement that this one voids."""
    return UUID(statement["object"]["id"]) if statement["verb"]["id"] == VOIDED else None


def referred_by(statement: Mapping[str, Any]) -> UUID | None:
    """The id of the statement that is the object of this one."""
    return UUID(statement["object"]["id"]) if statement["object"].get("objectType") == "StatementRef" else None


def is_activity(thing: Mapping[str, object]) -> bool:
    """Whether the object of a statement is an activity, which it is where it says nothing else."""
    return thing.get("objectType", "Activity") == "Activity"


def is_about(statement: Mapping[str, Any], prefix: str) -> bool:
    """Whether the object is an activity under the prefix."""
    return is_activity(statement["object"]) and identifiers.is_under(statement["object"]["id"], prefix)


def _check_voiding(targets: Mapping[UUID, Received], credential: Credential) -> None:
    foreign = Statement.objects.filter(id__in=targets).exclude(credential=credential)
    for target in foreign.values_list("id", flat=True)[:1]:
        finding = Finding("$.object.id", "A client voids only statements that it wrote itself.", RIGHTS)
        raise Forbidden(_placed(finding, targets[target]))


def _placed(finding: Finding, received: Received) -> Finding:
    return finding._replace(path=received.place + finding.path[1:])


def _beyond_its_reach(statement: Mapping[str, Any], credential: Credential) -> Finding | None:
    if credential.actor is not None:
        if identifiers.agent_identifier(statement["actor"]) != credential.actor:
            return Finding("$.actor", "This token speaks for the person only to whom it was given.", RIGHTS)
        registration = statement.get("context", {}).get("registration", "")
        if registration.lower() != str(credential.registration):
            return Finding("$.context.registration", f"Give the registration of this launch, {credential.registration}.", RIGHTS)
    if credential.writes_anywhere or voided_by(statement) or is_about(statement, credential.activity_prefix):
        return None
    said = f"This credential writes only about activities under {credential.activity_prefix}."
    return Finding("$.object.id", said, RIGHTS)


def _long_identifier(statement: Mapping[str, Any]) -> Finding | None:
    found = {
        "$.actor": identifiers.agent_identifier(statement["actor"]) or "",
        "$.object": identifiers.object_identifier(statement["object"]),
    }
    for path, identifier in found.items():
        if len(identifier.encode()) > LONGEST_IDENTIFIER:
            said = f"This is identified by more than {LONGEST_IDENTIFIER} bytes, which cannot be looked up here. Shorten it."
            return Finding(path, said, "xAPI 1.0.3 Data 2.2")
    return None


def _repeated(statement_id: UUID, seen: set[UUID]) -> Finding | None:
    if statement_id in seen:
        return Finding("$.id", "The same id stands twice in this batch.", "xAPI 1.0.3 Communication 2.1.2")
    seen.add(statement_id)
    return None
