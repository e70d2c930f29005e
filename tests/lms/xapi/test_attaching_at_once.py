"""Batches that bring the same new attachment at the same moment: one file, one row, and each statement keeps its own (O98)."""

import threading
from functools import partial

import pytest
from django.db import connection, transaction

from lms.xapi.models import Attachment, AttachmentUse, Statement
from tests.lms.xapi.attached import BINARY, MIXED, declared, mixed, parsed, sha2_of, with_attachments
from tests.lms.xapi.outside import make_outside
from tests.racing import at_once

pytestmark = pytest.mark.postgres

OTHER = b"Another one"


@pytest.fixture
def db(committed):
    """Threads see what others commit."""


@pytest.fixture
def client(db):
    return make_outside("all")


def post(client, *contents, order=1):
    """Sends a statement with these attachments. The status of the answer, and what is kept of it."""
    response = client.post(mixed(with_attachments(*map(declared, contents)), *contents[::order]), content_type=MIXED)
    [statement_id] = response.json()
    return response.status_code, parsed(client.get(statementId=statement_id, attachments="true"))[1]


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("held_at", [Attachment, AttachmentUse])
def test_the_same_new_content_twice_at_once_is_kept_once(client, folder, held_at):
    answers = at_once(partial(post, client, BINARY), partial(post, client, BINARY), held_at=held_at)

    assert answers == [(200, [BINARY]), (200, [BINARY])]
    assert [model.objects.count() for model in (Statement, Attachment, AttachmentUse)] == [2, 1, 2]
    assert files(folder) == [sha2_of(BINARY)]


@pytest.mark.parametrize("held_at", [Attachment, AttachmentUse])
def test_the_same_new_contents_in_other_orders_do_not_block_each_other(client, folder, held_at):
    answers = at_once(
        partial(post, client, BINARY, OTHER), partial(post, client, OTHER, BINARY), partial(post, client, OTHER), held_at=held_at
    )

    assert answers == [(200, [BINARY, OTHER]), (200, [OTHER, BINARY]), (200, [OTHER])]
    assert [model.objects.count() for model in (Statement, Attachment, AttachmentUse)] == [3, 2, 5]
    assert files(folder) == sorted([sha2_of(BINARY), sha2_of(OTHER)])


def test_who_waits_for_a_batch_that_fails_keeps_the_content_herself(client, folder):
    answers = []

    def store():
        answers.append(post(client, BINARY))
        connection.close()

    thread = threading.Thread(target=store)
    with transaction.atomic():
        post(client, BINARY)
        thread.start()
        thread.join(0.5)
        meanwhile = list(answers)
        transaction.set_rollback(True)
    thread.join(20)

    assert (meanwhile, answers) == ([], [(200, [BINARY])])
    assert [model.objects.count() for model in (Statement, Attachment, AttachmentUse)] == [1, 1, 1]
    assert files(folder) == [sha2_of(BINARY)]
