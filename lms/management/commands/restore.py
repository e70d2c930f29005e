from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms import archiving


class Command(BaseCommand):
    help = "Brings a folder of `backup` into an empty installation, which then neither mails nor forwards until somebody lets it."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keys", type=Path, metavar="FILE", help="the file of `backup --keys`")

    def handle(self, *args, folder, keys, **options):
        try:
            found = archiving.open_keys(keys) if keys else {}
            applied = archiving.restore(folder)
        except archiving.NotPossible as error:
            raise CommandError(str(error)) from error
        for what, count in applied.items():
            self.stdout.write(f"{count}  {what}")
        for path in archiving.keep_keys(found):
            self.stdout.write(f"{path}  counts where neither {path.name.upper()} nor {path.name.upper()}_FILE is set")
        self.stdout.write("Restored. Mails and forwarding are paused: start the product and let them go at /jobs/mails/.")
