from hashlib import sha256
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms.days import today
from lms.people import feeding, hr_files, inviting, syncing
from lms.people.hr_feed import COLUMNS, UnreadableFeed
from lms.people.models import FeedLine, FeedRun

SAID = ("new", "moved", "changed", "returned", "left")


class Command(BaseCommand):
    help = f"Brings people in line with the staff feed, a CSV file in UTF-8 or XLSX with the columns: {', '.join(COLUMNS)}."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args, file, dry_run, **options):
        try:
            content = file.read_bytes()
            sheet = hr_files.read(content)
            if dry_run:
                self._say_report(syncing.sync_staff(sheet, day=today(), dry_run=True))
                return
        except (OSError, UnreadableFeed, syncing.TooManyLeavers) as error:
            raise CommandError(f"{error}") from error
        digest = sha256(content).hexdigest()
        run = feeding.receive(sheet, file_name=file.name, file_sha256=digest, by=None, day=today())
        run = feeding.apply(run, by=None, day=today())
        if run.state == FeedRun.State.WAITING:
            raise CommandError(f"{run.too_many} Or an HR officer agrees to it at /reports/feed/{run.uuid}/.")
        self._say_run(run)

    def _say_run(self, run):
        lines = list(run.lines.order_by("pk"))
        for word in SAID:
            numbers = [line.staff_number for line in lines if line.outcome == word]
            self._say_outcome(word, numbers)
        turned_away = [line for line in lines if line.outcome in {FeedLine.Outcome.UNMATCHED, FeedLine.Outcome.REFUSED}]
        self._say_rest(run.counts["unchanged"], run.dropped_columns, turned_away)
        self.stdout.write(f"invited: {inviting.invite_newcomers()}")

    def _say_report(self, report):
        for word in SAID:
            self._say_outcome(word, getattr(report, word))
        self._say_rest(report.unchanged, report.dropped_columns, [*report.unmatched, *report.refused])
        self.stdout.write("Nothing was changed (--dry-run).")

    def _say_outcome(self, word, numbers):
        self.stdout.write(f"{word}: {len(numbers)} {' '.join(numbers)}".rstrip())

    def _say_rest(self, unchanged, dropped_columns, turned_away):
        self.stdout.write(f"unchanged: {unchanged}")
        if dropped_columns:
            self.stdout.write(f"columns that were not read: {', '.join(dropped_columns)}")
        for line in turned_away:
            self.stdout.write(f"line {line.line}, {line.staff_number or 'no staff number'}: {line.reason}")
