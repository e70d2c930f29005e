from django.core.management.base import BaseCommand, CommandError

from lms.jobs import running
from lms.jobs.models import JobRun
from lms.jobs.schedule import BY_NAME


class Command(BaseCommand):
    help = "Runs one periodic job now, out of turn, and says how it ended. Exits with 1 if it failed."

    def add_arguments(self, parser):
        parser.add_argument("name", help="as the page of jobs names it, such as 'seal the record store'")

    def handle(self, *args, name, **options):
        if name not in BY_NAME:
            raise CommandError(f"There is no job {name!r}. There are: {', '.join(sorted(BY_NAME))}.")
        run = running.run(name, BY_NAME[name].job, window=running.out_of_turn())
        if run is None:
            raise CommandError("Somebody else began the same run at the same moment. Look at the page of jobs.")
        if run.outcome == JobRun.Outcome.FAILED:
            raise CommandError(f"{name} failed: {run.detail}")
        self.stdout.write(f"{name}: {run.detail or 'done'}")
