from django.core.management.base import BaseCommand, CommandError

from lms.days import today
from lms.people import appointing
from lms.people.models import Role, Structure, User
from lms.refusals import NotAllowed


class Command(BaseCommand):
    help = "Gives somebody a role, on the word of whoever runs this server: the way to the first administrators."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--structure", help="code, for focal points and heads")
        parser.add_argument("--key", action="append", default=[], help="course or guide it is for; may be repeated")

    def handle(self, *args, email, role, structure, key, **options):
        try:
            person = User.objects.get_by_natural_key(email)
            place = Structure.objects.get(code=structure) if structure else None
            appointing.grant(person, Role(role), by=None, starts_on=today(), structure=place, object_keys=key)
        except (User.DoesNotExist, Structure.DoesNotExist, NotAllowed) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{person} is {Role(role).label} from today on.")
