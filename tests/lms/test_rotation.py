"""The secret key changes, and the former one is named: nothing that was signed breaks."""

from django.core import signing

from lms.people.adapters import LinkTokenGenerator
from lms.reports import snapshots


def test_what_the_former_key_signed_still_counts_until_it_is_forgotten(cast, signed_in, settings):
    client = signed_in(cast.lea)
    link = LinkTokenGenerator().make_token(cast.ben)
    report = {"title": "Kept", "columns": []}
    digest = snapshots.digest_of(report, [])
    kept = {"report": report, "rows": [], "sha256": digest, "signature": snapshots.signature_of(digest)}
    cursor = signing.dumps([1], salt="cursor")

    def stands() -> list[bool]:
        try:
            reads = signing.loads(cursor, salt="cursor") == [1]
        except signing.BadSignature:
            reads = False
        return [
            snapshots.verify(snapshots.line_of(kept)).is_signed,
            LinkTokenGenerator().check_token(cast.ben, link),
            reads,
            client.get("/my/").status_code == 200,
        ]

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    rotated = stands()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", []
    forgotten = stands()

    assert rotated == [True] * 4
    assert forgotten == [False] * 4
