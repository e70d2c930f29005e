import sys

from django.core.management.base import BaseCommand

from courses import tracking
from courses.models import Enrolment


class Command(BaseCommand):
    help = "Throws all progress away and folds every statement again; with --check only compares. Never touches a completion."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="name every difference and exit with 1 if there is one")

    def handle(self, *args, check, **options):
        enrolments = Enrolment.objects.with_course().order_by("pk").iterator(chunk_size=500)
        if check:
            faults = notes = 0
            for enrolment in enrolments:
                found = tracking.check(enrolment)
                for sentence in [*found.differences, *(f"Note: {note}" for note in found.notes)]:
                    self.stdout.write(sentence)
                faults += len(found.differences)
                notes += len(found.notes)
            self.stdout.write(f"{notes} notes.\n{faults} differences.")
            if faults:
                sys.exit(1)
        else:
            count = 0
            for enrolment in enrolments:
                tracking.rebuild(enrolment)
                count += 1
            self.stdout.write(f"Folded {count} enrolments again.")
