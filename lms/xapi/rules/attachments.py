"""Attachment objects (Data 2.4.11); their bytes and signatures are judged elsewhere."""

from lms.xapi.rules.findings import ATTACHMENT, Fault
from lms.xapi.rules.shapes import array, closed, iri, language_map, matching, number
from lms.xapi.rules.strings import is_media_type, is_sha2


def _length(value: object) -> Fault | None:
    fault = number(value)
    if fault is None and not (isinstance(value, int) and value >= 0):
        return Fault("", "The length must be a whole number of octets, without decimal point or minus.", ATTACHMENT)
    return fault


# Hash and media type are strict for a reason: one may name a file, the other is sent back as a header.
_attachment = closed(
    {
        "usageType": iri,
        "display": language_map,
        "description": language_map,
        "contentType": matching(is_media_type, "a media type such as application/pdf", ATTACHMENT),
        "length": _length,
        "sha2": matching(is_sha2, "a SHA-2 hash in hex digits", ATTACHMENT),
        "fileUrl": iri,
    },
    paragraph=ATTACHMENT,
    required=["usageType", "display", "contentType", "length", "sha2"],
)
attachments = array(_attachment, paragraph=ATTACHMENT)
