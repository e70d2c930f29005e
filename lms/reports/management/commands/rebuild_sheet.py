import sys

from django.core.management.base import BaseCommand

from lms.days import today
from lms.reports import sheeting


class Command(BaseCommand):
    help = "Works the living sheet of the reports out anew. With --check it only compares; where anything differs it ends with 1."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true")

    def handle(self, *args, check, **options):
        if not check:
            self.stdout.write(f"{sheeting.follow(today())} people.")
            return
        found = sheeting.differences()
        for line in found:
            self.stdout.write(line)
        self.stdout.write(f"{len(found)} differences.")
        if found:
            sys.exit(1)
