"""What compose.yaml puts together, started without containers: cache, two web instances behind the proxy, and two workers.

Each runs the very command that compose.yaml or the image names, and the proxy reads the files that it is given there; only
addresses and folders are those of this machine.
"""

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import yaml
from django.conf import settings

from tests.databases import ROOT
from tests.racing import wait_until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin") or ""
CACHE = shutil.which("valkey-server") or shutil.which("redis-server") or ""
MISSING = [
    name for name, path in {"nginx": NGINX, "redis-server": CACHE, "openssl": shutil.which("openssl") or ""}.items() if not path
]
PATIENCE = 120  # seconds: instances take connections before they can answer
WHY = f"no {', '.join(MISSING)}: install Debian's package to have the whole composition tried"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Browser:
    """Keeps cookies, and asks the proxy or, as the proxy would, one instance."""

    composition: "Composition"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, data: dict | None = None, *, at: int | None = None, headers: dict | None = None) -> Answer:
        if at is None:
            trusted = self.composition.trusted
            line = http.client.HTTPSConnection("localhost", self.composition.port, timeout=PATIENCE, context=trusted)
        else:
            line = http.client.HTTPConnection("127.0.0.1", at, timeout=PATIENCE)
        sent = {"Host": f"localhost:{self.composition.port}", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        sent |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        sent |= {"Referer": self.composition.url, **(headers or {})}
        if data is None:
            line.request("GET", path, headers=sent)
        else:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            line.request("POST", path, urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **data}), sent)
        answer = line.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value.strip('"')
        found = Answer(answer.status, answer.headers, answer.read())
        line.close()
        return found

    def sign_in(self, email: str, password: str, *, at: int | None = None) -> int:
        self.ask("/account/login/", at=at)
        return self.ask("/account/login/", {"login": email, "password": password}, at=at).status


@dataclass
class Composition:
    port: int
    instances: tuple[int, int]
    certificate: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/"

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def composed(url: str, folder: Path, **variables: str) -> Iterator[Composition]:
    """All of it, before the PostgreSQL database at `url`; everything that is kept as a file goes into `folder`."""
    port, plain, cache, *instances = free_ports(5)
    certificate = make_certificate(folder)
    environment = {name: value for name, value in os.environ.items() if name not in {"DJANGO_SETTINGS_MODULE", "DEMO"}} | {
        "DATABASE_URL": url,
        "CACHE_URL": f"redis://127.0.0.1:{cache}/0",
        "VAR_DIR": str(folder),
        "SECRET_KEY": settings.SECRET_KEY,
        "XAPI_BASE_IRI": settings.XAPI_BASE_IRI,
        "PUBLIC_URL": f"https://localhost:{port}",
        "BEHIND_PROXY": "1",
        "TRUSTED_PROXIES": "1",
        "LOG_FORMAT": "json",
        "ALLOWED_HOSTS": "127.0.0.1",
        "METRICS_NETWORKS": "127.0.0.0/8",
        **variables,
    }
    python = [sys.executable, "-W", "ignore"]
    web = [*python, "-m", *image_command()]
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    subprocess.run([*python, "manage.py", "collectstatic", "--noinput", "-v0"], env=environment, cwd=ROOT, check=True)
    subprocess.run([sys.executable, "-m", "whitenoise.compress", "--quiet", str(folder / "static" / "lms")], check=True)
    commands = {
        "cache": [CACHE, *services["cache"]["command"][1:], "--port", str(cache), "--bind", "127.0.0.1", "--dir", str(folder)],
        **{f"web{n}": [*web, "--bind", f"127.0.0.1:{at}"] for n, at in enumerate(instances, 1)},
        **{name: [sys.executable, *services[name]["command"][1:]] for name in ("worker", "scheduler")},
        "proxy": [
            NGINX,
            "-p",
            str(folder),
            "-c",
            str(proxy_file(folder, port, plain, instances)),
            "-e",
            str(folder / "proxy.log"),
        ],
    }
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(running(command, environment, folder / f"{name}.log")) for name, command in commands.items()
        }
        for at in (cache, *instances, port):
            wait_until(lambda at=at: is_open(at))
        whole = Composition(port, tuple(instances), certificate, environment, processes)
        for at in whole.instances:
            assert Browser(whole).ask("/account/login/", at=at).status == 200
        yield whole


def image_command() -> list[str]:
    """How the image runs the web server, without the address to which it listens there."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    command: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)[-1])
    address = command.index("--bind")
    return command[:address] + command[address + 2 :]


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=written, stderr=written)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def proxy_file(folder: Path, port: int, plain: int, instances: list[int]) -> Path:
    """The proxy's own files, with the addresses of this machine."""
    site = (ROOT / ".ci" / "nginx.conf").read_text()
    (folder / "passing.conf").write_text((ROOT / ".ci" / "proxy.conf").read_text())
    here = {
        "web1:8000": f"127.0.0.1:{instances[0]}",
        "web2:8000": f"127.0.0.1:{instances[1]}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "/etc/nginx/tls": str(folder / "tls"),
        "/etc/nginx/learning-proxy.conf": str(folder / "passing.conf"),
        "/dev/stdout": str(folder / "access.log"),
        "root /srv;": f"root {folder};",
    }
    for there, value in here.items():
        assert there in site, there
        site = site.replace(there, value)
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; events {{ worker_connections 2048; }}"
        f"http {{ include /etc/nginx/mime.types; {temporary}\n{site}\n}}"
    )
    return whole


def make_certificate(folder: Path) -> Path:
    (folder / "tls").mkdir()
    whole = folder / "tls" / "fullchain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", str(whole)]
    subprocess.run([*command, "-keyout", str(folder / "tls" / "privkey.pem")], check=True, capture_output=True)
    return whole


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
