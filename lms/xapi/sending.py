"""Sends a request to another machine: to a public address and no other, within a time, and reads an answer of some size.

The name is looked up once and each address it has is checked; the connection goes to the address that was checked, so that a
second look-up cannot lead elsewhere, and the certificate must be that of the name. Nobody is followed to another address.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, cast
from urllib.parse import SplitResult

from django.conf import settings
from django.utils import timezone

TIME_LIMIT = 30.0  # seconds, from the look-up of the name to the end of the answer
ANSWER_LIMIT = 1_000_000  # bytes
HTTPS = 443
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotReached(Exception):
    """There is no answer that can be used; the message says why, in a sentence."""


class Answer(NamedTuple):
    status: int
    body: bytes
    retry_after: float | None  # seconds


def post(address: SplitResult, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Posts the body over TLS and returns the answer, whatever its status. Raises NotReached."""
    connection = _Pinned(address, checked_address(address), time.monotonic() + TIME_LIMIT)
    try:
        connection.request("POST", address.path, body, {"Accept-Encoding": "identity", "Connection": "close", **headers})
        response = connection.getresponse()
        read = response.read(ANSWER_LIMIT + 1)
    except TimeoutError as error:
        raise NotReached(f"It did not answer within {TIME_LIMIT:g} seconds.") from error
    except ssl.SSLCertVerificationError as error:
        raise NotReached(f"Its certificate does not prove that it is {address.hostname}: {error.verify_message}.") from error
    except (OSError, http.client.HTTPException) as error:
        raise NotReached(f"The connection failed: {type(error).__name__}.") from error
    finally:
        connection.close()
    if len(read) > ANSWER_LIMIT:
        raise NotReached(f"Its answer is larger than {ANSWER_LIMIT} bytes.")
    if response.length:
        raise NotReached("Its answer ended before its end.")
    return Answer(response.status, read, _seconds(response.headers.get("Retry-After", "")))


def checked_address(address: SplitResult) -> str:
    """An address of the host, all of whose addresses are public. Raises NotReached."""
    try:
        found = socket.getaddrinfo(address.hostname, address.port or HTTPS, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(f"No address is known of {address.hostname}.") from error
    places = [str(entry[4][0]) for entry in found]
    if not all(_is_allowed(place) for place in places):
        raise NotReached(f"{address.hostname} is no host of the public internet, so nothing is sent there.")
    return places[0]


def _is_allowed(place: str) -> bool:
    address = ipaddress.ip_address(place.partition("%")[0])
    return _is_public(address) or (settings.FORWARD_TO_LOOPBACK and address.is_loopback)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        # Some lead on to an address of version 4.
        carried = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if carried is not None:
            return _is_public(carried)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class _InTime(ssl.SSLSocket):
    """Waits no longer than until the deadline, however slowly the other side takes or gives."""

    deadline = 0.0

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_left(self.deadline))
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_left(self.deadline))
        return super().send(*args, **kwargs)


class _Pinned(http.client.HTTPSConnection):
    """Speaks with one address, and asks it for the certificate of the name."""

    def __init__(self, address: SplitResult, place: str, deadline: float) -> None:
        super().__init__(address.hostname or "", address.port or HTTPS)
        self._place, self._deadline = place, deadline

    def connect(self) -> None:
        context = ssl.create_default_context()
        context.sslsocket_class = _InTime
        reached = socket.create_connection((self._place, self.port), timeout=_left(self._deadline))
        try:
            reached.settimeout(_left(self._deadline))
            self.sock = cast(_InTime, context.wrap_socket(reached, server_hostname=self.host))
        except BaseException:
            reached.close()
            raise
        self.sock.deadline = self._deadline


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _seconds(text: str) -> float | None:
    """A Retry-After header: a number of seconds or a moment (RFC 9110, 10.2.3)."""
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (moment - timezone.now()).total_seconds() if moment.tzinfo else None
