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

# The pages that a role is given for, one by one.
GIVEN_PAGES = {Role.TRAINER: "courses.CoursePage", Role.PUBLISHER: "courses.CoursePage", Role.GUIDE_OWNER: "content.GuidePage"}


def group_name(role: Role) -> str:
    return f"Role: {role.value}"
