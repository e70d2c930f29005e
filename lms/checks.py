"""What must hold before real people use this: numbered, with a hint each."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connection

from certificates import signatures
from content.models import Contact
from lms import demo
from lms.people.models import User
from lms.xapi import queries, storing, targets


@register(Tags.security, deploy=True)
def settings_of_production(app_configs, **kwargs):
    found = []
    if settings.DEMO:
        found.append(Error("DEMO is set.", hint="Unset DEMO: demo accounts have passwords that lie in a file.", id="lms.E001"))
    if not settings.PUBLIC_URL.startswith("https://"):
        found.append(Error("PUBLIC_URL is not https.", hint="Set PUBLIC_URL to the https address of the product.", id="lms.E002"))
    if ".example/" in settings.XAPI_BASE_IRI:
        found.append(
            Error(
                "XAPI_BASE_IRI is the default.",
                hint="Set it once, to a name of yours that is free of host and port: it never changes again.",
                id="lms.E003",
            )
        )
    if not settings.EMAIL_HOST:
        found.append(Error("No mail server is named.", hint="Set EMAIL_HOST; until then mails are kept as files.", id="lms.E004"))
    if settings.ON_SQLITE:
        hint = "Set DATABASE_URL to a PostgreSQL database for more than a pilot."
        found.append(Warning("The database is SQLite.", hint=hint, id="lms.W005"))
    return found


@register(Tags.security)
def processes_share_limits(app_configs, **kwargs):
    if settings.WEB_PROCESSES > 1 and not settings.CACHE_URL:
        hint = "Rate limits and second factors live in the cache: set CACHE_URL (redis://…), or WEB_PROCESSES=1."
        return [Error("More than one web process without a shared cache.", hint=hint, id="lms.E006")]
    return []


@register(Tags.security)
def certificates_can_be_signed(app_configs, **kwargs):
    if not settings.CERTIFICATE_KEY:
        return []
    try:
        signatures.digest_of(settings.CERTIFICATE_KEY)
    except signatures.WrongKey as error:
        hint = f"{error} Make one: openssl ecparam -name prime256v1 -genkey -noout"
        return [Error("CERTIFICATE_KEY cannot sign certificates.", hint=hint, id="lms.E021")]
    return []


@register(Tags.security)
def forwarding_leads_where_it_may(app_configs, **kwargs):
    faults = {target.name: targets.fault_of(target) for target in targets.configured()}
    return [
        Error(f"FORWARD_TARGETS: nothing can be sent to {name}.", hint=fault, id="lms.E020")
        for name, fault in faults.items()
        if fault is not None
    ]


@register(Tags.database)
def base_has_not_changed(app_configs, databases, **kwargs):
    if not databases or not _is_migrated():
        return []
    kept = storing.kept_base()
    if kept is not None and kept != settings.XAPI_BASE_IRI:
        hint = f"Set XAPI_BASE_IRI back to {kept}: statements were written under it."
        return [Error("XAPI_BASE_IRI differs from the one in the database.", hint=hint, id="lms.E007")]
    return []


@register(Tags.database)
def no_demo_beside_people(app_configs, databases, **kwargs):
    if not databases or not settings.DEMO or not _is_migrated():
        return []
    if User.objects.filter(email__isnull=False).exclude(email__endswith=f"@{demo.DOMAIN}").exists():
        hint = "Unset DEMO, or name another database with DATABASE_URL."
        return [Error("DEMO is set beside real people.", hint=hint, id="lms.E008")]
    return []


@register(Tags.security, deploy=True)
def no_demo_left(app_configs, databases=None, **kwargs):
    """Accounts, keys and telephone numbers of the demo must not be in use."""
    found = []
    if not _is_migrated():
        return [Warning("The database is empty.", hint="Run manage.py migrate.", id="lms.W011")]
    if User.objects.filter(email__endswith=f"@{demo.DOMAIN}", is_active=True).exists():
        found.append(Error("Demo accounts are active.", hint="Start with a fresh database.", id="lms.E009"))
    if any(contact.has_demo_numbers for contact in Contact.objects.filter(live=True)):
        hint = "Have the focal points replace the numbers that begin with +00."
        found.append(Error("Demo telephone numbers are shown.", hint=hint, id="lms.E010"))
    keys = queries.demo_keys()
    if keys:
        hint = f"Start with a fresh database, or withdraw the keys of: {', '.join(keys)}."
        found.append(Error("Demo keys of the record store are valid.", hint=hint, id="lms.E012"))
    return found


def _is_migrated() -> bool:
    """Checks run before the first migrate, too."""
    tables = connection.introspection.table_names()
    return {User._meta.db_table, Contact._meta.db_table, storing.BASE_TABLE} <= set(tables)
