from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from courses import undoing
from lms.people.models import User
from lms.refusals import NotAllowed
from lms.xapi import clients


class Command(BaseCommand):
    help = (
        "Withdraws the key of a client of the record store and undoes what it sent since a moment: its statements are voided, "
        "and completions that rest on them withdrawn. Two administrators decide it. Safe to repeat."
    )

    def add_arguments(self, parser):
        parser.add_argument("key")
        parser.add_argument("--since", required=True, help="moment, for example 2026-11-24T10:00+01:00")
        parser.add_argument("--by", required=True, help="address of the administrator who asks for it")
        parser.add_argument("--agreed-by", required=True, help="address of a second one")
        parser.add_argument("--reason", default="", help="is kept with every completion that is withdrawn")
        parser.add_argument("--dry-run", action="store_true", help="only list the completions that would be withdrawn")

    def handle(self, *args, key, since, by, agreed_by, reason, dry_run, **options):
        moment = self._moment(since)
        if clients.find(key) is None:
            raise CommandError("No client has this key.")
        for touched in undoing.touched_by(key, moment):
            done = touched.completion
            self.stdout.write(f"{done.person.email}\t{done.course.code}\t{done.completed_on}\t{touched.certificate}")
        if dry_run:
            return
        try:
            request = undoing.withdraw_and_undo(
                key, since=moment, reason=reason, by=self._person(by), agreed_by=self._person(agreed_by)
            )
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{request.voided} statements voided, {request.withdrawn} completions withdrawn.")
        if request.done_at is None:
            raise CommandError("Not everything could be undone: see the faults of progress, and run this again.")

    def _moment(self, text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise CommandError(f"{text} is no moment: write it as 2026-11-24T10:00+01:00.") from error
        return moment if moment.tzinfo else timezone.make_aware(moment)

    def _person(self, email):
        try:
            return User.objects.get_by_natural_key(email)
        except User.DoesNotExist as error:
            raise CommandError(f"Nobody has the address {email}.") from error
