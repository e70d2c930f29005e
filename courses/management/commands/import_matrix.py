import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from courses import requiring
from lms.days import today


class Command(BaseCommand):
    help = "Brings in the matrix of a folder (courses.csv, lines.csv), from today on. Where there are lines, nothing is done."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *args, folder, **options):
        try:
            with (
                (folder / "courses.csv").open(encoding="utf-8-sig", newline="") as courses,
                (folder / "lines.csv").open(encoding="utf-8-sig", newline="") as lines,
            ):
                made = requiring.import_matrix(csv.DictReader(courses), csv.DictReader(lines), day=today())
        except (OSError, KeyError, ValueError, csv.Error) as error:
            raise CommandError(f"{folder}: {error!r}") from error
        self.stdout.write(f"Made {made} lines.")
