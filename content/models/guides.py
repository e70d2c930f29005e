"""Reference guides: what staff read beside the courses, and say what is wrong with."""

import re

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Page

from content.blocks import GuideSections
from content.fields import BlocksField
from content.models.site import GuardedPage
from lms.people import access

LEARNING = re.compile(r"/learn/[a-z0-9-]+/[0-9a-f-]{36}/[0-9A-Za-z-]+/")


class GuideIndexPage(GuardedPage):
    intro = models.TextField(blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types = ["content.HomePage"]
    subpage_types = ["content.GuidePage"]
    template = "content/guides.html"

    def is_within_reach(self, user, action: str) -> bool:
        # Owners begin new guides here; the page itself belongs to the site.
        begins = action == "W" and access.OWNER in access.rights(user).roles
        return super().is_within_reach(user, action) or begins

    def get_context(self, request, *args, **kwargs):
        guides = GuidePage.objects.child_of(self).live().order_by("title")
        return super().get_context(request, *args, **kwargs) | {"guides": guides}


class GuidePage(GuardedPage):
    publisher = models.CharField(max_length=200)
    published = models.CharField(_("published"), max_length=80, help_text=_("The year, or what is known of it."))
    edition = models.CharField(max_length=40, help_text=_("As feedback names it, for example 2006."))
    what_it_is = models.TextField(_("what it is"))
    languages = models.CharField(max_length=200, blank=True)
    address = models.URLField(_("publisher's page"), blank=True)
    rights = models.CharField(_("copyright note"), max_length=300, blank=True)
    sections = BlocksField(GuideSections())

    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("publisher"), FieldPanel("published"), FieldPanel("edition")]),
        FieldPanel("what_it_is"),
        FieldRowPanel([FieldPanel("languages"), FieldPanel("address")]),
        FieldPanel("rights"),
        FieldPanel("sections"),
    ]
    parent_page_types = ["content.GuideIndexPage"]
    subpage_types: list[str] = []
    template = "content/guide.html"

    def is_within_reach(self, user, action: str) -> bool:
        """Given by grant, or begun by her and published by nobody yet."""
        reach = access.reach(user, "C3", action)
        if not self.path:
            return bool(reach)  # a page that is being added: its parent was asked
        is_own_draft = action == "W" and self.owner_id == user.pk and self.first_published_at is None
        return self.translation_key in reach or (is_own_draft and bool(reach))

    def get_context(self, request, *args, **kwargs):
        """`back` leads to the place in a course that led here; no other address is taken."""
        back = request.GET.get("from", "")
        back = back if LEARNING.fullmatch(back) else ""
        return super().get_context(request, *args, **kwargs) | {"back": back}

    @cached_property
    def section_titles(self) -> dict[str, str]:
        return {section.id: section.value["title"] for section in self.sections}
