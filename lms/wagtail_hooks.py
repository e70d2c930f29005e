"""What all of Wagtail obeys here."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import resolve_url
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks


@hooks.register("before_serve_page")
def ask_to_sign_in(page, request, serve_args, serve_kwargs):
    """Only pages that say so are open to everybody."""
    if not request.user.is_authenticated and not getattr(page, "is_open", False):
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    return None


@hooks.register("insert_global_admin_css")
def admin_look():
    return format_html('<link rel="stylesheet" href="{}">', static("lms/admin.css"))
