from django.core.management.base import BaseCommand

from lms.days import today
from lms.rights import requesting, retaining


class Command(BaseCommand):
    help = (
        "Lets go of what was kept long enough (RETENTION_DETAIL_MONTHS, RETENTION_LEAVER_MONTHS), keeps a report of it, "
        "and reminds Human Resources of what people ask about their data."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing else")

    def handle(self, *args, dry_run, **options):
        run = retaining.retain(is_dry=dry_run)
        self.stdout.write("Nothing was changed. This would go:" if dry_run else "This went:")
        for what, count in run.report.items():
            self.stdout.write(f"{count:>10,}  {what}")
        if not dry_run:
            requesting.remind(today())
