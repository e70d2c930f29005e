"""Attachments as clients meet them: what comes in goes out byte by byte, and only to who may read (rules O95–O98, R109)."""

import resource
from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

import pytest

from lms.xapi import attachments, granting, identifiers
from lms.xapi.models import Attachment, AttachmentUse, Statement
from lms.xapi.multipart import Part
from tests.lms.xapi.attached import (
    BINARY,
    MIXED,
    body_of,
    certificate,
    declared,
    declared_signature,
    first,
    headers_of,
    jws,
    mixed,
    parsed,
    section,
    sha2_of,
    with_attachments,
    x5c,
)
from tests.lms.xapi.outside import PREFIX, Outside, make_outside
from tests.lms.xapi.valid_statements import NESTED_PLAIN, PLAIN, REGISTRATION, VOIDING, put

ID = "11111111-2222-4333-8444-555555555555"
WHERE = "https://learn.example.org/files/1"
OTHER = b"Another one"
both = pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])


def post(client, value, *contents):
    return client.post(mixed(value, *contents), content_type=MIXED)


def contents_of(response):
    return parsed(response)[1]


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def file_of(content):
    """Where this content is kept."""
    sha2 = sha2_of(content)
    return {f"private/xapi/{sha2[:2]}/{sha2}": content}


def counts():
    return [model.objects.count() for model in (Statement, Attachment, AttachmentUse)]


def answered(response):
    """Status, path and rule of a refusal."""
    said = response.json()
    return response.status_code, said["path"], said["rule"]


# --- in and out -------------------------------------------------------------------------------------------------------


@both
def test_what_is_posted_comes_out_byte_by_byte(anybody, folder, version):  # O98
    client = replace(anybody, version=version)
    statement = with_attachments(declared(BINARY))

    [statement_id] = post(client, statement, BINARY).json()

    single, listed = (client.get(attachments="true", **asked) for asked in ({"statementId": statement_id}, {}))
    assert parsed(single)[0]["attachments"] == statement["attachments"]
    assert [one["id"] for one in parsed(listed)[0]["statements"]] == [statement_id]
    assert (contents_of(single), contents_of(listed)) == ([BINARY], [BINARY])
    assert files(folder) == file_of(BINARY)


@both
def test_what_is_put_comes_out_byte_by_byte(anybody, version):
    client = replace(anybody, version=version)

    response = client.put(mixed(with_attachments(declared(BINARY)), BINARY), content_type=MIXED, statementId=ID)

    assert (response.status_code, response.content) == (204, b"")
    assert contents_of(client.get(statementId=ID, attachments="true")) == [BINARY]


def test_a_content_goes_out_with_its_headers(anybody):
    post(anybody, with_attachments(declared(BINARY)), BINARY)

    response = anybody.get(attachments="true")

    boundary = response["Content-Type"].removeprefix('multipart/mixed; boundary="').removesuffix('"')
    assert response.content.endswith(
        body_of(section(headers_of(BINARY), BINARY), boundary=boundary),
    )


def test_without_being_asked_the_answer_is_json(anybody):  # C41
    [statement_id] = post(anybody, with_attachments(declared(BINARY)), BINARY).json()

    answers = [anybody.get(**asked) for asked in ({}, {"attachments": "false"}, {"statementId": statement_id})]

    assert [one["Content-Type"] for one in answers] == ["application/json"] * 3
    assert [BINARY in one.content for one in answers] == [False] * 3


def test_head_tells_the_length_alone(anybody):
    post(anybody, with_attachments(declared(BINARY)), BINARY)

    got, head = anybody.get(attachments="true"), anybody.head(attachments="true")

    assert (head.content, head["Content-Length"]) == (b"", str(len(got.content)))
    assert head["Content-Type"].startswith("multipart/mixed; boundary=")


def test_each_statement_comes_with_its_own_and_a_list_with_each_content_once(anybody):  # O98
    batch = [
        with_attachments(declared(BINARY), declared(OTHER)),
        PLAIN,
        with_attachments(declared(OTHER), declared(OTHER), declared(b"")),
    ]

    ids = post(anybody, batch, b"", OTHER, BINARY).json()

    single = [contents_of(anybody.get(statementId=one, attachments="true")) for one in ids]
    assert single == [[BINARY, OTHER], [], [OTHER, b""]]
    assert sorted(contents_of(anybody.get(attachments="true"))) == sorted([b"", OTHER, BINARY])
    assert counts() == [3, 3, 5]


def test_more_goes_on_with_attachments(anybody):
    for content in (BINARY, OTHER):
        post(anybody, with_attachments(declared(content)), content)

    newest = anybody.get(attachments="true", limit="1")
    older = anybody.follow(parsed(newest)[0]["more"])

    assert (contents_of(newest), contents_of(older)) == ([OTHER], [BINARY])


@both
def test_an_attachment_of_a_sub_statement_is_kept(anybody, version):
    client = replace(anybody, version=version)
    statement = put(NESTED_PLAIN, "$.object.attachments", [declared(OTHER)])

    post(client, {**statement, "attachments": [declared(BINARY)]}, OTHER, BINARY)

    assert contents_of(client.get(attachments="true")) == [BINARY, OTHER]


@pytest.mark.parametrize("algorithm", ["sha224", "sha384", "sha512"])
def test_any_sha2_finds_its_part_in_either_case(anybody, algorithm):  # O96
    sha2 = sha2_of(BINARY, algorithm)
    part = section(headers_of(BINARY, **{"X-Experience-API-Hash": sha2}), BINARY)

    anybody.post(body_of(first(with_attachments(declared(BINARY, sha2=sha2.upper()))), part), content_type=MIXED)

    assert contents_of(anybody.get(attachments="true")) == [BINARY]


# --- with fileUrl -----------------------------------------------------------------------------------------------------


@both
def test_what_says_where_it_lies_needs_no_part(anybody, folder, version):  # O95, O97
    client = replace(anybody, version=version)
    statement = with_attachments(declared(BINARY, fileUrl=WHERE))

    answers = [client.post(statement), client.post([statement]), post(client, statement), post(client, PLAIN), post(client, [])]

    assert [one.status_code for one in answers] == [200] * 5
    assert contents_of(client.get(attachments="true")) == []
    assert (counts(), files(folder)) == ([4, 0, 0], {})


def test_what_is_sent_is_kept_although_it_lies_elsewhere_too(anybody):
    post(anybody, with_attachments(declared(BINARY, fileUrl=WHERE), declared(OTHER, fileUrl=WHERE)), OTHER)

    assert contents_of(anybody.get(attachments="true")) == [OTHER]


# --- refused ----------------------------------------------------------------------------------------------------------

BARE = with_attachments(declared(BINARY))
PART = section(headers_of(BINARY), BINARY)
WRONG = {
    "no part, as JSON": (BARE, "application/json", "$.attachments[0]", "Data 2.4.11"),
    "no part": (mixed(BARE), MIXED, "$.attachments[0]", "Data 2.4.11"),
    "one of two parts": (
        mixed([PLAIN, with_attachments(declared(BINARY), declared(OTHER))], BINARY),
        MIXED,
        "$[1].attachments[1]",
        "Data 2.4.11",
    ),
    "no part, in a sub-statement": (
        mixed(put(NESTED_PLAIN, "$.object.attachments", [declared(BINARY)])),
        MIXED,
        "$.object.attachments[0]",
        "Data 2.4.11",
    ),
    "a part nobody names": (mixed(BARE, BINARY, OTHER), MIXED, "$", "Data 2.4.11"),
    "a part without attachments": (mixed(PLAIN, BINARY), MIXED, "$", "Data 2.4.11"),
    "a part without statements": (mixed([], BINARY), MIXED, "$", "Data 2.4.11"),
    "another hash of the same content": (
        mixed(with_attachments(declared(BINARY, "sha512")), BINARY),
        MIXED,
        "$.attachments[0]",
        "Data 2.4.11",
    ),
    "other content": (body_of(first(BARE), section(headers_of(BINARY), OTHER)), MIXED, "$", "Communication 1.5.2"),
    "no hash": (
        body_of(first(BARE), section(headers_of(BINARY, **{"X-Experience-API-Hash": None}), BINARY)),
        MIXED,
        "$",
        "Communication 1.5.2",
    ),
    "encoded": (
        body_of(first(BARE), section(headers_of(BINARY, **{"Content-Transfer-Encoding": "base64"}), BINARY)),
        MIXED,
        "$",
        "Communication 1.5.2",
    ),
    "the part first": (body_of(PART, first(BARE)), MIXED, "$", "Communication 1.5.2"),
    "no boundary": (mixed(BARE, BINARY), "multipart/mixed", "Content-Type", "Communication 1.5.2"),
    "another boundary": (mixed(BARE, BINARY), "multipart/mixed; boundary=x", "$", "Communication 1.5.2"),
    "a form": (mixed(BARE, BINARY), MIXED.replace("mixed", "form-data"), "Content-Type", "Communication 1.5.2"),
    "no JSON": (body_of(section({"Content-Type": "application/json"}, b"{"), PART), MIXED, "$", "Communication 2.1"),
    "a wrong statement beside it": (mixed([BARE, {**PLAIN, "verb": {"id": "x"}}], BINARY), MIXED, "$[1].verb.id", "Data 4.3"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_breaks_a_rule_is_refused_whole(anybody, folder, name):  # O95, O96
    body, content_type, path, rule = WRONG[name]

    response = anybody.post(body, content_type=content_type)

    assert answered(response) == (400, path, f"xAPI 1.0.3 {rule}")
    assert (counts(), files(folder)) == ([0, 0, 0], {})


@both
def test_put_is_refused_by_the_same_rules(anybody, folder, version):
    client = replace(anybody, version=version)

    answers = [client.put(body, content_type=MIXED, statementId=ID) for body in (mixed(BARE), mixed(PLAIN, BINARY))]

    assert [answered(one)[:2] for one in answers] == [(400, "$.attachments[0]"), (400, "$")]
    assert (counts(), files(folder)) == ([0, 0, 0], {})


@pytest.mark.parametrize("limit", ["XAPI_ATTACHMENT_LIMIT", "XAPI_BODY_LIMIT"])
def test_what_is_too_large_is_refused(anybody, folder, settings, limit):
    setattr(settings, limit, len(BINARY) - 1)

    response = post(anybody, BARE, BINARY)

    assert (response.status_code, response.json()["path"]) == (413, "$")
    assert (counts(), files(folder)) == ([0, 0, 0], {})


def test_of_a_conflict_nothing_is_kept(anybody, folder):
    anybody.put(PLAIN, statementId=ID)

    response = post(anybody, [with_attachments(declared(OTHER)), {**BARE, "id": ID}], BINARY, OTHER)

    assert (response.status_code, counts(), files(folder)) == (409, [1, 0, 0], {})


def test_of_what_a_client_may_not_write_nothing_is_kept(writer, folder):
    response = post(writer, {**BARE, "object": {"id": "urn:x"}}, BINARY)

    assert (response.status_code, counts(), files(folder)) == (403, [0, 0, 0], {})


@pytest.fixture
def small_disk():
    """Lets no file grow beyond 4,500,000 bytes; the database is smaller."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_500_000, before[1]))
    yield partial(resource.setrlimit, resource.RLIMIT_FSIZE, before)
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_cannot_be_written_whole_is_not_there_at_all(anybody, folder, small_disk):
    large = b"x" * 4_600_000
    batch = [BARE, with_attachments(declared(large))]
    with pytest.raises(OSError, match="File too large"):
        post(anybody, batch, BINARY, large)
    assert (counts(), files(folder).keys() - file_of(BINARY)) == ([0, 0, 0], set())

    small_disk()
    assert post(anybody, batch, BINARY, large).status_code == 200
    assert files(folder) == file_of(BINARY) | file_of(large)


def test_a_statement_has_as_many_attachments_as_the_table_counts():
    named = [declared(BINARY)] * 32_768
    parts = {sha2_of(BINARY): Part(sha2_of(BINARY), BINARY, "image/png")}

    assert attachments.check(with_attachments(*named[1:]), parts) is None
    assert attachments.check(with_attachments(*named), parts) == (
        "$.attachments[32767]",
        "A statement has at most 32,767 attachments.",
        "xAPI 1.0.3 Data 2.4.11",
    )


# --- kept once --------------------------------------------------------------------------------------------------------


def test_the_same_content_again_is_one_file_and_one_row(anybody, writer, folder):
    post(anybody, with_attachments(declared(BINARY)), BINARY)
    post(anybody, with_attachments(declared(BINARY), declared(OTHER)), BINARY, OTHER)
    post(writer, with_attachments(declared(BINARY)), BINARY)

    assert (counts(), files(folder)) == ([3, 2, 4], file_of(BINARY) | file_of(OTHER))
    assert contents_of(writer.get(attachments="true")) == [BINARY]


def test_the_same_statement_again_changes_nothing(anybody, folder):
    statement = {**BARE, "id": ID}

    answers = [post(anybody, statement, BINARY), post(anybody, [statement, BARE], BINARY), post(anybody, statement, BINARY)]

    assert [one.status_code for one in answers] == [200] * 3
    assert (counts(), files(folder)) == ([2, 1, 2], file_of(BINARY))


def test_a_file_that_was_left_without_a_row_is_taken(anybody, folder):
    post(anybody, BARE, BINARY)
    AttachmentUse.objects.all().delete()
    Attachment.objects.all().delete()

    post(anybody, BARE, BINARY)

    assert files(folder) == file_of(BINARY)
    assert contents_of(anybody.get(attachments="true")) == [BINARY]


def test_what_is_kept_of_a_content_is_counted(anybody):
    post(anybody, BARE, BINARY)

    kept = Attachment.objects.get()
    assert (kept.sha2, kept.length, kept.content_type) == (sha2_of(BINARY), len(BINARY), "image/png")


@pytest.mark.parametrize("name", ["../../evil.html", "/etc/passwd", "evil.html", "..%2fevil"])
def test_no_name_of_a_file_comes_from_its_sender(anybody, folder, name):
    headers = headers_of(BINARY, **{"Content-Type": f'image/png; name="{name}"'})
    headers |= {"Content-Disposition": f'attachment; filename="{name}"', "Content-Location": name}

    assert anybody.post(body_of(first(BARE), section(headers, BINARY)), content_type=MIXED).status_code == 200

    assert files(folder) == file_of(BINARY)


@pytest.mark.parametrize("sha2", ["../../evil", f"../{sha2_of(BINARY)[3:]}", f"{sha2_of(BINARY)}/..", f"{sha2_of(BINARY)}\0"])
def test_a_hash_is_no_path(anybody, folder, sha2):
    part = section(headers_of(BINARY, **{"X-Experience-API-Hash": sha2}), BINARY)

    response = anybody.post(body_of(first(with_attachments(declared(BINARY, sha2=sha2))), part), content_type=MIXED)

    assert (response.status_code, counts(), files(folder)) == (400, [0, 0, 0], {})


@pytest.mark.parametrize("content_type", ["text/plain\0", "text/html\r\n\tX-Evil: 1", "x" * 300, "t\u00e9xt/plain"])
def test_a_content_type_that_no_header_holds_breaks_nothing(anybody, content_type):
    part = section(headers_of(BINARY, **{"Content-Type": content_type}), BINARY)

    assert anybody.post(body_of(first(BARE), part), content_type=MIXED).status_code == 200

    response = anybody.get(attachments="true")
    assert contents_of(response) == [BINARY]
    assert b"\nX-Evil" not in response.content


# --- who reads them ---------------------------------------------------------------------------------------------------


def test_a_voided_statement_keeps_its_attachment(anybody, folder):
    [statement_id] = post(anybody, BARE, BINARY).json()

    anybody.post(put(VOIDING, "$.object.id", statement_id))

    assert contents_of(anybody.get(attachments="true")) == []
    assert anybody.get(statementId=statement_id, attachments="true").status_code == 404
    assert contents_of(anybody.get(voidedStatementId=statement_id, attachments="true")) == [BINARY]
    assert files(folder) == file_of(BINARY)


def test_a_client_reads_the_attachments_of_its_own_statements(writer, other):
    [statement_id] = post(writer, BARE, BINARY).json()

    assert contents_of(writer.get(attachments="true")) == [BINARY]
    assert contents_of(other.get(attachments="true")) == []
    assert other.get(statementId=statement_id, attachments="true").status_code == 404


def test_who_knows_a_hash_does_not_get_the_content(writer, other):
    post(writer, BARE, BINARY)

    other.post(with_attachments(declared(BINARY, fileUrl=WHERE)))
    post(other, with_attachments(declared(BINARY, fileUrl=WHERE), declared(OTHER)), OTHER)

    assert contents_of(other.get(attachments="true")) == [OTHER]


def test_a_learner_reads_no_attachments_of_others(anybody):
    token, secret = granting.launch(
        identifiers.agent_identifier(PLAIN["actor"]), registration=UUID(REGISTRATION), activity_prefix=PREFIX
    )
    learner = Outside(token, secret)
    own, of_another, of_another_time = (
        {**with_attachments(declared(content)), "actor": actor, "context": {"registration": registration}}
        for content, actor, registration in [
            (b"own", PLAIN["actor"], REGISTRATION),
            (b"of another", {"mbox": "mailto:zoe@example.org"}, REGISTRATION),
            (b"of another time", PLAIN["actor"], str(uuid4())),
        ]
    )

    post(learner, own, b"own")
    ids = post(anybody, [of_another, of_another_time], b"of another", b"of another time").json()

    assert contents_of(learner.get(attachments="true")) == [b"own"]
    assert [learner.get(statementId=one, attachments="true").status_code for one in ids] == [404, 404]


def test_who_may_not_read_gets_no_attachment(anybody):
    post(anybody, BARE, BINARY)
    mute = make_outside("statements/write")

    response = mute.get(attachments="true")

    assert (response.status_code, BINARY in response.content) == (403, False)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_reads_its_attachments_in_one_query(anybody, count, django_assert_num_queries):
    for number in range(count):
        post(anybody, with_attachments(declared(b"%d" % number)), b"%d" % number)
    seqs = list(Statement.objects.values_list("seq", flat=True))

    with django_assert_num_queries(1):
        assert len(attachments.kept_of(seqs)) == count


# --- signatures -------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("header", [{}, {"x5c": x5c(certificate())}], ids=["a key alone", "a certificate"])
def test_a_signed_statement_is_taken_and_its_signature_given_back(anybody, version, header):  # R109
    client = replace(anybody, version=version)
    statement = {**with_attachments(declared(BINARY)), "id": ID, "result": {"duration": "PT1.239S"}}
    signature = jws(statement, **header)

    response = post(client, {**statement, "attachments": [declared_signature(signature), declared(BINARY)]}, signature, BINARY)

    assert response.status_code == 200
    assert contents_of(client.get(statementId=ID, attachments="true")) == [signature, BINARY]


@both
@pytest.mark.parametrize(
    "signature",
    [
        jws(PLAIN, alg="HS256"),
        jws(PLAIN, alg="none"),
        jws({**PLAIN, "result": {"success": True}}),
        jws(PLAIN, key="other", x5c=x5c(certificate())),
        jws(PLAIN, x5c=x5c(b"")),
        b"no signature",
    ],
    ids=["HS256", "none", "another statement", "another key", "no certificate", "no signature"],
)
def test_a_wrong_signature_refuses_the_batch(anybody, folder, version, signature):  # R109
    batch = [PLAIN, with_attachments(declared_signature(signature))]

    response = post(replace(anybody, version=version), batch, signature)

    assert answered(response) == (400, "$[1].attachments[0]", "xAPI 1.0.3 Data 2.6")
    assert (counts(), files(folder)) == ([0, 0, 0], {})


def test_a_signature_that_lies_elsewhere_is_refused(anybody):  # R109
    signature = declared_signature(jws(PLAIN), fileUrl=WHERE)

    answers = [anybody.post(with_attachments(signature)), post(anybody, with_attachments(signature))]

    assert [answered(one) for one in answers] == [(400, "$.attachments[0]", "xAPI 1.0.3 Data 2.6")] * 2


def test_a_signature_has_its_content_type(anybody):  # R109
    signature = {**declared_signature(jws(PLAIN)), "contentType": "application/jose"}

    response = post(anybody, with_attachments(signature), jws(PLAIN))

    assert answered(response) == (400, "$.attachments[0].contentType", "xAPI 1.0.3 Data 2.6")
