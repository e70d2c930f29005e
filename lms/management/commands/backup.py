from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms import archiving


class Command(BaseCommand):
    help = "Copies database and files into a folder. Keys go into a file of their own, encrypted: keep it elsewhere."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, help="else one named after the moment, in var/backups/")
        parser.add_argument("--keys", type=Path, metavar="FILE", help="also writes the keys, encrypted, into this file")

    def handle(self, *args, folder, keys, **options):
        target = folder or settings.VAR_DIR / "backups" / f"{timezone.now():%Y-%m-%dT%H%M%S}"
        try:
            if keys:
                archiving.back_up_keys(keys)
            archiving.back_up(target)
        except archiving.NotPossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{target}" + ("" if keys else " (without keys)"))
