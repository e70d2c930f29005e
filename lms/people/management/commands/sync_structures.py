import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms.days import today
from lms.people import structuring


class Command(BaseCommand):
    help = (
        "Brings structures in line with a CSV file, one line for each name from one day to another: code, kind, name, parent, "
        "from; if wanted to (the last day), seat, successor of, note, note on the name."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file, **options):
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                report = structuring.sync_structures(csv.DictReader(lines), day=today())
        except (OSError, KeyError, ValueError, csv.Error) as error:
            raise CommandError(f"{file}: {error!r}") from error
        self.stdout.write(f"Made {len(report.made)} structures.")
        for words, codes in (
            ("Renamed or placed elsewhere", report.renamed),
            ("Closed", report.closed),
            ("Left alone, since their past is told otherwise here", report.left_alone),
        ):
            if codes:
                self.stdout.write(f"{words}: {', '.join(dict.fromkeys(codes))}.")
