"""Reads what is attached to statements, as it stands in them and as it is kept."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lms.xapi import signatures
from lms.xapi.models import AttachmentUse
from lms.xapi.multipart import Part
from lms.xapi.rules import Finding

RULE = "xAPI 1.0.3 Data 2.4.11"
MOST = 32_767  # of one statement, as far as the table counts


def attachments_of(statement: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Path and attachment, those of a sub-statement behind the statement's own."""
    for path, holder in (("$", statement), ("$.object", statement["object"])):
        for position, attachment in enumerate(holder.get("attachments", ())):
            yield f"{path}.attachments[{position}]", attachment


def check(statement: Mapping[str, Any], parts: Mapping[str, Part]) -> Finding | None:
    """What is wrong with the attachments of a statement that came with these parts."""
    for position, (path, attachment) in enumerate(attachments_of(statement)):
        if position == MOST:
            return Finding(path, f"A statement has at most {MOST:,} attachments.", RULE)
        part = parts.get(attachment["sha2"].lower())
        if part is None and "fileUrl" not in attachment:
            return Finding(path, "An attachment needs a fileUrl, or its content as a part of multipart/mixed.", RULE)
        if attachment["usageType"] == signatures.USAGE:
            finding = signatures.check(statement, attachment, part.content if part else None)
            if finding is not None:
                return finding._replace(path=path + finding.path)
    return None


def unclaimed(statements: Collection[Mapping[str, Any]], parts: Mapping[str, Part]) -> set[str]:
    """The hashes of parts that no statement declares."""
    return set(parts) - {attachment["sha2"].lower() for one in statements for _, attachment in attachments_of(one)}


def kept_of(seqs: Collection[int]) -> list[Part]:
    """What is kept of the attachments of these statements, each content once."""
    found: dict[str, Part] = {}
    uses = AttachmentUse.objects.filter(statement__in=seqs).select_related("attachment").order_by("statement", "position")
    for use in uses:
        kept = use.attachment
        if kept.sha2 not in found:
            with kept.file.open("rb") as file:
                found[kept.sha2] = Part(kept.sha2, file.read(), kept.content_type)
    return list(found.values())
