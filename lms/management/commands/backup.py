from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms import archiving


class Command(BaseCommand):
    help = "Writes database and files into one archive. The keys stay out: keep var/secret_key elsewhere."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="else one named after the moment, in var/backups/")

    def handle(self, *args, file, **options):
        target = file or settings.VAR_DIR / "backups" / f"{timezone.now():%Y-%m-%dT%H%M%S}.zip"
        try:
            archiving.back_up(target)
        except archiving.NotPossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{target} ({target.stat().st_size // 1000:,} kB)")
