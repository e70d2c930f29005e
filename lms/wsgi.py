import gc
import os
import re

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
product = get_wsgi_application()


def application(environ, start_response):
    """Everything here is UTF-8, whatever a request says of itself: some names of encodings are none for text, and Django breaks
    over them before it has a page to answer with."""
    environ["CONTENT_TYPE"] = re.sub(r";\s*charset=[^;]*", "", environ.get("CONTENT_TYPE", ""), flags=re.IGNORECASE)
    return product(environ, start_response)


# Everything is loaded before the first request, and what is loaded stays for ever: nobody needs to look through it again and
# again, least of all in the middle of a batch of statements, which makes ten thousands of objects that are all in use.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
