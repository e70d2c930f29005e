import json
import sys
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms.xapi import verification


class Command(BaseCommand):
    help = (
        "Computes the daily seals of the record store again, compares each row with its body, and names the day of whatever was "
        "changed, removed or inserted. Exits with 1 if there is anything."
    )

    def add_arguments(self, parser):
        parser.add_argument("--against", type=Path, metavar="FILE", help="what export_seals printed and was kept elsewhere")

    def handle(self, *args, against, **options):
        count = 0
        for fault in verification.faults(self._read(against) if against else None):
            self.stdout.write(f"{fault.day}: {fault.what}")
            count += 1
        waiting = verification.days_without_seal()
        if waiting:
            self.stdout.write(f"Note: {waiting} complete days are not sealed yet; the worker seals them each night.")
        if count:
            self.stdout.write(f"{count} differences.")
            sys.exit(1)
        self.stdout.write("The store is as it was sealed.")

    def _read(self, path):
        try:
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            return {
                date.fromisoformat(line["day"]): verification.Sealed(int(line["count"]), str(line["digest"])) for line in lines
            }
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error}.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{path} is not what export_seals prints.") from error
