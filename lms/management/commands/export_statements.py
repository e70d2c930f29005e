from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms.xapi import carrying, rules


class Command(BaseCommand):
    help = (
        "Writes statements as JSON lines, in the order of storing, voided ones too since their voiding statements are there. "
        "Compressed when the name ends in .gz. The data of attachments is not in the file. It holds personal data: guard it."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--since", help="only what was stored after this moment, such as 2026-01-31T00:00:00Z")
        parser.add_argument("--until", help="only what was stored until this moment")

    def handle(self, *args, file, since, until, **options):
        since, until = self._moment("--since", since), self._moment("--until", until)
        try:
            done = carrying.export_to(file, since=since, until=until)
        except carrying.NotCarried as error:
            raise CommandError(str(error)) from error
        through = done.through.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.stdout.write(f"{done.count} statements. Go on later with --since {through}")

    def _moment(self, option, text):
        moment = rules.instant(text) if text else None
        if text and moment is None:
            raise CommandError(f"{option} must be a moment, such as 2026-01-31T00:00:00Z.")
        return moment
