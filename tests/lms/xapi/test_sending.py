"""Requests to other machines: where they may go, how long they may take, how much may come back."""

import socket
import time
from urllib.parse import urlsplit

import pytest

from lms.xapi import sending
from lms.xapi.sending import NotReached
from tests.lms.xapi import stores

ADDRESS = urlsplit("https://store.example.org/xapi/statements")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return stores.make_certificate(tmp_path_factory.mktemp("certificates"), "localhost")


@pytest.fixture
def store(certificate, settings, monkeypatch):
    """A store on this machine, which counts as public for once."""
    settings.FORWARD_TO_LOOPBACK = True
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(sending, "TIME_LIMIT", 1.0)
    with stores.stub(certificate) as made:
        yield made


def post(store, host="localhost"):
    return sending.post(urlsplit(f"https://{host}:{store.port}/xapi/statements"), b'[{"id": "1"}]', {"X-Name": "value"})


def known_as(monkeypatch, *places: str) -> list[tuple]:
    """The name of the store has these addresses. What is looked up and connected to from now on."""
    seen = []

    def look_up(host, port, **kwargs):
        seen.append(("look up", host))
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in place], socket.SOCK_STREAM, 6, "", (place, port)) for place in places]

    def connect(address, timeout):
        seen.append(("connect", address))
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    return seen


# --- what is sent and what comes back -----------------------------------------------------------------------------------
def test_body_and_headers_arrive_and_the_answer_comes_back(store):
    found = post(store)

    [(path, headers, statements)] = store.requests
    assert found == sending.Answer(200, b'["1"]', None)
    assert (path, statements) == ("/xapi/statements", [{"id": "1"}])
    assert (headers["X-Name"], headers["Host"]) == ("value", f"localhost:{store.port}")


@pytest.mark.parametrize("status", [204, 302, 400, 409, 429, 500, 503])
def test_any_status_is_an_answer(store, status):
    store.turns = [stores.answer(status, b"")]

    assert post(store).status == status


def test_threat_26_nobody_is_followed_to_another_address(store):
    store.turns = [stores.answer(302, Location=f"https://localhost:{store.port}/elsewhere")]

    post(store)

    assert [path for path, _, _ in store.requests] == ["/xapi/statements"]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("0", 0), ("soon", None), ("-5", None), ("Wed, 21 Oct 2015 07:28:00 -0000", None), ("", None)],
)
def test_the_pause_that_is_asked_for_is_read(store, header, seconds):
    store.turns = [stores.answer(429, Retry_After=header)]

    assert post(store).retry_after == seconds


def test_the_pause_may_be_a_moment(store):
    store.turns = [stores.answer(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")]

    assert post(store).retry_after < -300_000_000


# --- how it may fail ----------------------------------------------------------------------------------------------------
FAILURES = {
    "nothing": (stores.hang, r"It did not answer within 1 seconds\."),
    "dripped head": (stores.drip(stores.DRIPPED_HEAD), r"It did not answer within 1 seconds\."),
    "dripped body": (stores.drip(stores.DRIPPED_BODY), r"It did not answer within 1 seconds\."),
    "half": (stores.answer_half, r"Its answer ended before its end\."),
    "broken off": (stores.break_off, r"The connection failed: \w+\."),
    "too large": (stores.answer(200, b" " * 1_000_001), r"Its answer is larger than 1000000 bytes\."),
    "no HTTP": (stores.drip(b"hello"), r"The connection failed: BadStatusLine\."),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_what_is_no_whole_answer_in_time_is_none(store, failure):
    turn, said = FAILURES[failure]
    store.turns = [turn]
    begun = time.monotonic()

    with pytest.raises(NotReached, match=f"^{said}$"):
        post(store)

    assert time.monotonic() - begun < 5


def test_a_closed_port_is_none(store):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = urlsplit(f"https://localhost:{free.getsockname()[1]}/")

    with pytest.raises(NotReached, match=r"The connection failed: ConnectionRefusedError\."):
        sending.post(closed, b"", {})


def test_a_name_without_address_is_none(monkeypatch):
    def nothing(*args, **kwargs):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    with pytest.raises(NotReached, match=r"No address is known of store\.example\.org\."):
        sending.post(ADDRESS, b"", {})


def test_who_never_shakes_hands_is_left_in_time(settings, monkeypatch):
    settings.FORWARD_TO_LOOPBACK = True
    monkeypatch.setattr(sending, "TIME_LIMIT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = urlsplit(f"https://localhost:{mute.getsockname()[1]}/")

        with pytest.raises(NotReached, match="It did not answer within"):
            sending.post(address, b"", {})


# --- who is spoken with -------------------------------------------------------------------------------------------------
def test_the_certificate_must_be_that_of_the_name(store, monkeypatch):
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kwargs: look_up("127.0.0.1", *args, **kwargs))

    with pytest.raises(NotReached, match=r"^Its certificate does not prove that it is store\.example\.org: "):
        post(store, "store.example.org")
    assert store.requests == []


def test_a_certificate_that_nobody_trusts_is_refused(store, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(NotReached, match="^Its certificate does not prove that it is localhost: "):
        post(store)


INSIDE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1"),
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo of 192.0.2.45
]


@pytest.mark.parametrize("place", INSIDE)
def test_threat_26_an_inside_address_is_never_connected_to(monkeypatch, place):
    seen = known_as(monkeypatch, place)

    with pytest.raises(NotReached, match=r"^store\.example\.org is no host of the public internet, so nothing is sent there\.$"):
        sending.post(ADDRESS, b"", {})

    assert seen == [("look up", "store.example.org")]


@pytest.mark.parametrize("place", ["8.8.8.8", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is(monkeypatch, place):
    seen = known_as(monkeypatch, place)

    with pytest.raises(NotReached, match="ConnectionRefusedError"):
        sending.post(ADDRESS, b"", {})

    assert seen[1:] == [("connect", (place, 443))]


def test_one_inside_address_among_others_is_enough_to_refuse(monkeypatch):
    seen = known_as(monkeypatch, "8.8.8.8", "10.0.0.1")

    with pytest.raises(NotReached, match="no host of the public internet"):
        sending.post(ADDRESS, b"", {})
    assert len(seen) == 1


def test_threat_26_the_name_is_looked_up_once_so_that_it_cannot_change_between_check_and_connection(monkeypatch):
    seen = known_as(monkeypatch, "8.8.8.8")

    with pytest.raises(NotReached):
        sending.post(ADDRESS, b"", {})

    assert seen == [("look up", "store.example.org"), ("connect", ("8.8.8.8", 443))]


def test_an_address_in_numbers_is_checked_like_a_name():
    for place in ("127.0.0.1", "2130706433", "0x7f.1", "[::1]", "169.254.169.254"):
        with pytest.raises(NotReached, match="no host of the public internet"):
            sending.post(urlsplit(f"https://{place}/xapi/statements"), b"", {})
