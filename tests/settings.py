"""The product's settings, with what tests need differently."""

import os
from pathlib import Path

_var = Path(__file__).resolve().parent.parent / ".testdb" / "var"
(_var / "static").mkdir(parents=True, exist_ok=True)
os.environ["VAR_DIR"] = str(_var)
os.environ.setdefault("XAPI_BASE_IRI", "https://learn.test/xapi")

from lms.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {  # noqa: F405
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Tasks wait in memory until a test runs them (`run_tasks` in conftest.py).
HUEY = {"name": "tests", "huey_class": "huey.MemoryHuey", "immediate": False, "results": False}
SECOND_FACTOR_REQUIRED = False
WEB_PROCESSES = 1
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database", "AUTO_UPDATE": False}}
