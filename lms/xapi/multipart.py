"""multipart/mixed as the standard uses it: raw bytes, matched by their hash (Communication 1.5.2; RFC 2046, 5.1)."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from email.message import Message
from email.parser import BytesHeaderParser
from secrets import token_hex
from typing import NamedTuple

from lms.xapi.refusals import Refused, TooLarge
from lms.xapi.rules import Finding

RULE = "xAPI 1.0.3 Communication 1.5.2"
HASH_HEADER = "X-Experience-API-Hash"
_ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}  # by hex digits
_ONE_LINE = re.compile(r"[\x20-\x7e]{1,255}")
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")


class Part(NamedTuple):
    sha2: str  # in small letters
    content: bytes
    content_type: str


class Parsed(NamedTuple):
    json: bytes
    parts: Mapping[str, Part]  # by hash


def parse(body: bytes, content_type: str, *, most: int) -> Parsed:
    """The JSON of the first part, and the attachments behind it, of at most `most` bytes each. Raises Refused, TooLarge."""
    first, *others = [_split(section) for section in _sections(body, _boundary(content_type))]
    if first[0].get_content_type() != "application/json":
        raise _refused("The first part must be application/json and hold all statements.")
    found: dict[str, Part] = {}
    for headers, content in others:
        part = _part(headers, content, most)
        found[part.sha2] = part
    return Parsed(first[1], found)


def write(json: str, parts: Iterable[Part]) -> tuple[bytes, str]:
    """A body of these parts, and its content type."""
    parts = list(parts)
    boundary = token_hex(20)
    # Nothing random meets a boundary of 160 bits.
    lines = [_headed(boundary, {"Content-Type": "application/json"}, json.encode())]
    for part in parts:
        headers = {
            "Content-Type": part.content_type,
            "Content-Transfer-Encoding": "binary",
            HASH_HEADER: part.sha2,
        }
        lines.append(_headed(boundary, headers, part.content))
    return b"".join(lines) + f"--{boundary}--\r\n".encode(), f'multipart/mixed; boundary="{boundary}"'


def hashes_to(content: bytes, sha2: str) -> bool:
    """Whether the content has this SHA-2 hash, of the length that it is written in."""
    algorithm = _ALGORITHMS.get(len(sha2))
    return algorithm is not None and hashlib.new(algorithm, content).hexdigest() == sha2.lower()


def _headed(boundary: str, headers: Mapping[str, str], content: bytes) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"--{boundary}\r\n{head}\r\n".encode() + content + b"\r\n"


def _boundary(content_type: str) -> bytes:
    message = Message()
    message["Content-Type"] = content_type
    if message.get_content_type() != "multipart/mixed":
        raise Refused(Finding("Content-Type", "Send application/json, or multipart/mixed with attachments.", RULE))
    try:
        boundary = message.get_boundary()
    except (ValueError, TypeError):  # odd forms of encoded parameters (RFC 2231)
        boundary = None
    if boundary is None or not _BOUNDARY.fullmatch(boundary):
        raise Refused(Finding("Content-Type", "multipart/mixed needs a boundary of 1 to 70 characters.", RULE))
    return boundary.encode()


def _sections(body: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the boundaries, each with its headers; what stands before and behind them is nothing."""
    delimiter = re.compile(rb"(?:\A|\r\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r\n|\Z)")
    found: list[bytes] = []
    match = delimiter.search(body)
    while match is not None and match[1] is None:
        # The line break before a boundary belongs to it, and also ends the one before: an empty part has none of its own.
        following = delimiter.search(body, max(match.end() - 2, match.start() + 2))
        if following is None:
            raise _refused("The body does not end with its boundary.")
        found.append(body[match.end() : max(following.start(), match.end())])
        match = following
    if not found:
        raise _refused("The boundary that the Content-Type names does not stand in the body.")
    return found


def _split(section: bytes) -> tuple[Message, bytes]:
    if section.startswith(b"\r\n"):
        return Message(), section[2:]
    head, separator, content = section.partition(b"\r\n\r\n")
    if not separator:
        raise _refused("A part has no empty line between its headers and its content.")
    return BytesHeaderParser().parsebytes(head), content


def _part(headers: Message, content: bytes, most: int) -> Part:
    sha2 = str(headers.get(HASH_HEADER, "")).strip().lower()
    if str(headers.get("Content-Transfer-Encoding", "")).strip().lower() != "binary":
        raise _refused("Each attachment needs the header Content-Transfer-Encoding: binary.")
    if len(content) > most:
        raise TooLarge(Finding("$", f"An attachment is larger than {most} bytes. Send a fileUrl instead.", RULE))
    if not hashes_to(content, sha2):
        raise _refused(f"The header {HASH_HEADER} of an attachment is not the SHA-2 hash of its content.")
    return Part(sha2, content, _content_type(headers))


def _content_type(headers: Message) -> str:
    """The content type as one line that can be kept and sent again as it is."""
    line = " ".join(str(headers.get("Content-Type", "")).split())
    return line if _ONE_LINE.fullmatch(line) else "application/octet-stream"


def _refused(said: str) -> Refused:
    return Refused(Finding("$", said, RULE))
