"""What every template may know of the product."""

from functools import partial

from django.conf import settings

from lms import menu
from lms.people import access


def product(request):
    user = getattr(request, "user", None)
    rights = access.rights(user) if user is not None else None
    return {
        "product_name": settings.PRODUCT_NAME,
        "product_subtitle": settings.PRODUCT_SUBTITLE,
        "organisation_name": settings.ORGANISATION_NAME,
        "providers": {name: group["name"] for name, group in settings.OIDC_PROVIDERS.items()},
        "quick_exit_url": settings.QUICK_EXIT_URL,
        "is_demo": settings.DEMO,
        "site_language": settings.LANGUAGE_CODE,  # of what is written once for everybody
        "rights": rights,
        "menu_groups": partial(menu.groups, rights),  # asked by the menu alone
    }
