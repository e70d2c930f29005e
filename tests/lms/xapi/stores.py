"""Record stores to forward to: a second one of ours, and one that fails in whatever way it is told to."""

import base64
import http.client
import ipaddress
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.databases import ROOT, database, manage
from tests.racing import wait_until


def make_certificate(folder: Path, name: str) -> Path:
    """Key and certificate of a host in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@dataclass
class Stub:
    """A store that takes everything, but for what stands in `turns`: what it does with the next requests, one after the other,
    and with statements that `objects` refuses."""

    port: int = 0
    turns: list[Callable] = field(default_factory=list)
    refuses: Callable[[list[dict]], int] = lambda statements: 200
    requests: list[tuple[str, dict, list[dict]]] = field(default_factory=list)  # path, headers, statements
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def sizes(self) -> list[int]:
        return [len(statements) for _, _, statements in self.requests]

    @property
    def ids(self) -> list[str]:
        return [statement["id"] for _, _, statements in self.requests for statement in statements]


@contextmanager
def stub(certificate: Path) -> Iterator[Stub]:
    made = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            statements = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.requests.append((self.path, dict(self.headers), statements))
            if made.turns:
                made.turns.pop(0)(self, made)
            elif (status := made.refuses(statements)) != 200:
                answer(status, b'{"finding": "Not here.\0"}')(self, made)
            else:
                answer(200, json.dumps([statement["id"] for statement in statements]).encode())(self, made)

        def log_message(self, *args):
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # of clients that went away
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield made
    finally:
        made.is_over.set()
        server.shutdown()
        server.server_close()


# --- what a stub may do in its turn -------------------------------------------------------------------------------------
def answer(status: int, body: bytes = b"", **headers: str) -> Callable:
    def act(handler, made):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def hang(handler, made):
    made.is_over.wait(20)


def break_off(handler, made):
    handler.connection.shutdown(socket.SHUT_RDWR)


def answer_half(handler, made):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'["')


def drip(text: bytes) -> Callable:
    """One byte every tenth of a second: never so slow that a read takes long."""

    def act(handler, made):
        for at in range(len(text)):
            handler.wfile.write(text[at : at + 1])
            handler.wfile.flush()
            time.sleep(0.1)

    return act


DRIPPED_HEAD = b"HTTP/1.0 200 OK\r\nX: " + b"y" * 100
DRIPPED_BODY = b"HTTP/1.0 200 OK\r\n\r\n[" + b" " * 100


# --- a second one of ours ----------------------------------------------------------------------------------------------
@dataclass
class Second:
    port: int
    key: str
    secret: str
    certificate: Path

    def get(self, query: str) -> dict:
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=30)
        basic = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "2.0.0"}
        connection.request("GET", f"/xapi/statements?{query}", headers=headers)
        response = connection.getresponse()
        found = json.loads(response.read())
        connection.close()
        return {"status": response.status, **found}


@contextmanager
def second_store(certificate: Path, folder: Path) -> Iterator[Second]:
    """Our own product, in a process and a database of its own, behind TLS."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with database("second_store") as url:
        own = {"VAR_DIR": str(folder), "XAPI_BASE_IRI": "https://second.test/xapi", "DJANGO_SETTINGS_MODULE": "lms.settings"}
        scopes = ["--scope", "statements/write", "--scope", "statements/read/mine", "--prefix", "https://learn.test/"]
        printed = manage(url, "grant_credential", "The first store", *scopes, **own)
        key, secret = (line.partition(": ")[2] for line in printed.splitlines())
        command = [sys.executable, "-W", "ignore", "-m", "gunicorn", "lms.wsgi", "--bind", f"127.0.0.1:{port}"]
        command += ["--worker-class", "gthread", "--threads", "2", "--log-level", "error"]
        command += ["--certfile", str(certificate), "--keyfile", str(certificate)]
        environment = {**os.environ, "DATABASE_URL": url, **own}
        process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
        try:
            wait_until(lambda: is_open(port))
            made = Second(port, key, secret, certificate)
            made.get("limit=1")  # the first request waits until everything is imported
            yield made
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
