from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms import archiving


class Command(BaseCommand):
    help = "Brings an archive of `backup` into an empty installation."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file, **options):
        try:
            archiving.restore(file)
        except archiving.NotPossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Restored. Run migrate, then start the product.")
