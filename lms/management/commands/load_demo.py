from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lms import demo, loading


class Command(BaseCommand):
    help = "Loads the starter site, the Foundations course, three guides and the demo staff; keeps what is there."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("Demo accounts are only made with DEMO=1.")
        try:
            passwords = loading.load_demo()
        except loading.RealPeople as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"\n{'account':<24}{'password':<22}who")
        for name, who in demo.PEOPLE.items():
            address = f"{name}@{demo.DOMAIN}"
            self.stdout.write(f"{address:<24}{passwords[address]:<22}{who}")
        self.stdout.write(f"\n(also in {demo.ACCOUNTS})\n")
