from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms.days import today
from lms.people import inviting, syncing
from lms.people.hr_feed import COLUMNS, UnreadableFeed


class Command(BaseCommand):
    help = f"Brings people in line with the staff feed, a CSV file in UTF-8 with the columns: {', '.join(COLUMNS)}."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args, file, dry_run, **options):
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                report = syncing.sync_staff(lines, day=today(), dry_run=dry_run)
        except (OSError, UnicodeDecodeError, UnreadableFeed, syncing.TooManyLeavers) as error:
            raise CommandError(f"{error}") from error
        for word in ("new", "moved", "changed", "returned", "left"):
            numbers = getattr(report, word)
            self.stdout.write(f"{word}: {len(numbers)} {' '.join(numbers)}".rstrip())
        self.stdout.write(f"unchanged: {report.unchanged}")
        if report.dropped_columns:
            self.stdout.write(f"columns that were not read: {', '.join(report.dropped_columns)}")
        for refusal in report.refused:
            self.stdout.write(f"line {refusal.line}, {refusal.staff_number or 'no staff number'}: {refusal.reason}")
        if dry_run:
            self.stdout.write("Nothing was changed (--dry-run).")
        else:
            self.stdout.write(f"invited: {inviting.invite_newcomers()}")
