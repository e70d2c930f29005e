import time

from django.core.management.base import BaseCommand

from lms.xapi import forwarding, targets

PAUSE = 60  # seconds


class Command(BaseCommand):
    help = "Sends statements to the record stores that FORWARD_TARGETS names, pass after pass, as the worker does each minute."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="one pass, and say how it stands")
        again = "first let what was refused wait again, and try targets that are left in peace"
        parser.add_argument("--again", action="store_true", help=again)

    def handle(self, *args, once, again, **options):
        if again:
            self.stdout.write(f"{forwarding.try_again()} statements that were refused wait again.")
        while True:
            self.stdout.write(f"{forwarding.forward_all()} statements delivered.")
            if once:
                break
            time.sleep(PAUSE)
        for standing in targets.standings():
            said = f"{standing.name}: {standing.waiting} waiting, {standing.refused} refused. {standing.state.last_error}"
            self.stdout.write(said.strip())
        for target, statement, error in targets.refusals():
            self.stdout.write(f"{target} refused {statement}. {error}")
