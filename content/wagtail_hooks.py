"""Facts and contacts in the admin, and the second person behind the Publish button."""

from django.contrib import messages
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from content.models import Contact, Fact
from content.policies import ContactPolicy, ReachViewSet
from content.second_person import PublishingRefused, refuse_own_change


class FactViewSet(SnippetViewSet):
    model = Fact
    icon = "circle-check"
    menu_label = _("Facts")
    menu_order = 210
    add_to_admin_menu = True
    list_display = ["code", "mark", "source", "checked_on", "check_again_by", BooleanColumn("live", label=_("Live"))]
    list_filter = ["mark"]
    search_fields = ["code", "text", "source"]


class ContactViewSet(ReachViewSet):
    model = Contact
    icon = "mobile-alt"
    menu_label = _("Contacts")
    menu_order = 220
    add_to_admin_menu = True
    list_display = ["structure", "checked_on", BooleanColumn("live", label=_("Live"))]


register_permission_policy(Contact, ContactPolicy(Contact))
register_snippet(FactViewSet)
register_snippet(ContactViewSet)


@hooks.register("insert_editor_js")
def loses_nothing():
    return format_html('<script src="{}"></script>', static("lms/saving.js"))


@hooks.register("before_publish")
def say_why_a_second_person_is_needed(request, instance):
    """The draft is saved by now; the refusal that `publish()` would raise is said on the page instead."""
    if not hasattr(instance, "second_person_fields"):
        return None
    try:
        refuse_own_change(instance, instance.latest_revision, request.user)
    except PublishingRefused as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(AdminURLFinder(request.user).get_edit_url(instance))
    return None
