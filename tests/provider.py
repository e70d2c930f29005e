"""The provider's process: `python tests/provider.py CLIENT SECRET CALLBACK` serves on a free port and prints it."""

import os
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

os.environ["DJANGO_SETTINGS_MODULE"] = "provider_settings"

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from allauth.idp.oidc.models import Client  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402

# Account: address, whether it is verified (kept as "is staff"), and the staff number (kept as the last name).
ACCOUNTS = {
    "lea": ("somebody@elsewhere.test", False, "LEA-1"),
    "ben": ("ben@osce.test", True, ""),
    "ben-again": ("ben@osce.test", True, ""),
    "unverified": ("ben@osce.test", False, ""),
    "wrong-number": ("ben@osce.test", True, "0"),
    "unknown": ("nobody@osce.test", True, ""),
    "hr": ("hr@osce.test", True, ""),
}


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


call_command("migrate", verbosity=0, run_syncdb=True)
for name, (address, is_verified, number) in ACCOUNTS.items():
    User.objects.create(username=name, email=address, is_staff=is_verified, last_name=number)
client = Client(id=sys.argv[1], name="Learning", skip_consent=True)
client.set_secret(sys.argv[2])
client.set_redirect_uris([sys.argv[3]])
client.set_scopes(["openid", "profile", "email"])
client.set_default_scopes(["openid", "profile", "email"])
client.save()
server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
sys.stdout.write(f"{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
