import time

import pytest

from lms.xapi.signals import statements_stored
from tests.lms.xapi.outside import make_outside


@pytest.fixture
def anybody(db):
    """A client that writes and reads everything."""
    return make_outside("all")


@pytest.fixture
def writer(db):
    """A client that writes about its own activities and reads what it wrote."""
    return make_outside("statements/write", "statements/read/mine")


@pytest.fixture
def other(db):
    """A second one."""
    return make_outside("statements/write", "statements/read/mine")


@pytest.fixture
def announced():
    """What the store announced: one tuple of statements a batch."""
    found = []

    def listen(sender, statements, **kwargs):
        found.append(statements)

    statements_stored.connect(listen)
    yield found
    statements_stored.disconnect(listen)


@pytest.fixture
def wait_a_millisecond():
    """Lets the clock go on, so that the next statement is stored later than the last."""
    return lambda: time.sleep(0.002)
