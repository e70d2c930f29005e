"""The web server as in production, for tests and measurements that need real connections."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.databases import ROOT
from tests.racing import wait_until


@contextmanager
def served(url: str, var: Path, *options: str) -> Iterator[tuple[int, int]]:
    """Serves the database at `url`, in a process group of its own. Gives the group and the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "DATABASE_URL": url,
        "VAR_DIR": str(var),
        "SECRET_KEY": settings.SECRET_KEY,
        "XAPI_BASE_IRI": settings.XAPI_BASE_IRI,
    }
    command = [sys.executable, "-W", "ignore", "-m", "gunicorn", "lms.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--log-level", "error", "--keep-alive", "30", *options]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
    try:
        wait_until(lambda: _is_open(port))
        yield process.pid, port
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
