"""What each role may do in Wagtail's admin. Brought in after every migrate (`appointing.bring_in_groups`).

These are the outer limits: which course, guide or structure somebody may touch is asked of `access`.
"""

from dataclasses import dataclass

from lms.people.models import Role


@dataclass(frozen=True)
class Group:
    permissions: tuple[str, ...] = ()  # app.codename
    on_pages: tuple[str, ...] = ()  # on the whole page tree
    on_media: tuple[str, ...] = ()  # in the root collection


ADMIN = "wagtailadmin.access_admin"
QUESTIONS = ("courses.add_question", "courses.change_question")
FACTS = ("content.add_fact", "content.change_fact")
PICTURES = ("add_image", "choose_image")

GROUPS: dict[Role, Group] = {
    Role.TRAINER: Group((ADMIN, *QUESTIONS, *FACTS), ("add_page", "change_page"), PICTURES),
    Role.PUBLISHER: Group(
        (ADMIN, *QUESTIONS, "courses.publish_question", "courses.delete_question", *FACTS, "content.publish_fact"),
        ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page"),
        (*PICTURES, "change_image", "delete_image"),
    ),
    Role.GUIDE_OWNER: Group((ADMIN,), ("add_page", "change_page", "publish_page"), PICTURES),
    Role.FOCAL_POINT: Group((ADMIN, "content.add_contact", "content.change_contact", "content.publish_contact")),
    Role.DEPUTY: Group((ADMIN, "content.add_contact", "content.change_contact", "content.publish_contact")),
    Role.ADMINISTRATOR: Group(
        (
            ADMIN,
            *(f"wagtailcore.{action}_locale" for action in ("add", "change", "delete")),
            *(f"wagtailcore.{action}_{thing}" for action in ("add", "change", "delete") for thing in ("workflow", "task")),
            "wagtailcore.change_site",
        ),
        ("add_page", "change_page", "publish_page"),
        PICTURES,
    ),
}

# Wagtail's views by namespace, and the cells of `permissions.md` of which any one opens them. A namespace that is not
# named here is closed.
ALL_EDITORS = None  # the frame of the admin: shows nothing of anybody
NOBODY: tuple[tuple[str, str], ...] = ()
PAGES = (("C3", "R"), ("C1", "W"))
MEDIA = (("C7", "W"), ("C1", "W"))
SITE = (("C1", "W"),)
DOORS: dict[str, tuple[tuple[str, str], ...] | None] = {
    "wagtailadmin_pages": PAGES,
    "wagtailadmin_explore_root": PAGES,
    "wagtailadmin_explore": PAGES,
    "wagtailadmin_explore_results": PAGES,
    "wagtailadmin_choose_page": PAGES,
    "wagtailadmin_choose_page_child": PAGES,
    "wagtailadmin_choose_page_search": PAGES,
    "wagtailadmin_choose_page_chosen_multiple": PAGES,
    "wagtailadmin_choose_page_anchor_link": PAGES,
    "wagtailadmin_choose_page_email_link": PAGES,
    "wagtailadmin_choose_page_external_link": PAGES,
    "wagtailadmin_choose_page_phone_link": PAGES,
    "wagtailadmin_reports": PAGES,
    "wagtailadmin_block_preview": PAGES,
    "wagtailadmin_api:pages": PAGES,
    "wagtailadmin_api:images": MEDIA,
    "wagtailadmin_api:documents": NOBODY,
    "wagtailimages": MEDIA,
    "wagtailimages_chooser": MEDIA,
    "wagtailadmin_tag_autocomplete": MEDIA,
    "wagtailadmin_tag_model_autocomplete": MEDIA,
    "wagtailadmin_collections": NOBODY,
    "wagtaildocs": NOBODY,
    "wagtaildocs_chooser": NOBODY,
    "wagtailsnippets": ALL_EDITORS,
    "wagtailsnippets_courses_question": (("C4", "R"),),
    "wagtailsnippetchoosers_courses_question": (("C4", "R"),),
    "wagtailsnippets_content_fact": (("C5", "W"),),
    "wagtailsnippetchoosers_content_fact": (("C5", "R"),),
    "wagtailsnippets_content_contact": (("C6", "W"),),
    "wagtailsnippetchoosers_content_contact": (("C6", "W"),),
    "wagtailadmin_workflows": SITE,
    "wagtailsites": SITE,
    "wagtaillocales": SITE,
    "wagtailusers_users": NOBODY,
    "wagtailusers_groups": NOBODY,
    "wagtail_bulk_action": ALL_EDITORS,  # asks for the right on each thing itself
    "wagtailadmin_editing_sessions": ALL_EDITORS,
    "wagtailadmin_home": ALL_EDITORS,
    "wagtailadmin_account": ALL_EDITORS,
    "wagtailadmin_logout": ALL_EDITORS,
    "wagtailadmin_dismissibles": ALL_EDITORS,
    "wagtailadmin_sprite": ALL_EDITORS,
    "wagtailadmin_javascript_catalog": ALL_EDITORS,
    "wagtailadmin_error_test": ALL_EDITORS,
    "wagtailadmin_password_reset": NOBODY,
    "wagtailadmin_password_reset_done": NOBODY,
    "wagtailadmin_password_reset_confirm": NOBODY,
    "wagtailadmin_password_reset_complete": NOBODY,
    "": ALL_EDITORS,  # a page that shows the 404 page, and the catch-all behind it
}

# The pages that a role is given for, one by one.
GIVEN_PAGES = {Role.TRAINER: "courses.CoursePage", Role.PUBLISHER: "courses.CoursePage", Role.GUIDE_OWNER: "content.GuidePage"}


def cells_that_open(view_name: str) -> tuple[tuple[str, str], ...] | None:
    """The cells of which any one opens a view of the admin; None: every editor may."""
    namespace, _, rest = view_name.partition(":")
    return DOORS.get(f"{namespace}:{rest.partition(':')[0]}", DOORS.get(namespace, NOBODY))


def group_name(role: Role) -> str:
    return f"Role: {role.value}"
