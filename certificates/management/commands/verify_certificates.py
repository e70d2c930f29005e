import sys

from django.core.management.base import BaseCommand

from certificates import verification


class Command(BaseCommand):
    help = "Compares the file of each certificate with what was drawn and signed. Exits with 1 if one differs, and names it."

    def handle(self, *args, **options):
        count = 0
        for certificate, what in verification.faults():
            self.stdout.write(f"{certificate.code}: {what}")
            count += 1
        if count:
            self.stdout.write(f"{count} differences: bring these files back from a backup.")
            sys.exit(1)
        self.stdout.write("The certificates are as they were drawn and signed.")
