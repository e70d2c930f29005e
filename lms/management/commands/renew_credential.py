from django.core.management.base import BaseCommand, CommandError

from lms.refusals import NotAllowed
from lms.xapi import granting


class Command(BaseCommand):
    help = "Gives a client a new secret. It is printed once and kept nowhere; the one before it works two weeks more."

    def add_arguments(self, parser):
        parser.add_argument("key")

    def handle(self, *args, key, **options):
        try:
            secret = granting.renew(granting.client_of(key))
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"secret: {secret}")
