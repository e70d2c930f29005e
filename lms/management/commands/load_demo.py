from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lms import demo, loading


class Command(BaseCommand):
    help = "Loads the starter site, the Foundations course, three guides and the demo staff; keeps what is there."

    def add_arguments(self, parser):
        parser.add_argument("--staff", type=int, metavar="N", help="so many invented people more, with three years of history")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="other people for another number")

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("Demo accounts are only made with DEMO=1.")
        try:
            if options["staff"]:
                passwords = loading.load_crowd(options["staff"], options["seed"], say=self._say)
            else:
                passwords = loading.load_demo()
        except (loading.RealPeople, loading.StaffHere) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"\n{'account':<24}{'password':<22}who")
        for name, who in demo.PEOPLE.items():
            address = f"{name}@{demo.DOMAIN}"
            self.stdout.write(f"{address:<24}{passwords[address]:<22}{who}")
        self.stdout.write(f"\n(also in {demo.ACCOUNTS})\n")

    def _say(self, line):
        self.stdout.write(line)
        self.stdout.flush()
