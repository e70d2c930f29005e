import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms.days import today
from lms.people import syncing


class Command(BaseCommand):
    help = "Makes the structures of a CSV file (code, kind, name, parent, from) that do not exist yet."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file, **options):
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                made = syncing.sync_structures(csv.DictReader(lines), day=today())
        except (OSError, KeyError, ValueError, csv.Error) as error:
            raise CommandError(f"{file}: {error!r}") from error
        self.stdout.write(f"Made {made} structures.")
