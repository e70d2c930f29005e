from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "lms.rights"
    label = "rights"

    def ready(self):
        from lms.rights.models import Erasure
        from lms.triggering import Guard, follow_migrations

        same = "person_sha256 = NEW.person_sha256 AND what = NEW.what AND decision = NEW.decision"
        follow_migrations(self, [Guard(Erasure._meta.db_table, same=("id = NEW.id", same))])
