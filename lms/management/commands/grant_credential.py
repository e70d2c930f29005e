from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms.days import today
from lms.people.models import Role, RoleGrant
from lms.refusals import NotAllowed
from lms.xapi import granting

MOST_DAYS = 3_650


class Command(BaseCommand):
    help = "Gives an outside client a key to the record store. The secret is printed once and kept nowhere."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--scope", action="append", required=True, choices=granting.SCOPES)
        parser.add_argument("--prefix", default="", help="activities that it may write about")
        parser.add_argument("--days", type=int, default=365, help="until it expires")
        parser.add_argument("--by", help="address of the administrator who asks for it")
        parser.add_argument(
            "--agreed-by", help="address of a second one, where the client reads all statements or moves progress"
        )
        parser.add_argument("--origin", action="append", default=[], help="web origin whose pages may use the key")
        parser.add_argument("--network", action="append", default=[], help="addresses from which it may be used")

    def handle(self, *args, name, scope, prefix, days, by, agreed_by, origin, network, **options):
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be between 1 and {MOST_DAYS}.")
        try:
            credential, secret = granting.grant(
                name,
                scopes=scope,
                activity_prefix=prefix,
                expires_at=timezone.now() + timedelta(days=days),
                granted_by=self._administrator(by),
                agreed_by=self._administrator(agreed_by),
                origins=origin,
                networks=network,
            )
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"key: {credential.key}\nsecret: {secret}")

    def _administrator(self, email):
        if email is None:
            return None
        held = RoleGrant.objects.in_force(today()).filter(role=Role.ADMINISTRATOR, person__email__iexact=email)
        person = held.filter(person__is_active=True).values_list("person__uuid", flat=True).first()
        if person is None:
            raise CommandError(f"{email} is no administrator today.")
        return person
