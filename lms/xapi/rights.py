"""What a credential reaches of documents, activities and agents (permissions.md, section 5). All of these raise Forbidden."""

from lms.xapi import identifiers
from lms.xapi.documents import Kind, Shelf
from lms.xapi.models import Credential
from lms.xapi.refusals import Forbidden
from lms.xapi.rules import Finding

RULE = "xAPI 1.0.3 Communication 4.0"


def check_documents(credential: Credential, shelf: Shelf) -> None:
    """Who may read and write the documents of a shelf."""
    if "all" in credential.scopes:
        return
    if credential.actor is not None:
        _check_launch(credential, shelf)
    elif ("state" if shelf.kind == Kind.STATE else "profile") not in credential.scopes:
        raise _forbidden("$", f"This credential may not use {shelf.kind.label.lower()} documents.")
    elif shelf.kind == Kind.AGENT_PROFILE:
        _check_home(credential, shelf.agent)
    else:
        _check_under(credential, shelf.activity)


def check_activity(credential: Credential, activity: str) -> None:
    """Who may read what is known of an activity."""
    if credential.actor is not None:
        _check_under(credential, activity)
    elif not credential.can_read and "define" not in credential.scopes:
        raise _forbidden("$", "This credential may not read activities.")


def sees_patterns(credential: Credential, activity: str) -> bool:
    """Whether the right responses are shown, since they may be those of graded questions."""
    return credential.actor is None and credential.may_define(activity)


def check_agent(credential: Credential, agent: str) -> None:
    """Who may ask for a Person: who reads all statements, or profiles of this agent."""
    if not credential.reads_everything:
        check_documents(credential, Shelf(Kind.AGENT_PROFILE, agent=agent))


def _check_launch(credential: Credential, shelf: Shelf) -> None:
    """A learner's browser: herself, the activity that was launched and what is below it, in this registration."""
    if shelf.agent is not None and shelf.agent != credential.actor:
        raise _forbidden("?agent", "This token speaks only for the person to whom it was given.")
    if shelf.activity is not None:
        _check_under(credential, shelf.activity)
    if shelf.kind == Kind.STATE and shelf.registration != credential.registration:
        raise _forbidden("?registration", f"Give the registration of this launch, {credential.registration}.")


def _check_under(credential: Credential, activity: str | None) -> None:
    if activity is None or not identifiers.is_under(activity, credential.activity_prefix):
        raise _forbidden("?activityId", f"This credential reaches only activities under {credential.activity_prefix}.")


def _check_home(credential: Credential, agent: str | None) -> None:
    """An agent is of a prefix if its account or openid is there; an address says nothing of that."""
    if not any(identifiers.is_under(home, credential.activity_prefix) for home in identifiers.homes(agent or "")):
        raise _forbidden("?agent", f"This credential reaches only agents whose account is under {credential.activity_prefix}.")


def _forbidden(path: str, said: str) -> Forbidden:
    return Forbidden(Finding(path, said, RULE))
