"""What a request wants to be true of a document before it changes it (Communication 3.1; RFC 9110, 13.1)."""

from typing import NamedTuple

from django.utils.http import parse_etags

from lms.xapi.refusals import PreconditionFailed, Refused
from lms.xapi.rules import Finding

RULE = "xAPI 1.0.3 Communication 3.1"
ANY = "*"


class Conditions(NamedTuple):
    """Quoted tags, or `*` alone; None where the request has no such header."""

    match: frozenset[str] | None = None
    none_match: frozenset[str] | None = None

    @property
    def are_given(self) -> bool:
        return (self.match, self.none_match) != (None, None)

    def check(self, etag: str | None) -> None:
        """Whether they hold for a document with this tag, quoted, or None where there is none. Raises PreconditionFailed."""
        if self.match is not None and (etag is None or self.match.isdisjoint({ANY, etag})):
            said = "The document is not as this tag names it. Get it again, and send your change with its present ETag."
            raise PreconditionFailed(Finding("If-Match", said, RULE))
        if self.none_match is not None and etag is not None and not self.none_match.isdisjoint({ANY, etag, f"W/{etag}"}):
            said = "The document is there already. Get it, and send your change with its ETag as If-Match."
            raise PreconditionFailed(Finding("If-None-Match", said, RULE))


def read(match: str | None, none_match: str | None) -> Conditions:
    """The conditions in these two headers, None where one was not sent. Raises Refused for what holds no tag."""
    return Conditions(_tags("If-Match", match), _tags("If-None-Match", none_match))


def _tags(name: str, header: str | None) -> frozenset[str] | None:
    if header is None:
        return None
    tags = frozenset(parse_etags(header))
    if not tags:
        raise Refused(Finding(name, f"{name} holds tags in double quotes, as ETag gives them, or *.", RULE))
    return tags
