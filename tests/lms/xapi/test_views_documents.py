"""State, agent profile and activity profile documents over HTTP: rules G68-G73, I76-I83, J84-J86, N94, R107, and items 7 and 8 of
what differs between 1.0.3 and 2.0. Rights: test_rights.py. Races: test_filing_at_once.py."""

import hashlib
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import product

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.xapi import identifiers
from lms.xapi.models import Activity, Agent, Document
from tests.lms.xapi.valid_statements import AGENTS, GROUPS

ACTIVITY = "https://learn.example.org/courses/1"
AMINA = AGENTS["mbox"]
REGISTRATION = "0d3e2b1a-0000-4000-8000-000000000001"
STATE = ("activities/state", {"activityId": ACTIVITY, "agent": AMINA, "stateId": "bookmark"})
AGENT_PROFILE = ("agents/profile", {"agent": AMINA, "profileId": "preferences"})
ACTIVITY_PROFILE = ("activities/profile", {"activityId": ACTIVITY, "profileId": "settings"})
RESOURCES = {"state": STATE, "agent profile": AGENT_PROFILE, "activity profile": ACTIVITY_PROFILE}
WRONG_TAG = f'"{"0" * 40}"'
unhurried = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60
)


class Shelf:
    """One document at its resource; parameters that are given replace its own, None leaves one out."""

    def __init__(self, client, resource, parameters, version="1.0.3"):
        self.client = client.at(resource, version)
        self.parameters = parameters

    def send(self, method, body=b"", *, headers=None, content_type="application/json", **changes):
        parameters = {name: value for name, value in {**self.parameters, **changes}.items() if value is not None}
        return self.client.send(method, body, headers=headers, content_type=content_type, **parameters)

    def get(self, **changes):
        return self.send("GET", **changes)

    def put(self, body, **options):
        return self.send("PUT", body, **options)

    def post(self, body, **options):
        return self.send("POST", body, **options)

    def delete(self, **options):
        return self.send("DELETE", **options)

    @property
    def ids(self):
        name = "stateId" if "stateId" in self.parameters else "profileId"
        response = self.get(**{name: None})
        assert response.status_code == 200
        return response.json()

    @property
    def id_name(self):
        return "stateId" if "stateId" in self.parameters else "profileId"


@pytest.fixture(params=RESOURCES)
def resource(request):
    return RESOURCES[request.param]


@pytest.fixture(params=["1.0.3", "2.0.0"])
def version(request):
    return request.param


@pytest.fixture
def shelf(anybody, resource, version):
    """Each of the three resources under each version."""
    return Shelf(anybody, *resource, version)


@pytest.fixture
def state(anybody):
    return Shelf(anybody, *STATE)


def everything():
    """All that a request could have left behind."""
    names = [(model.__name__, *row) for model in (Agent, Activity) for row in model.objects.order_by("pk").values_list()]
    return names + [(*row[:-2], bytes(row[-2]), row[-1]) for row in Document.objects.order_by("pk").values_list()]


def refused(response):
    said = response.json()
    assert list(said) == ["path", "finding", "rule"]
    assert said["finding"].endswith(".")
    return response.status_code, said["path"]


# --- what was sent comes back (rules I76, I80, I82, J85, N94) --------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b' {"a":\r\n1.10, "b":[]} \n'),
        ("application/json; charset=utf-8", b'{"\xc3\xa9":"\xc3\xa9"}'),
        ("text/plain", b"two\r\nlines\r"),
        ("Text/Plain;Charset=UTF-8", b"any case"),
        ("application/octet-stream", bytes(range(256))),
        ("image/png", b"\x89PNG\x00\xff"),
        ("text/html", b"<script>alert(1)</script>"),
    ],
)
def test_a_document_comes_back_byte_for_byte_with_its_type(shelf, content_type, body):
    put = shelf.put(body, content_type=content_type, headers={"If-None-Match": "*"})
    found = shelf.get()

    assert (put.status_code, put.content) == (204, b"")
    assert (found.status_code, found.content, found["Content-Type"]) == (200, body, content_type)


def test_a_posted_document_that_is_new_is_stored_as_it_is(shelf):
    assert shelf.post(b"\x00\xff", content_type="image/gif").status_code == 204

    assert (shelf.get().content, shelf.get()["Content-Type"]) == (b"\x00\xff", "image/gif")


def test_a_document_may_be_empty_and_without_a_type(shelf):
    assert shelf.put(b"", headers={"If-None-Match": "*"}).status_code == 204

    assert (shelf.get().status_code, shelf.get().content, shelf.get()["Content-Type"]) == (200, b"", "application/octet-stream")


def test_a_document_carries_its_tag_and_the_moment_of_its_change(shelf):
    before = timezone.now().replace(microsecond=0)
    shelf.post(b'{"a":1}')

    found = shelf.get()

    assert found["ETag"] == '"9f89c740ceb46d7418c924a78ac57941d5e96520"'
    assert before <= parsedate_to_datetime(found["Last-Modified"]) <= timezone.now()


def test_a_later_change_has_a_later_moment(shelf):
    shelf.post(b'{"a":1}')
    Document.objects.update(updated_at=datetime(2026, 1, 1, 12, tzinfo=UTC))
    first = shelf.get()["Last-Modified"]
    shelf.post(b'{"a":1}')

    assert first == "Thu, 01 Jan 2026 12:00:00 GMT"
    assert parsedate_to_datetime(shelf.get()["Last-Modified"]) > parsedate_to_datetime(first)


def test_a_clock_that_goes_back_does_not_turn_back_a_document(state):
    ahead = timezone.now() + timedelta(hours=1)
    state.post(b'{"a":1}')
    Document.objects.update(updated_at=ahead)

    state.post(b'{"a":2}')

    assert Document.objects.get().updated_at == ahead


def test_no_browser_runs_a_stored_page(shelf):
    shelf.put(b"<script>alert(1)</script>", content_type="text/html", headers={"If-None-Match": "*"})

    found = shelf.get()

    assert found["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (found["Content-Disposition"], found["X-Content-Type-Options"]) == ("attachment", "nosniff")


def test_head_has_the_headers_of_get_and_no_body(shelf):
    shelf.post(b'{"a":1}')

    for changes in ({}, {shelf.id_name: "unknown"}, {shelf.id_name: None}):
        get, head = shelf.get(**changes), shelf.send("HEAD", **changes)
        assert (head.status_code, head.content, head["Content-Length"]) == (get.status_code, b"", str(len(get.content)))
        assert {**head.headers} == {**get.headers, **{name: head[name] for name in ("Content-Length", "X-Request-ID")}}


def test_an_unknown_document_is_not_found(shelf):
    before = refused(shelf.get())
    shelf.post(b"{}")

    assert (before, refused(shelf.get(**{shelf.id_name: "other"}))) == ((404, "?"), (404, "?"))


def test_a_deleted_document_is_gone_and_may_be_deleted_again(shelf):
    shelf.post(b"{}")

    assert [shelf.delete().status_code, shelf.get().status_code, shelf.delete().status_code] == [204, 404, 204]
    assert Document.objects.count() == 0


def test_agents_and_activities_are_remembered_by_their_documents(anybody):
    for resource, parameters in RESOURCES.values():
        Shelf(anybody, resource, parameters).post(b"{}")

    assert list(Activity.objects.values_list("identifier", flat=True)) == [ACTIVITY]
    assert list(Agent.objects.values_list("identifier", flat=True)) == ["mbox:mailto:amina@example.org"]


@pytest.mark.parametrize("agent", [*AGENTS.values(), GROUPS["identified by mbox"]])
def test_every_identified_agent_may_have_documents(anybody, agent):
    for resource, parameters in (STATE, AGENT_PROFILE):
        shelf = Shelf(anybody, resource, {**parameters, "agent": agent})
        assert (shelf.post(b"{}").status_code, shelf.get().content) == (204, b"{}")


def test_an_agent_is_the_same_by_another_name(state):
    state.post(b"{}")

    assert state.get(agent={"mbox": "mailto:amina@EXAMPLE.org", "name": "Somebody"}).status_code == 200
    assert state.get(agent={"mbox": "mailto:Amina@example.org"}).status_code == 404


# --- what a key consists of (rules I77, I79, J84) --------------------------------------------------------------------


def test_with_and_without_registration_are_different_documents(state):
    state.post(b'{"none":1}')
    state.post(b'{"one":1}', registration=REGISTRATION)
    state.post(b'{"two":1}', registration=REGISTRATION.replace("1", "2"))

    found = [state.get(registration=one).content for one in (None, REGISTRATION, REGISTRATION.upper())]
    assert found == [b'{"none":1}', b'{"one":1}', b'{"one":1}']


def test_documents_of_others_are_others(anybody):
    for resource, parameters in RESOURCES.values():
        Shelf(anybody, resource, parameters).post(json.dumps({resource: 1}))
    others = [
        Shelf(anybody, *STATE).get(activityId=f"{ACTIVITY}0"),
        Shelf(anybody, *STATE).get(agent=AGENTS["openid"]),
        Shelf(anybody, *STATE).get(stateId="preferences"),
        Shelf(anybody, *AGENT_PROFILE).get(agent=AGENTS["account"]),
        Shelf(anybody, *AGENT_PROFILE).get(profileId="settings"),
        Shelf(anybody, *ACTIVITY_PROFILE).get(activityId=f"{ACTIVITY}/"),
        Shelf(anybody, *ACTIVITY_PROFILE).get(profileId="Settings"),
    ]

    assert {one.status_code for one in others} == {404}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
def test_a_missing_parameter_is_refused(shelf, method):
    shelf.post(b'{"a":1}')
    before = everything()

    for name in shelf.parameters:
        response = shelf.send(method, b"{}", headers={"If-None-Match": "*"}, **{name: None})
        # Without an id GET lists, and a DELETE of states is about many, which If-None-Match cannot guard.
        lists = name == shelf.id_name and method in {"GET", "HEAD"}
        assert response.status_code == (200 if lists else 400)
    assert everything() == before


WRONG_PARAMETERS = [
    ("agent", "Amina"),
    ("agent", "{"),
    ("agent", '"mailto:amina@example.org"'),
    ("agent", {"objectType": "Agent"}),
    ("agent", {"mbox": "amina@example.org"}),
    ("agent", {"mbox": "mailto:a@b.c", "openid": "https://a.example"}),
    ("agent", GROUPS["anonymous"]),
    ("activityId", "no iri"),
    ("activityId", ""),
    ("activityId", "https://learn.example.org/" + "x" * 2_000),
    ("agent", {"openid": "https://learn.example.org/" + "x" * 2_000}),
    ("stateId", ""),
    ("stateId", "x" * 501),
    ("stateId", "nul\0"),
    ("profileId", ""),
    ("profileId", "x" * 501),
    ("profileId", "nul\0"),
]


def test_a_wrong_parameter_is_refused(shelf):
    wrong = [(name, value) for name, value in WRONG_PARAMETERS if name in shelf.parameters]

    for method, (name, value) in product(("GET", "PUT", "POST", "DELETE"), wrong):
        status, path = refused(shelf.send(method, b"{}", **{name: value}))
        assert (value, status, path.startswith(f"?{name}")) == (value, 400, True)
    assert (len(wrong) >= 6, everything()) == (True, [])


def test_a_registration_is_a_uuid(state):
    values = ["1", "not a uuid", f"{REGISTRATION}0", "", "00000000-0000-0000-0000-000000000000"]

    for method, value in product(("GET", "PUT", "POST", "DELETE"), values):
        assert (value, refused(state.send(method, b"{}", registration=value))) == (value, (400, "?registration"))
    assert everything() == []


def test_unknown_and_wrongly_cased_parameters_are_refused(shelf):
    names = ["foo", "StateId", "ProfileId", "Agent", "activityid", "method2"]
    names += ["registration"] if shelf.id_name == "profileId" else []

    for method in ("GET", "PUT", "POST", "DELETE"):
        for name in [*names, *(["since"] if method != "GET" else [])]:
            assert refused(shelf.send(method, b"{}", **{name: "x"})) == (400, f"?{name}")
    assert everything() == []


def test_other_methods_are_refused(shelf):
    assert [refused(shelf.send(method)) for method in ("PATCH", "OPTIONS", "TRACE")] == [(400, "method")] * 3


def test_the_longest_id_is_kept(shelf):
    longest = "😀" * 500

    assert shelf.post(b"{}", **{shelf.id_name: longest}).status_code == 204
    assert shelf.get(**{shelf.id_name: longest}).status_code == 200
    assert shelf.ids == [longest]


def test_a_content_type_that_cannot_be_sent_back_is_refused(shelf):
    types = ["json", "text/", "a/b c", "text/plain; é=1", "x/" + "y" * 200, "text/plain, text/html"]

    for method, content_type in product(("PUT", "POST"), types):
        response = shelf.send(method, b"x", content_type=content_type, headers={"If-None-Match": "*"})
        assert (content_type, refused(response), everything()) == (content_type, (400, "Content-Type"), [])


def test_too_large_a_document_is_refused(shelf, settings):
    settings.XAPI_BODY_LIMIT = 10

    for method in ("PUT", "POST"):
        assert refused(shelf.send(method, b"x" * 11, content_type="text/plain")) == (413, "$")
    assert (everything(), shelf.post(b"x" * 10, content_type="text/plain").status_code) == ([], 204)


@pytest.mark.parametrize("count", [1, 3])
def test_documents_and_lists_cost_the_same_with_many_as_with_one(state, django_assert_num_queries, count):
    for number in range(count):
        state.post(b"{}", stateId=f"state {number}")

    # Its key, two names, and the document or the ids.
    for changes in ({"stateId": "state 0"}, {"stateId": None}):
        with django_assert_num_queries(4):
            assert state.get(**changes).status_code == 200


# --- lists (rules I78, J85) ------------------------------------------------------------------------------------------


def test_ids_are_listed_by_their_last_change(shelf):
    for name in ("a", "b", "c"):
        shelf.post(b"{}", **{shelf.id_name: name})
    shelf.post(b'{"more":1}', **{shelf.id_name: "a"})

    assert shelf.ids == ["b", "c", "a"]


def test_nothing_is_an_empty_list(shelf):
    assert shelf.ids == []


def test_since_is_exclusive_and_looks_at_the_last_change(shelf):
    for hour, name in enumerate(("a", "b", "c")):
        shelf.post(b"{}", **{shelf.id_name: name})
        Document.objects.filter(document_id=name).update(updated_at=datetime(2026, 1, 1, hour, tzinfo=UTC))

    def since(text):
        return shelf.get(since=text, **{shelf.id_name: None}).json()

    assert since("2025-12-31T23:59:59Z") == ["a", "b", "c"]
    assert since("2026-01-01T00:00:00Z") == ["b", "c"]
    assert since("2026-01-01T01:59:59.999+00:00") == ["c"]
    assert since("2026-01-01T03:00:00+01:00") == []


@pytest.mark.parametrize("value", ["yesterday", "", "2026-01-01T00:00:00-00:00", "01/011/2015"])
def test_since_is_a_timestamp(shelf, value):
    assert refused(shelf.get(since=value, **{shelf.id_name: None})) == (400, "?since")


def test_since_does_not_choose_a_document(shelf):
    shelf.post(b"{}")

    assert refused(shelf.get(since="2020-01-01T00:00:00Z")) == (400, "?since")


def test_states_are_listed_by_registration_if_one_is_given(state):
    state.post(b"{}", stateId="a")
    state.post(b"{}", stateId="b", registration=REGISTRATION)
    state.post(b"{}", stateId="a", registration=REGISTRATION)

    assert state.get(stateId=None, registration=REGISTRATION).json() == ["b", "a"]
    assert sorted(state.get(stateId=None).json()) == ["a", "b"]


# --- deleting many (rule I78) ----------------------------------------------------------------------------------------


def filled(state):
    for registration in (None, REGISTRATION):
        for name in ("a", "b"):
            state.post(b"{}", stateId=name, registration=registration)
    state.post(b"{}", stateId="a", agent=AGENTS["openid"])
    state.post(b"{}", stateId="a", activityId=f"{ACTIVITY}/other")


def test_delete_without_an_id_removes_all_of_activity_and_agent(state):
    filled(state)

    assert state.delete(stateId=None).status_code == 204

    assert Document.objects.count() == 2
    assert (state.get(stateId=None).json(), state.get(stateId=None, agent=AGENTS["openid"]).json()) == ([], ["a"])


def test_delete_without_an_id_keeps_to_the_registration(state):
    filled(state)

    assert state.delete(stateId=None, registration=REGISTRATION).status_code == 204

    assert Document.objects.count() == 4
    assert state.get(stateId=None, registration=REGISTRATION).json() == []
    assert state.get(stateId=None).json() == ["a", "b"]


def test_deleting_all_of_nothing_is_done_already(state):
    assert (state.delete(stateId=None).status_code, everything()) == (204, [])


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
def test_a_tag_does_not_guard_many_documents(state, header):
    filled(state)

    assert refused(state.delete(stateId=None, headers={header: "*"})) == (400, header)
    assert Document.objects.count() == 6


@pytest.mark.parametrize("resource", [AGENT_PROFILE, ACTIVITY_PROFILE])
def test_profiles_are_deleted_one_by_one(anybody, resource):
    shelf = Shelf(anybody, *resource)
    shelf.post(b"{}")

    assert refused(shelf.delete(profileId=None)) == (400, "?profileId")
    assert Document.objects.count() == 1


# --- concurrency (rules G68-G72, item 7) -----------------------------------------------------------------------------


def test_the_right_tag_opens_a_document_to_each_method(shelf):
    for method, body in (("PUT", b'{"b":2}'), ("POST", b'{"c":3}'), ("DELETE", b"")):
        shelf.post(b'{"a":1}')
        response = shelf.send(method, body, headers={"If-Match": shelf.get()["ETag"]})
        assert (method, response.status_code) == (method, 204)


def test_a_wrong_tag_changes_nothing(shelf):
    shelf.post(b'{"a":1}')
    before, weak = everything(), f"W/{shelf.get()['ETag']}"

    for method, tag in product(("PUT", "POST", "DELETE"), (WRONG_TAG, f'{WRONG_TAG}, "x"', weak)):
        response = shelf.send(method, b'{"b":2}', headers={"If-Match": tag})
        assert (method, tag, refused(response)) == (method, tag, (412, "If-Match"))
        assert everything() == before


def test_one_right_tag_of_several_is_enough(shelf):
    shelf.post(b'{"a":1}')

    assert shelf.put(b"x", headers={"If-Match": f"{WRONG_TAG}, {shelf.get()['ETag']}"}).status_code == 204


def test_no_tag_matches_what_is_not_there(shelf):
    for method, tag in product(("PUT", "POST", "DELETE"), ("*", WRONG_TAG)):
        response = shelf.send(method, b"{}", headers={"If-Match": tag})
        assert (method, tag, refused(response), everything()) == (method, tag, (412, "If-Match"), [])


def test_any_tag_matches_what_is_there(shelf):
    shelf.post(b'{"a":1}')

    assert shelf.put(b"x", headers={"If-Match": "*"}).status_code == 204


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_only_a_new_document_is_none_that_matches(shelf, method):
    first = shelf.send(method, b'{"a":1}', headers={"If-None-Match": "*"})
    before = everything()
    second = shelf.send(method, b'{"b":2}', headers={"If-None-Match": "*"})
    third = shelf.send(method, b'{"b":2}', headers={"If-None-Match": f"W/{shelf.get()['ETag']}"})

    assert (first.status_code, refused(second), refused(third)) == (204, (412, "If-None-Match"), (412, "If-None-Match"))
    assert everything() == before


def test_another_version_than_this_may_be_replaced(shelf):
    shelf.post(b'{"a":1}')

    assert shelf.put(b"x", headers={"If-None-Match": WRONG_TAG}).status_code == 204


def test_what_holds_no_tag_is_refused(shelf):
    shelf.post(b'{"a":1}')
    before = everything()

    for method, name in product(("PUT", "POST", "DELETE"), ("If-Match", "If-None-Match")):
        for value in ("", "abc", "0" * 40, "'x'", '"', "é"):
            found = refused(shelf.send(method, b"{}", headers={name: value}))
            assert (method, value, found) == (method, value, (400, name))
    assert everything() == before


def test_replacing_without_a_tag_is_a_conflict_but_for_states_of_1_0_3(shelf, version):
    shelf.post(b'{"a":1}')
    before = everything()

    response = shelf.put(b'{"b":2}')

    if version == "1.0.3" and shelf.id_name == "stateId":
        assert (response.status_code, shelf.get().content) == (204, b'{"b":2}')
    else:
        assert (refused(response), everything()) == ((409, "If-Match"), before)


def test_a_new_profile_of_1_0_3_must_be_said_to_be_new(shelf, version):
    response = shelf.put(b'{"b":2}')

    if version == "1.0.3" and shelf.id_name == "profileId":
        assert (refused(response), everything()) == ((400, "If-None-Match"), [])
    else:
        assert (response.status_code, shelf.get().content) == (204, b'{"b":2}')


def test_post_and_delete_need_no_tag(shelf):
    answers = [shelf.post(b'{"a":1}'), shelf.post(b'{"b":1}'), shelf.delete()]

    assert [one.status_code for one in answers] == [204, 204, 204]


def test_a_document_of_one_version_is_read_and_guarded_under_the_other(anybody):
    old, new = Shelf(anybody, *STATE, "1.0.3"), Shelf(anybody, *STATE, "2.0.0")
    old.put(b'{"a":1}')

    assert (new.get().content, new.put(b"x").status_code, old.put(b"y").status_code) == (b'{"a":1}', 409, 204)


# --- merging (rules I80, I81, J86, R107) -----------------------------------------------------------------------------


def test_members_at_the_top_are_replaced_whole(shelf):
    shelf.post(b'{"a":{"x":1,"y":2},"b":[1],"c":null}')
    shelf.post(b'{"a":{"z":3},"d":""}')

    assert shelf.get().json() == {"a": {"z": 3}, "b": [1], "c": None, "d": ""}
    assert shelf.get()["ETag"] == f'"{hashlib.sha1(shelf.get().content).hexdigest()}"'


def test_what_is_merged_keeps_its_letters(shelf):
    shelf.post(b'\xef\xbb\xbf {"n" : 1.10, "big":12345678901234567890123, "e":1e400, "\\ud800":"\\ud800", "\\u0061":"\\u0062"}\n')
    shelf.post(b'{ "x":0.1000,\r\n"a": {"k" :1} }')

    assert shelf.get().content == (
        b'{"n" : 1.10,"big":12345678901234567890123,"e":1e400,"\\ud800":"\\ud800","a": {"k" :1},"x":0.1000}'
    )


def test_a_merged_document_keeps_its_type(shelf):
    shelf.post(b"{}", content_type="Application/JSON; charset=utf-8")
    shelf.post(b"{}", content_type="application/json")

    assert shelf.get()["Content-Type"] == "Application/JSON; charset=utf-8"


NOT_AN_OBJECT = [b"[]", b"1", b'"x"', b"null", b"{", b"", b"\xff", b'{"a":1}{}', b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":' * 101]


def test_json_that_is_no_object_is_not_posted(shelf):
    # A body without bytes has no type in this client, and may be posted where nothing is.
    for body in filter(None, NOT_AN_OBJECT):
        assert (body, refused(shelf.post(body)), everything()) == (body, (400, "$"), [])
    shelf.post(b'{"a":1}')
    before = everything()

    for body in NOT_AN_OBJECT:
        assert (body, shelf.post(body).status_code, everything()) == (body, 400, before)


def test_nothing_is_merged_into_what_is_no_object(shelf):
    for number, body in enumerate(NOT_AN_OBJECT):
        name = {shelf.id_name: f"document {number}"}
        shelf.put(body, headers={"If-None-Match": "*"}, **name)
        before = everything()

        response = shelf.post(b'{"b":1}', **name)

        assert (body, refused(response), everything()) == (body, (400, "document"), before)


@pytest.mark.parametrize(("stored", "sent"), [("text/plain", "application/json"), ("application/json", "text/plain")])
def test_only_json_is_merged(shelf, stored, sent):
    shelf.put(b'{"a":1}', content_type=stored, headers={"If-None-Match": "*"})
    before = everything()

    response = shelf.post(b'{"b":1}', content_type=sent)

    assert (response.status_code, everything()) == (400, before)


def test_a_document_does_not_grow_beyond_the_limit(shelf, settings):
    settings.XAPI_BODY_LIMIT = 20
    shelf.post(b'{"first":1}')
    before = everything()

    response = shelf.post(b'{"second":2}')

    assert (refused(response), everything()) == ((413, "$"), before)


OBJECTS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
)


@given(first=OBJECTS, second=OBJECTS, escapes=st.booleans(), indent=st.sampled_from([None, 0, 2]))
@unhurried
def test_merging_documents_is_merging_dictionaries(state, first, second, escapes, indent):
    state.delete()
    for value in (first, second):
        assert state.post(json.dumps(value, ensure_ascii=escapes, indent=indent)).status_code == 204

    assert json.loads(state.get().content) == {**first, **second}


# --- crafted names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_name_whose_key_is_anothers_finds_nothing_of_the_other(anybody, method):
    Agent.objects.create(key=identifiers.key(identifiers.agent_identifier(AMINA)), identifier="mbox:mailto:other@example.org")
    Activity.objects.create(key=identifiers.key(identifiers.activity_identifier(ACTIVITY)), identifier="urn:x:other")
    for kind, (agent, activity) in {"agent-profile": (1, 0), "activity-profile": (0, 1), "state": (1, 1)}.items():
        Document.objects.create(
            kind=kind,
            agent=agent and identifiers.key(identifiers.agent_identifier(AMINA)),
            activity=activity and identifiers.key(identifiers.activity_identifier(ACTIVITY)),
            document_id={"state": "bookmark", "agent-profile": "preferences", "activity-profile": "settings"}[kind],
            content_type="application/json",
            etag="0" * 40,
            content=b'{"secret":1}',
            updated_at=timezone.now(),
        )
    before = everything()

    for resource, parameters in RESOURCES.values():
        shelf = Shelf(anybody, resource, parameters)
        response = shelf.send(method, b"{}")
        assert (refused(response)[0], b"secret" in response.content) == (400, False)
        assert refused(shelf.send("GET", **{shelf.id_name: None}))[0] == 400
    assert refused(Shelf(anybody, *STATE).delete(stateId=None))[0] == 400
    assert everything() == before


# --- the alternate request syntax (rule R105) ------------------------------------------------------------------------


def test_documents_travel_by_forms_too(anybody, client):
    anybody = anybody.at("activities/state")
    fields = {
        "Authorization": anybody.headers["Authorization"],
        "X-Experience-API-Version": "1.0.3",
        **{name: value if isinstance(value, str) else json.dumps(value) for name, value in STATE[1].items()},
    }

    def send(method, **more):
        form = {**fields, **{name.replace("_", "-"): value for name, value in more.items()}}
        return client.post(
            f"/xapi/activities/state?method={method}",
            "&".join(f"{name}={_quoted(value)}" for name, value in form.items()),
            content_type="application/x-www-form-urlencoded",
        )

    put = send("PUT", content="höher & weiter", Content_Type="text/plain; charset=utf-8")
    found = send("GET")
    clash = send("PUT", content="x", If_None_Match="*")
    gone = send("DELETE", If_Match=found["ETag"])

    assert (put.status_code, found.status_code, found["Content-Type"]) == (204, 200, "text/plain; charset=utf-8")
    assert (found.content.decode(), clash.status_code, gone.status_code) == ("höher & weiter", 412, 204)


def _quoted(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())


# --- anything at all -------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [ACTIVITY, json.dumps(AMINA), "bookmark", REGISTRATION, "2026-01-01T00:00:00Z", "{}", "*", WRONG_TAG, "\0"]
)
TEXTS = WORDS | st.text(max_size=9)
NAMES = st.sampled_from(["activityId", "agent", "stateId", "profileId", "registration", "since", "Agent", "method"])
HEADER = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=20)


@given(
    resource=st.sampled_from(["activities/state", "activities/profile", "agents/profile", "agents", "activities"]),
    method=st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"]),
    parameters=st.dictionaries(NAMES, TEXTS, max_size=5),
    body=st.binary(max_size=40) | TEXTS,
    content_type=st.sampled_from(["application/json", "text/plain", "multipart/form-data; boundary=x"]) | HEADER,
    headers=st.dictionaries(st.sampled_from(["If-Match", "If-None-Match"]), WORDS | HEADER, max_size=2),
    version=st.sampled_from(["1.0.3", "2.0.0"]),
)
@settings(unhurried, max_examples=300)
def test_anything_is_answered_and_a_refusal_leaves_all_as_it_was(
    anybody, resource, method, parameters, body, content_type, headers, version
):
    headers = {name: value for name, value in headers.items() if "\0" not in value}
    before = everything()

    response = anybody.at(resource, version).send(method, body, headers=headers, content_type=content_type, **parameters)

    assert response.status_code in {200, 204, 400, 404, 409, 412}
    if response.status_code >= 400:
        assert everything() == before


def test_a_second_later_is_later(shelf):
    shelf.post(b"{}")
    first = Document.objects.get().updated_at
    time.sleep(0.002)
    shelf.post(b"{}")

    assert Document.objects.get().updated_at > first
