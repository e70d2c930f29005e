"""The Person object (xAPI 1.0.3 Communication 2.4)."""

from collections.abc import Mapping
from typing import Any

PROPERTIES = ("name", "mbox", "mbox_sha1sum", "openid", "account")


def person(agent: Mapping[str, Any]) -> dict[str, Any]:
    """What an Agent says of itself, each property as an array.

    Nothing is added from statements: which name or second address belongs to a pseudonym is not for clients to learn.
    """
    return {"objectType": "Person"} | {name: [agent[name]] if name in agent else [] for name in PROPERTIES}
