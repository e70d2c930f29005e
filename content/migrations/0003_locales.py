"""Every content language has its locale from the beginning, so that trees can grow in each."""

from django.conf import settings
from django.db import migrations


def make(apps, schema_editor):
    locale = apps.get_model("wagtailcore", "Locale")
    for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        locale.objects.get_or_create(language_code=code)


class Migration(migrations.Migration):
    dependencies = [("content", "0002_initial"), ("wagtailcore", "0098_apitoken")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
