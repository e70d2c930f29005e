"""Tokens of the API, as an administrator allows them and their owner makes them."""

from datetime import timedelta

from lms.days import today
from lms.people import entrusting
from lms.people.models import ApiToken, User


def make_token(owner: User, *scopes: str, by: User, purpose: str = "The personnel system reads along") -> ApiToken:
    until = today() + timedelta(days=30)
    return entrusting.allow(owner, name="Personnel system", purpose=purpose, scopes=scopes, until=until, by=by)


def bearing(token: ApiToken) -> dict[str, str]:
    """The header of a request by its owner's program."""
    return {"authorization": f"Bearer {entrusting.make_secret(token, by=token.owner)}"}
