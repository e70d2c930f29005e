import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
application = get_wsgi_application()

# What was loaded until now stays for ever: nobody needs to look through it again and again, least of all in the middle of a
# batch of statements, which makes ten thousands of objects that are all in use.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
