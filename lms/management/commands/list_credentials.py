from django.core.management.base import BaseCommand

from lms.xapi import clients


class Command(BaseCommand):
    help = "Lists the outside clients of the record store: what they may, until when, and when and from where they last came."

    def handle(self, *args, **options):
        for client in clients.known().order_by("-pk"):
            state = "withdrawn" if client.withdrawn_at else f"until {client.expires_at:%Y-%m-%d}"
            used = f"last used {client.last_used_on} from {client.last_used_from}" if client.last_used_on else "never used"
            reach = client.activity_prefix or "every activity"
            self.stdout.write(f"{client.key}  {client.name}  {', '.join(client.scopes)}  {reach}  {state}  {used}")
