from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from courses import crediting
from courses.past_file import COLUMNS, UnreadableFile


class Command(BaseCommand):
    help = f"Brings in completions from before this platform: a CSV table with the columns {', '.join(COLUMNS)}. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")

    def handle(self, *args, file, dry_run, **options):
        try:
            text = file.read_text(encoding="utf-8-sig")
            found = crediting.plan(text, by=None) if dry_run else crediting.bring_in(text, by=None)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}. It has to be a CSV table in UTF-8.") from error
        except UnreadableFile as error:
            raise CommandError(f"{file} is no such table ({error}). Its first line has to name: {', '.join(COLUMNS)}.") from error
        except crediting.RecordsChanged as error:
            raise CommandError("Somebody else brought the same in at this moment. Nothing was written; run it again.") from error
        for refusal in found.refused:
            self.stdout.write(f"line {refusal.line}: {crediting.REASONS[refusal.reason]}")
        done = "would be written" if dry_run else "written"
        self.stdout.write(f"{len(found.new)} {done}, {len(found.known)} known, {len(found.refused)} refused.")
