"""Attachments on their way through the resource: with their bytes, with an address, with neither (rules O95-O98, C30, C41)."""

import hashlib
import json

import pytest
from django.core.files.storage import storages

from lms.xapi import multipart
from lms.xapi.models import Attachment, AttachmentUse, Statement
from lms.xapi.multipart import Part
from tests.lms.xapi.valid_statements import NESTED_PLAIN, PLAIN, put

CONTENT = b"granted\r\n\xff\x00"
SHA2 = hashlib.sha256(CONTENT).hexdigest()

pytestmark = pytest.mark.usefixtures("private_files")


def attachment(content=CONTENT, **changes):
    return {
        "usageType": "https://example.org/usage/certificate",
        "display": {"en": "Certificate"},
        "contentType": "application/pdf",
        "length": len(content),
        "sha2": hashlib.sha256(content).hexdigest(),
        **changes,
    }


def part(content=CONTENT):
    return Part(hashlib.sha256(content).hexdigest(), content, "application/pdf")


def with_(*attachments, statement=PLAIN):
    return {**statement, "attachments": [*attachments]}


def send(client, statements, *parts, method="POST", **parameters):
    body, content_type = multipart.write(json.dumps(statements), parts)
    return client.send(method, body, content_type=content_type, **parameters)


def received(response):
    """The JSON and the parts of an answer."""
    return multipart.parse(response.content, response["Content-Type"], most=1_000)


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_bytes_come_back_as_they_were_sent(anybody, version):
    anybody.version = version
    [statement_id] = send(anybody, with_(attachment()), part()).json()

    single = anybody.get(statementId=statement_id, attachments="true")
    listed = anybody.get(attachments="true")

    assert received(single).parts == received(listed).parts == {SHA2: part()}
    assert received(single).json == anybody.get(statementId=statement_id).content
    assert received(listed).json == anybody.get(attachments="false").content
    assert anybody.get()["Content-Type"] == "application/json"


def test_a_statement_is_put_with_its_attachment(anybody):
    statement_id = "11111111-2222-4333-8444-555555555555"

    assert send(anybody, with_(attachment()), part(), method="PUT", statementId=statement_id).status_code == 204
    assert received(anybody.get(statementId=statement_id, attachments="true")).parts == {SHA2: part()}


def test_a_part_belongs_to_a_sub_statement_too(anybody):
    [statement_id] = send(anybody, put(NESTED_PLAIN, "$.object.attachments", [attachment()]), part()).json()

    assert received(anybody.get(statementId=statement_id, attachments="true")).parts == {SHA2: part()}


def test_one_content_is_kept_and_sent_once(anybody):
    send(anybody, [with_(attachment(), attachment(display={"en": "Again"})), with_(attachment())], part())

    assert (Attachment.objects.count(), AttachmentUse.objects.count()) == (1, 3)
    assert storages["private"].listdir(f"xapi/{SHA2[:2]}") == ([], [SHA2])
    assert anybody.get(attachments="true").content.count(CONTENT) == 1


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_several_parts_are_taken_without_any_attachment(anybody, version):
    anybody.version = version

    answers = [send(anybody, PLAIN), send(anybody, with_(attachment(fileUrl="https://example.org/1.pdf")))]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert received(anybody.get(attachments="true")).parts == {}


def test_json_alone_names_an_address_for_each_attachment(anybody):
    nowhere = anybody.post(with_(attachment()))

    assert (nowhere.status_code, nowhere.json()["path"]) == (400, "$.attachments[0]")
    assert anybody.post(with_(attachment(fileUrl="https://example.org/1.pdf"))).status_code == 200


@pytest.mark.parametrize(
    ("statements", "parts", "path"),
    [
        (PLAIN, [part()], "$"),
        (with_(attachment()), [part(), part(b"other")], "$"),
        (with_(attachment(), attachment(b"other")), [part()], "$.attachments[1]"),
        ([with_(attachment()), with_(attachment(b"other"))], [part()], "$[1].attachments[0]"),
    ],
)
def test_parts_and_attachments_belong_together(anybody, statements, parts, path):
    answer = send(anybody, statements, *parts)

    assert (answer.status_code, answer.json()["path"]) == (400, path)
    assert (Statement.objects.count(), Attachment.objects.count()) == (0, 0)
    assert not storages["private"].exists("xapi")


def test_a_content_that_is_too_large_is_answered_with_413(anybody, settings):
    settings.XAPI_ATTACHMENT_LIMIT = len(CONTENT) - 1

    assert send(anybody, with_(attachment()), part()).status_code == 413
