"""The groups of Wagtail: just what the table of roles names, however often they are brought in."""

import pytest
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from lms.people.appointing import bring_in_groups
from lms.people.models import Role
from lms.people.roles import GROUPS, group_name


def permissions(rows, app: str = "") -> list[str]:
    return sorted(app + codename for codename in rows.values_list("permission__codename", flat=True))


def held(role: Role) -> tuple[list[str], list[str], list[str]]:
    """Permissions, those on pages, those in collections: of the group of that role."""
    group = Group.objects.get(name=group_name(role))
    named = group.permissions.values_list("content_type__app_label", "codename")
    return (
        sorted(f"{app}.{codename}" for app, codename in named),
        permissions(GroupPagePermission.objects.filter(group=group, page=Page.get_first_root_node())),
        permissions(GroupCollectionPermission.objects.filter(group=group, collection=Collection.get_first_root_node())),
    )


def rows() -> list[int]:
    return [model.objects.count() for model in (Group, GroupPagePermission, GroupCollectionPermission, Group.permissions.through)]


@pytest.mark.parametrize("role", GROUPS)
def test_a_group_has_exactly_the_permissions_of_the_table(db, role):
    bring_in_groups()

    spec = GROUPS[role]
    assert held(role) == (sorted(spec.permissions), sorted(spec.on_pages), sorted(spec.on_media))


def test_bringing_them_in_again_changes_nothing(db):
    bring_in_groups()
    first, before = {role: held(role) for role in GROUPS}, rows()

    bring_in_groups()

    assert ({role: held(role) for role in GROUPS}, rows()) == (first, before)


def test_what_was_added_by_hand_is_taken_away_again(db):
    bring_in_groups()
    group = Group.objects.get(name=group_name(Role.TRAINER))
    before = held(Role.TRAINER)
    group.permissions.add(Permission.objects.get(codename="change_user"))
    publish = Permission.objects.get(content_type__app_label="wagtailcore", codename="publish_page")
    GroupPagePermission.objects.create(group=group, page=Page.get_first_root_node(), permission=publish)
    child = Collection.get_first_root_node().add_child(name="Child")
    GroupCollectionPermission.objects.create(
        group=group, collection=child, permission=Permission.objects.get(codename="change_image")
    )

    bring_in_groups()

    assert held(Role.TRAINER) == before
    assert GroupCollectionPermission.objects.filter(group=group, collection=child).count() == 0


def test_nobody_is_given_people_documents_or_groups(db):
    bring_in_groups()

    given = {name for spec in GROUPS.values() for name in spec.permissions}
    assert {name.split(".")[0] for name in given} == {"wagtailadmin", "wagtailcore", "courses", "content"}


def test_only_roles_that_edit_have_a_group(db):
    bring_in_groups()

    assert set(Role) - set(GROUPS) == {Role.HR, Role.HEAD, Role.OVERVIEW, Role.AUDITOR}
    assert set(Group.objects.filter(name__startswith="Role: ").values_list("name", flat=True)) == {
        group_name(role) for role in GROUPS
    }
