from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from content import importing


class Command(BaseCommand):
    help = "Brings in pages, snippets and pictures from a folder of data files; leaves what exists as it is."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *args, folder, **options):
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        try:
            report = importing.import_folder(folder)
        except importing.BadFile as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Created {len(report.created)}, left {len(report.kept)} as they are.")
