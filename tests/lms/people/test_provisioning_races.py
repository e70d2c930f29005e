from functools import partial

import pytest

from lms.people.models import ScimRecord
from tests.lms.people.test_scim import Directory, document, token_of
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def test_two_changes_at_once_are_both_made_and_of_two_newcomers_with_one_name_one_comes(cast):
    directory = Directory(token_of(cast.hr, cast, "scim"))
    status, made = directory.ask("POST", "Users", document(cast))
    changes = [
        partial(directory.patch, made["id"], {"op": "replace", "path": path, "value": value})
        for path, value in (("active", False), ("displayName", "Another"))
    ]
    twin = {"schemas": document(cast)["schemas"], "userName": "twin"}

    changed = at_once(*changes, held_at=ScimRecord)
    came = at_once(*[partial(directory.ask, "POST", "Users", twin)] * 2, held_at=ScimRecord)

    assert (status, [answer[0] for answer in changed]) == (201, [204, 204])
    said = ScimRecord.objects.get(person__uuid=made["id"]).said
    assert (said["active"], said["displayName"]) == (False, "Another")
    assert sorted(answer[0] for answer in came) == [201, 409]
