"""Pages of the site itself, and the rule for who may touch a page."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PagePermissionTester

from content.blocks import ReadingBlocks
from content.fields import BlocksField
from lms.people import access

# What a letter of permissions.md means in Wagtail's words.
ACTIONS = {"W": {"add", "change"}, "A": {"publish", "lock", "unlock", "bulk_delete"}}


class GuardedTester(PagePermissionTester):
    """Of what the group may do, leaves what `permissions.md` gives this person on this page."""

    def __init__(self, user, page):
        super().__init__(user, page)
        letters = [letter for letter in ACTIONS if page.specific_deferred.is_within_reach(user, letter)]
        self.permissions &= set().union(*(ACTIONS[letter] for letter in letters))


class GuardedPage(Page):
    """A page of ours: closed to strangers and to editors without a right, unless it says otherwise."""

    is_open = False  # whether people who are not signed in may read it

    class Meta:
        abstract = True

    def permissions_for_user(self, user):
        return GuardedTester(user, self)

    def is_within_reach(self, user, action: str) -> bool:
        return bool(access.reach(user, "C1", action))


class HomePage(GuardedPage):
    is_open = True
    intro = models.TextField(blank=True)
    body = BlocksField(ReadingBlocks(), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types = ["wagtailcore.Page"]
    template = "content/home.html"

    def get_context(self, request, *args, **kwargs):
        pages = self.get_children().live().type(StandardPage)
        return super().get_context(request, *args, **kwargs) | {"standard_pages": pages}


class StandardPage(GuardedPage):
    """About, privacy, accessibility, help."""

    is_open = True
    intro = models.TextField(blank=True)
    body = BlocksField(ReadingBlocks(), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types = ["content.HomePage"]
    subpage_types: list[str] = []
    template = "content/standard.html"
