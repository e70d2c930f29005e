from django.core.management.base import BaseCommand, CommandError

from lms.refusals import NotAllowed
from lms.xapi import granting


class Command(BaseCommand):
    help = "Withdraws a client's key: from now on it opens nothing. What it stored stays."

    def add_arguments(self, parser):
        parser.add_argument("key")

    def handle(self, *args, key, **options):
        try:
            granting.withdraw(granting.client_of(key))
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Withdrawn.")
