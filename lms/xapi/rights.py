"""What a credential opens beside statements (permissions.md, section 5)."""

from lms.xapi import identifiers
from lms.xapi.documents import Place
from lms.xapi.models import Credential, Document
from lms.xapi.refusals import Forbidden
from lms.xapi.rules import Finding

RULE = "xAPI 1.0.3 Communication 4.0"


def check_document(place: Place, credential: Credential) -> None:
    """Whether the client may read and write documents of this place. Raises Forbidden."""
    if "all" in credential.scopes:
        return
    scope = "state" if place.kind == Document.Kind.STATE else "profile"
    if scope not in credential.scopes:
        raise Forbidden(Finding("$", f"This credential needs the scope {scope}.", RULE))
    if credential.actor is not None and place.agent != credential.actor:
        raise Forbidden(Finding("?agent", "This token keeps documents of its own person only.", RULE))
    if credential.registration is not None and place.registration not in {None, credential.registration}:
        raise Forbidden(Finding("?registration", "This token keeps documents of its own registration only.", RULE))
    if place.activity is not None and not place.activity.startswith(credential.activity_prefix):
        said = f"This credential keeps documents only of activities under {credential.activity_prefix}."
        raise Forbidden(Finding("?activityId", said, RULE))
    if place.kind == Document.Kind.AGENT_PROFILE and not _is_of_prefix(place.agent or "", credential):
        said = f"This credential keeps profiles only of agents under {credential.activity_prefix}."
        raise Forbidden(Finding("?agent", said, RULE))


def check_looking_up(credential: Credential) -> None:
    """Whether the client may look up activities and agents. Raises Forbidden."""
    if not credential.can_read and "define" not in credential.scopes:
        raise Forbidden(Finding("$", "This credential needs a scope that reads.", RULE))


def sees_patterns(credential: Credential) -> bool:
    """Whether it sees the right answers that stand in definitions."""
    return not {"all", "define"}.isdisjoint(credential.scopes)


def _is_of_prefix(agent: str, credential: Credential) -> bool:
    """An agent is of a client's prefix if its account lies there."""
    start = identifiers.agent_identifier({"account": {"homePage": credential.activity_prefix, "name": ""}}) or ""
    return agent.startswith(start.removesuffix('", ""]'))
