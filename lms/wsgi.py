import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
application = get_wsgi_application()

# Everything is loaded before the first request, and what is loaded stays for ever: nobody needs to look through it again and
# again, least of all in the middle of a batch of statements, which makes ten thousands of objects that are all in use.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
