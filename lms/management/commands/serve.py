import signal
import subprocess
import sys
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Runs the web server and the worker side by side until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--bind", default="127.0.0.1:8000")

    def handle(self, *args, bind, **options):
        call_command("check", databases=["default"])
        python = [sys.executable, "-W", "ignore"]
        web = ["-m", "gunicorn", "lms.wsgi", "--bind", bind, "--worker-class", "gthread", "--graceful-timeout", "10"]
        web += ["--workers", str(settings.WEB_PROCESSES), "--threads", str(settings.WEB_THREADS), "--log-level", "warning"]
        children = [
            subprocess.Popen([*python, *web], cwd=settings.BASE_DIR),
            subprocess.Popen([*python, "manage.py", "run_huey", "--quiet"], cwd=settings.BASE_DIR),
        ]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            while all(child.poll() is None for child in children):
                time.sleep(0.5)
            raise CommandError(
                f"Web server or worker stopped by itself: see above. If {bind} is taken, choose another port: PORT=8001 make demo"
            )
        except (KeyboardInterrupt, SystemExit):
            self.stdout.write("Stopping.")
        finally:
            for child in children:
                child.terminate()
            for child in children:
                try:
                    child.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    child.kill()
