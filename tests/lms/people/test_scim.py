"""The SCIM service: what a directory may and may not do to people here."""

import gc
import json
from datetime import timedelta
from weakref import ref

import pytest
from django.test import Client
from scim2_models import ListResponse, PatchOp, SearchRequest

from courses.models import Assignment, Completion
from lms.days import today
from lms.people import entrusting, inviting
from lms.people.models import AccessEntry, Posting, ScimRecord, User
from lms.people.provisioning import ENTERPRISE, POSTING
from lms.people.scim_schemas import described_with
from tests.factories.asking import make_line, make_offered
from tests.factories.learning import complete

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def secret(cast, settings):
    settings.PUBLIC_URL = "http://testserver"
    return token_of(cast.hr, cast, "scim")


def token_of(owner, cast, scope):
    until = today() + timedelta(days=30)
    token = entrusting.allow(owner, name="Directory", purpose="Keeps people", scopes=[scope], until=until, by=cast.admin)
    return entrusting.make_secret(token, by=owner)


class Directory:
    def __init__(self, secret: str):
        self.headers = {"authorization": f"Bearer {secret}"}

    def ask(self, method: str, path: str, document=None, **headers):
        response = Client().generic(
            method,
            f"/scim/v2/{path}",
            json.dumps(document) if document is not None else "",
            content_type="application/scim+json",
            headers=self.headers | headers,
        )
        return response.status_code, json.loads(response.content) if response.content else None

    def patch(self, key: str, *operations, **headers):
        return self.ask("PATCH", f"Users/{key}", {"schemas": [PATCH], "Operations": list(operations)}, **headers)


@pytest.fixture
def directory(secret):
    return Directory(secret)


def document(cast, **values):
    return {
        "schemas": [CORE, ENTERPRISE, POSTING],
        "userName": "nina@osce.test",
        "name": {"givenName": "Nina", "familyName": "Newcomer"},
        "emails": [{"value": "Nina@osce.test", "type": "work", "primary": True}],
        "active": True,
        ENTERPRISE: {"employeeNumber": "N-1", "department": "MIS", "manager": {"value": str(cast.manager.uuid)}},
        POSTING: {"dutyStation": "Skopje", "functionGroup": "police", "contractType": "seconded"},
        **values,
    }


def test_a_person_comes_moves_leaves_and_comes_back_whole(cast, course, directory, mailoutbox):
    status, made = directory.ask("POST", "Users", document(cast, password="never kept", title="Adviser"))
    assert status == 201, made
    nina = User.objects.get(uuid=made["id"])
    inviting.invite_newcomers()
    post = Posting.objects.get(person=nina)
    complete(nina, course)

    directory.patch(made["id"], {"op": "replace", "path": "active", "value": False})
    nina.refresh_from_db()
    closed = (nina.is_active, User.objects.active_on(today()).filter(pk=nina.pk).exists())
    directory.patch(made["id"], {"op": "replace", "path": "active", "value": True})
    reopened = User.objects.active_on(today()).filter(pk=nina.pk).exists()
    hers = Client()
    hers.force_login(nina)
    seen = [hers.get("/my/").status_code]
    gone = directory.ask("DELETE", f"Users/{made['id']}")
    seen.append(hers.get("/my/").status_code)
    lost = directory.ask("GET", f"Users/{made['id']}")[0]
    heir = directory.ask("POST", "Users", document(cast, **{ENTERPRISE: {"employeeNumber": "N-2"}}))[0]
    _status, again = directory.ask("POST", "Users", document(cast))

    assert (status, nina.source, nina.staff_number, nina.email) == (201, "scim", "N-1", "nina@osce.test")
    assert (nina.has_usable_password(), [mail.to for mail in mailoutbox]) == (False, [["nina@osce.test"]])
    assert (post.structure, post.manager, post.function_group, post.contract_type) == (
        cast.mission,
        cast.manager,
        "police",
        "seconded",
    )
    assert "password" not in json.dumps(ScimRecord.objects.get().said)
    assert "Adviser" not in json.dumps(made)
    assert (closed, reopened, gone, lost, heir) == ((False, False), True, (204, None), 404, 409)
    assert (seen, hers.session.get("_auth_user_id")) == ([200, 302], None)
    assert (again["id"], Completion.objects.filter(enrolment__person=nina).count()) == (made["id"], 1)
    told = AccessEntry.objects.filter(person=nina, what__startswith="SCIM").order_by("pk").values_list("what", flat=True)
    assert list(told)[:3] == ["SCIM: created", "SCIM: changed", "SCIM: changed"]


def test_filters_pages_and_versions(cast, directory):
    for number in range(1, 4):
        name = f"p{number}@osce.test"
        directory.ask("POST", "Users", {"schemas": [CORE], "userName": name, "displayName": f"P {number}", "active": number != 2})

    found = {
        query: [one["userName"][:2] for one in directory.ask("GET", f"Users?{query}")[1].get("Resources", [])]
        for query in (
            "startIndex=2&count=1",
            'filter=userName eq "P3@osce.test"',
            "filter=active eq true",
            'filter=displayName co "2"',
            "sortBy=userName&sortOrder=descending",
        )
    }
    _status, page = directory.ask("GET", "Users?count=1")
    key = page["Resources"][0]["id"]
    change = {"op": "replace", "path": "displayName", "value": "Another"}

    assert list(found.values()) == [["p2"], ["p3"], ["p1", "p3"], ["p2"], ["p3", "p2", "p1"]]
    assert page["totalResults"] == 3
    assert directory.patch(key, change, **{"if-match": 'W/"99"'})[0] == 412
    assert directory.patch(key, change, **{"if-match": page["Resources"][0]["meta"]["version"]})[0] == 204


def test_odd_questions_are_answered_or_refused_in_words(cast, directory):
    for number in (1, 2):
        directory.ask(
            "POST", "Users", document(cast, **{"userName": f"p{number}", "emails": [], ENTERPRISE: {"department": "MIS"}})
        )
    cases = {
        "Users?startIndex=0": (200, 2),
        "Users?startIndex=-1&count=-1": (200, 0),
        f"Users?startIndex={10**30}": (200, 0),
        "Users?count=0": (200, 0),
        "Users?count=many": (400, None),
        f'Users?filter={ENTERPRISE.upper()}:DEPARTMENT eq "mis" and not (userName eq "P1")': (200, 1),
        'Users?filter=meta.lastModified gt "2020-01-01T00:00:00Z" or externalId eq "x"': (200, 2),
        'Users?filter=userName eq "\\u0000"': (400, None),
        'Users?filter=userName eq "\\ud800"': (400, None),
        "Users?filter=nobody eq": (400, None),
        "Users/%00": (400, None),
    }

    answers = {path: directory.ask("GET", path) for path in cases}

    found = {path: (status, len(said["Resources"]) if status == 200 else None) for path, (status, said) in answers.items()}
    assert found == cases
    assert [said["totalResults"] for status, said in answers.values() if status == 200] == [2, 2, 2, 2, 1, 2]


def test_what_a_directory_writes_in_its_own_way_is_understood(cast, directory):
    _status, made = directory.ask("POST", "Users", document(cast))
    nina, boss = User.objects.get(uuid=made["id"]), str(cast.hr.uuid)
    path = f"{ENTERPRISE}:manager"
    said = []

    for operation in (
        {"op": "Add", "path": path, "value": boss},
        {"op": "Remove", "path": path},
        {"op": "Add", "path": path, "value": [{"$ref": None, "value": boss}]},
        {"op": "Replace", "path": path, "value": {"value": str(cast.manager.uuid)}},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "value": {"active": True, "name.familyName": "Neu"}},
    ):
        status, _answer = directory.patch(made["id"], operation)
        nina.refresh_from_db()
        manager = Posting.objects.on(today()).filter(person=nina).values_list("manager", flat=True).first()
        said.append((status, manager, nina.is_active))

    assert said == [
        (204, cast.hr.pk, True),
        (204, None, True),
        (204, cast.hr.pk, True),
        (204, cast.manager.pk, True),
        (204, cast.manager.pk, False),
        (204, cast.manager.pk, True),
    ]
    assert nina.official_name == "Nina Neu"


def test_only_the_word_that_she_is_active_lets_her_in_again(cast, directory):
    key = directory.ask("POST", "Users", document(cast))[1]["id"]
    directory.patch(key, {"op": "replace", "path": "active", "value": False})
    silent = document(cast)
    del silent["active"]

    states = []
    for change in (
        lambda: directory.patch(key, {"op": "remove", "path": "active"}),
        lambda: directory.ask("PUT", f"Users/{key}", silent),
        lambda: directory.patch(key, {"op": "replace", "value": {"active": True}}),
    ):
        assert change()[0] in {200, 204}
        states.append(User.objects.get(uuid=key).is_active)

    assert states == [False, False, True]


def test_a_change_has_the_rules_worked_out_for_that_person_only(cast, directory, run_tasks, django_capture_on_commit_callbacks):
    """A directory that brings everybody would else have them worked out for everybody as many times."""
    make_line(make_offered("FND"))

    for number in (1, 2):
        with django_capture_on_commit_callbacks(execute=True):
            said = document(cast, userName=f"p{number}", emails=[], **{ENTERPRISE: {"department": "MIS"}})
            directory.ask("POST", "Users", said)
    run_tasks()

    asked = {row.person.scim_record.user_name for row in Assignment.objects.filter(person__source="scim")}
    assert (asked, Assignment.objects.count()) == ({"p1", "p2"}, 2)


def test_what_is_known_of_the_service_is_worked_out_once(db):
    described = described_with(("MIS",))
    kept = [ref(one) for one in (ListResponse[described.person], PatchOp[described.person], SearchRequest[described.person])]

    gc.collect()

    assert None not in [one() for one in kept]


def test_what_a_directory_is_refused(cast, directory):
    User.objects.filter(pk=cast.lea.pk).update(staff_number="S-LEA")
    lea = User.objects.get(pk=cast.lea.pk)
    stranger = {"value": cast.lea.email}
    cases = {
        "a number of the feed": (document(cast, **{ENTERPRISE: {"employeeNumber": lea.staff_number}}), 409),
        "an address of the feed": (document(cast, emails=[stranger]), 409),
        "a structure that is not there": (document(cast, **{ENTERPRISE: {"department": "MOON"}}), 400),
        "no address": (document(cast, emails=[{"value": "nina"}]), 400),
        "no name": ({"schemas": [CORE]}, 400),
        "a blank name": ({"schemas": [CORE], "userName": " "}, 400),
        "a NUL": ({"schemas": [CORE], "userName": "n\0"}, 400),
        "half of a character": (document(cast, userName="n\ud800@osce.test"), 400),
        "a number of the feed in other letters": (document(cast, **{ENTERPRISE: {"employeeNumber": "s-lea"}}), 409),
    }

    answers = {name: directory.ask("POST", "Users", sent)[0] for name, (sent, _status) in cases.items()}
    hers = [directory.ask(method, f"Users/{lea.uuid}", document(cast))[0] for method in ("GET", "PUT", "DELETE")]

    assert answers == {name: status for name, (_sent, status) in cases.items()}
    assert hers == [404, 404, 404]
    assert (ScimRecord.objects.count(), User.objects.get(pk=lea.pk).official_name) == (0, lea.official_name)


def test_threat_4_a_token_of_another_kind_or_of_somebody_without_the_role_opens_nothing(cast, secret):
    answers = [
        Directory(text).ask("GET", "Users")[0]
        for text in (secret, "lfp_wrong_token", token_of(cast.hr2, cast, "feed"), token_of(cast.lea, cast, "scim"))
    ]
    cookie = Client()
    cookie.force_login(cast.hr)

    assert answers == [200, 401, 403, 403]
    assert cookie.get("/scim/v2/Users").status_code == 401
