import json

from django.core.management.base import BaseCommand

from lms.xapi import verification


class Command(BaseCommand):
    help = "Prints the daily seals of the record store as JSON lines. Keep them elsewhere, for verify_store --against."

    def handle(self, *args, **options):
        for day, sealed in verification.chain().items():
            self.stdout.write(json.dumps({"day": day.isoformat(), "count": sealed.count, "digest": sealed.digest}))
