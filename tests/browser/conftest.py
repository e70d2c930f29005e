"""The product as `make demo` starts it, once a session, with a real browser before it."""

import csv
import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.bad_line import BadLine
from tests.composition import MISSING, WHY, composed
from tests.conftest import ROOT, migrated_template
from tests.databases import database

CHROMIUM = os.environ.get("CHROMIUM_BIN") or shutil.which("chromium") or ""
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PASSWORD = "blue lamp under the stairs"
# People of the feed who belong to one journey each.
JOURNEY_PEOPLE = [f"j{number}" for number in range(1, 26)]
PICTURES = Path(__file__).parent / "pictures"


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not Path(CHROMIUM).is_file():
                item.add_marker(pytest.mark.skip(reason="no Chromium: install Debian's package or set CHROMIUM_BIN"))


@dataclass
class Product:
    """The running product: its address, its folder, and the passwords of the demo accounts."""

    url: str
    var: Path
    environment: dict[str, str]
    passwords: dict[str, str]
    process: subprocess.Popen

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def read(self, code: str):
        """What the code prints as JSON when it is run inside the product; for what no page shows."""
        return json.loads(self.manage("shell", "-v0", "-c", code))

    def mails(self, address: str) -> list[str]:
        """The mails that the worker delivered to somebody, as text; without reminders and digests, which come by themselves."""
        texts = [path.read_text() for path in sorted((self.var / "mail").glob("*.log"))]
        return [text for text in texts if f"To: {address}" in text and not re.search(r"^Subject: Your .*training", text, re.M)]

    def wait_for_mail(self, address: str, count: int = 1) -> str:
        for _ in range(100):
            found = self.mails(address)
            if len(found) >= count:
                return found[-1]
            time.sleep(0.2)
        raise AssertionError(f"No mail came for {address}.")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="session")
def product(tmp_path_factory):
    """As `make demo` starts it; where the tests have PostgreSQL, as compose.yaml puts it together."""
    with (_served if settings.ON_SQLITE else _composed)(tmp_path_factory.mktemp("product")) as made:
        yield made


@contextmanager
def _served(var: Path) -> Iterator[Product]:
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}},
        "VAR_DIR": str(var),
        "DEMO": "1",
        "PUBLIC_URL": f"http://localhost:{port}",
        "XAPI_BASE_IRI": "https://learn.test/xapi",
    }
    shutil.copyfile(migrated_template(), var / "db.sqlite3")
    made = Product(f"http://localhost:{port}", var, environment, {}, None)
    made.manage("collectstatic", "--noinput", "-v0")
    _people(made)
    serve = [sys.executable, "-W", "ignore", "manage.py", "serve", "--bind", f"127.0.0.1:{port}"]
    made.process = subprocess.Popen(serve, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_until_healthy(made)
    yield made
    made.process.send_signal(signal.SIGTERM)
    made.process.wait(timeout=30)


@contextmanager
def _composed(var: Path) -> Iterator[Product]:
    if MISSING:
        pytest.skip(WHY)
    with database("journeys") as url, composed(url, var, DEMO="1") as whole:
        made = Product(whole.url.rstrip("/"), var, whole.environment, {}, whole.processes["web1"])
        _people(made)
        yield made


def _people(made: Product) -> None:
    made.manage("load_demo")
    made.passwords = json.loads((made.var / "demo_accounts.json").read_text())
    _hire(made)


@pytest.fixture(scope="module")
def copy(product, tmp_path_factory):
    """A product of this module's own, so that nothing put on its pages stands in the way of other journeys."""
    var = tmp_path_factory.mktemp("copy") / "var"
    shutil.copytree(product.var, var, ignore=shutil.ignore_patterns("*.sqlite3*", "mail"))
    with closing(sqlite3.connect(product.var / "db.sqlite3")) as database:
        database.execute("VACUUM INTO ?", [str(var / "db.sqlite3")])
    port = free_port()
    url = f"http://localhost:{port}"
    made = replace(product, url=url, var=var, environment=product.environment | {"VAR_DIR": str(var), "PUBLIC_URL": url})
    serve = [sys.executable, "-W", "ignore", "manage.py", "serve", "--bind", f"127.0.0.1:{port}"]
    made.process = subprocess.Popen(serve, env=made.environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_until_healthy(made)
    yield made
    made.process.terminate()
    made.process.wait(timeout=30)


def _hire(made: Product) -> None:
    """The journeys' people come through the staff feed, like everybody; all but j1 get a password."""
    staff = ROOT / "content" / "starter" / "demo" / "staff.csv"
    rows = list(csv.reader(staff.open(newline="")))
    for name in JOURNEY_PEOPLE:
        number = name.removeprefix("j")
        rows.append([f"J-{number}", f"Jo {number} Travels", f"{name}@example.org", "MSKP", "Skopje", "human-rights"])
        rows[-1] += ["seconded", "2026-01-05", "", "D-0009", "en"]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    feed = made.var / "feed.csv"
    feed.write_text(text.getvalue())
    made.manage("sync_hr", str(feed))
    made.manage(
        "shell",
        "-c",
        "from django.contrib.auth.hashers import make_password\n"
        "from lms.people.models import User\n"
        "people = User.objects.filter(staff_number__startswith='J-').exclude(email='j1@example.org')\n"
        f"people.update(password=make_password({PASSWORD!r}))",
    )


def wait_until_healthy(made: Product) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"{made.url}/health/", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("The product did not start.")


# Reads everything and passes, by the verbs that the pages call.
GRADUATE = """
import json
from tests.browser.inside import complete
print(json.dumps({name: complete(name).code for name in %r}))
"""


@pytest.fixture(scope="session")
def graduates(product) -> dict[str, str]:
    """Two people who have passed before: name → code of the certificate."""
    return product.read(GRADUATE % (["j10", "j11"],))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        # The certificate of the composition is the tests' own.
        flags = FLAGS if settings.ON_SQLITE else [*FLAGS, "--ignore-certificate-errors"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, product: Product):
    """Opens a page in a context of its own; what the browser complains about fails the test."""
    contexts = []
    complaints: list[str] = []

    def open_page(
        *, width: int = 1280, height: int = 800, expects_errors: bool = False, base: str = product.url, **options
    ) -> Page:
        options = {"locale": "en-GB", **options}
        context = chromium.new_context(base_url=base, viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.set_default_navigation_timeout(60_000)  # a busy machine is no fault
        if not expects_errors:
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def bad_line(product: Product):
    if product.url.startswith("https:"):
        pytest.skip("what is cut off is counted by reading it, and TLS lets nobody read")
    line = BadLine(("127.0.0.1", int(product.url.rpartition(":")[2])))
    yield line
    line.close()


@pytest.fixture
def sign_in(product: Product):
    def enter(page: Page, name: str) -> Page:
        address = f"{name}@example.org"
        page.goto("/account/login/")
        page.get_by_label("Email").fill(address)
        page.get_by_label("Password").fill(product.passwords.get(address, PASSWORD))
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/my/")
        return page

    return enter


LEVEL_AA = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN_AXE = """async ([within, options]) => {
  const { violations } = await axe.run(within ?? document, options);
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)}`));
}"""


@pytest.fixture(scope="session")
def axe():
    """Asks axe for WCAG 2.2 A and AA, or for some rules of it; returns what it finds, one line a fault."""

    def faults(page: Page, within: dict | None = None, *, rules: dict = LEVEL_AA) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        return page.evaluate(RUN_AXE, [within, {"runOnly": rules, "resultTypes": ["violations"]}])

    return faults


@pytest.fixture
def picture():
    """Keeps a screenshot for the README when PICTURES=1 (`make pictures`)."""

    def take(page: Page, name: str, **options) -> None:
        if os.environ.get("PICTURES"):
            PICTURES.mkdir(exist_ok=True)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=PICTURES / f"{name}.png", **options)

    return take
