from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms.xapi import carrying


class Command(BaseCommand):
    help = (
        "Stores the statements of a file of JSON lines, in batches of which all or nothing is stored, and can be repeated. As "
        "the standard has it, `stored` is the moment of this import, and `authority` the client whose key is named. "
        "Attachments must say where they lie (fileUrl), since the file does not hold their data."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--credential", required=True, metavar="KEY", help="of the client in whose name they are stored")

    def handle(self, *args, file, credential, **options):
        try:
            done = carrying.import_from(file, key=credential)
        except carrying.NotCarried as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done.new} statements stored, {done.known} were there already.")
