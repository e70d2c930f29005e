"""The public tester of SCIM services, over a real connection."""

from datetime import timedelta

import pytest
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from lms.days import today
from lms.people import entrusting
from tests.serving import served


@pytest.fixture
def db(committed):
    """The server works in it."""


def test_the_public_tester_finds_no_fault(committed, cast, tmp_path):
    until = today() + timedelta(days=30)
    token = entrusting.allow(cast.hr, name="Directory", purpose="Keeps people", scopes=["scim"], until=until, by=cast.admin)
    headers = {"Authorization": f"Bearer {entrusting.make_secret(token, by=cast.hr)}"}

    with served(committed, tmp_path, "--threads", "2") as (_group, port):
        client = Client(base_url=f"http://localhost:{port}/scim/v2", headers=headers, timeout=60)
        results = check_server(SyncSCIMClient(client))

    faults = {f"{one.title}: {one.reason}" for one in results if one.status in {Status.ERROR, Status.CRITICAL, Status.DEVIATION}}
    assert faults == set()
    assert len([one for one in results if one.status == Status.SUCCESS]) > 50
