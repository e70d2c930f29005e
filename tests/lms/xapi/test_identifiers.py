"""Who and what is the same, and by which keys a statement is found (rules A11, C32, C34, D56, F67)."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.xapi import identifiers
from tests.lms.xapi.valid_statements import (
    ABOUT_AGENT,
    ABOUT_GROUP,
    AGENTS,
    GROUPS,
    IDENTIFIERS,
    NESTED,
    NESTED_PLAIN,
    PLAIN,
    REFERRING,
    RICH,
    SECOND,
    TARGET,
    put,
)

TEXTS = st.text(min_size=1)
AMINA = "mbox:mailto:amina@example.org"
BO = "mbox:mailto:bo@example.org"
ACCOUNT = 'account:["https://learn.example.org", "4711"]'


def test_keys_never_change():
    assert identifiers.key("") == -1970711489451281740
    assert identifiers.key("activity:https://learn.example.org/courses/1") == 623312653685606519
    assert identifiers.key("mbox:mailto:jürgen@bücher.example") == 7687488293581213862


@given(text=TEXTS)
@settings(deadline=None)
def test_keys_fit_a_signed_column(text):
    assert -(2**63) <= identifiers.key(text) < 2**63
    assert identifiers.key(text) == identifiers.key(text)


@pytest.mark.parametrize(
    ("actor", "identifier"),
    [
        ({"mbox": "mailto:amina@example.org"}, AMINA),
        ({"mbox": "mailto:amina@EXAMPLE.Org"}, AMINA),
        ({"mbox": "mailto:Amina@example.org"}, "mbox:mailto:Amina@example.org"),
        (
            {"mbox_sha1sum": "CD9B00A5611F94EAA7B1661EDAB976068E364975"},
            "sha1:cd9b00a5611f94eaa7b1661edab976068e364975",
        ),
        ({"openid": "https://openid.example.org/Amina"}, "openid:https://openid.example.org/Amina"),
        ({"account": IDENTIFIERS["account"]}, ACCOUNT),
        ({"account": {"name": "Zoë", "homePage": "urn:x"}}, 'account:["urn:x", "Zoë"]'),
        (GROUPS["identified by mbox with members"], AMINA),
        (GROUPS["anonymous"], None),
        (GROUPS["anonymous with a name"], None),
    ],
)
def test_the_identity_of_an_actor_is_its_identifier_alone(actor, identifier):  # A11
    assert identifiers.agent_identifier(actor) == identifier


@given(
    local=st.from_regex(r"[A-Za-z0-9.+-]{1,9}", fullmatch=True),
    domain=st.from_regex(r"[a-z0-9.-]{1,9}", fullmatch=True),
)
@settings(deadline=None)
def test_the_case_of_a_domain_does_not_count(local, domain):  # A11
    lower = identifiers.agent_identifier({"mbox": f"mailto:{local}@{domain}"})
    upper = identifiers.agent_identifier({"mbox": f"mailto:{local}@{domain.upper()}"})

    assert upper == lower


@given(name=TEXTS, kind=st.sampled_from(sorted(IDENTIFIERS)), members=st.lists(st.just({"mbox": "mailto:a@b.c"})))
@settings(deadline=None)
def test_names_and_members_do_not_count(name, kind, members):  # A11
    plain = {kind: IDENTIFIERS[kind]}
    group = {**plain, "objectType": "Group", "name": name, "member": members}

    assert identifiers.agent_identifier(group) == identifiers.agent_identifier(plain)


@given(text=TEXTS, other=TEXTS)
@settings(deadline=None)
def test_different_kinds_never_share_an_identifier(text, other):
    found = [
        identifiers.agent_identifier({"mbox": text}),
        identifiers.agent_identifier({"mbox_sha1sum": text}),
        identifiers.agent_identifier({"openid": text}),
        identifiers.agent_identifier({"account": {"homePage": text, "name": other}}),
        identifiers.activity_identifier(text),
        identifiers.verb_identifier(text),
        identifiers.statement_identifier(text),
        identifiers.SUB_STATEMENT,
        identifiers.ANONYMOUS_GROUP,
    ]

    assert len(set(found)) == len(found)


@given(accounts=st.tuples(st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS)))
@settings(deadline=None)
def test_accounts_differ_when_home_page_or_name_differs(accounts):
    first, second = (identifiers.agent_identifier({"account": {"homePage": home, "name": name}}) for home, name in accounts)

    assert (first == second) == (accounts[0] == accounts[1])


@given(first=TEXTS, second=TEXTS)
@settings(deadline=None)
def test_iris_are_compared_letter_by_letter(first, second):  # D56
    assert (identifiers.activity_identifier(first) == identifiers.activity_identifier(second)) == (first == second)
    assert (identifiers.verb_identifier(first) == identifiers.verb_identifier(second)) == (first == second)


def test_the_case_of_a_uuid_does_not_count():
    assert identifiers.statement_identifier(TARGET.upper()) == f"statement:{TARGET}"


@pytest.mark.parametrize(
    ("statement_object", "identifier"),
    [
        ({"id": "urn:x"}, "activity:urn:x"),
        ({"objectType": "Activity", "id": "urn:X", "definition": {}}, "activity:urn:X"),
        (AGENTS["mbox"], AMINA),
        (GROUPS["identified by account"], ACCOUNT),
        (GROUPS["anonymous"], "anonymous-group:"),
        (REFERRING["object"], f"statement:{TARGET}"),
        (NESTED_PLAIN["object"], "sub-statement:"),
    ],
)
def test_an_object_has_an_identifier_of_its_kind(statement_object, identifier):
    assert identifiers.object_identifier(statement_object) == identifier


def test_an_object_without_its_id_is_an_error():
    with pytest.raises(KeyError):
        identifiers.object_identifier({"objectType": "Activity"})


def linked(*pairs):
    return {(identifiers.key(identifier), part) for identifier, part in pairs}


COURSE = "activity:https://learn.example.org/courses/1"
QUESTION = "activity:https://learn.example.org/courses/1/questions/7"
CONTEXT_LINKS = [
    (ACCOUNT, "instructor"),
    (AMINA, "team"),
    (BO, "team"),
    (ACCOUNT, "team"),
    ("activity:urn:example:quiz", "parent"),
    (COURSE, "grouping"),
    ("activity:https://w3id.org/xapi/cmi5/context/categories/cmi5", "category"),
    ("activity:urn:example:a", "other"),
    ("activity:urn:example:b", "other"),
]
EVENT_LINKS = [(AMINA, "actor"), (QUESTION, "object"), *CONTEXT_LINKS]
SECOND_LINKS = [
    ("openid:https://openid.example.org/amina", "context-agent"),
    (BO, "context-agent"),
    (BO, "context-group"),
    (ACCOUNT, "context-group"),
]


def nested(links):
    return [(identifier, f"sub-{part}") for identifier, part in links]


LINKS = {
    "plain": (PLAIN, [(AMINA, "actor"), (COURSE, "object")]),
    "rich": (RICH, [*EVENT_LINKS, (BO, "authority"), (ACCOUNT, "authority")]),
    "nested": (
        NESTED,
        [
            (AMINA, "actor"),
            ("openid:https://openid.example.org/amina", "authority"),
            *CONTEXT_LINKS,
            *nested(EVENT_LINKS),
        ],
    ),
    "second": (
        SECOND,
        [
            (AMINA, "actor"),
            ("openid:https://openid.example.org/amina", "authority"),
            *CONTEXT_LINKS,
            *SECOND_LINKS,
            *nested([*EVENT_LINKS, *SECOND_LINKS]),
        ],
    ),
    "about an agent": (ABOUT_AGENT, [(AMINA, "actor"), (AMINA, "object")]),
    "about an anonymous group": (ABOUT_GROUP, [(AMINA, "actor"), (BO, "member"), (ACCOUNT, "member")]),
    "about an identified group": (
        {**PLAIN, "object": GROUPS["identified by openid with members"]},
        [
            (AMINA, "actor"),
            ("openid:https://openid.example.org/amina", "object"),
            (BO, "member"),
            (ACCOUNT, "member"),
        ],
    ),
    "by an anonymous group": (
        {**PLAIN, "actor": GROUPS["anonymous"]},
        [(BO, "member"), (ACCOUNT, "member"), (COURSE, "object")],
    ),
    "by an identified group": (
        {**PLAIN, "actor": GROUPS["identified by account with members"]},
        [(ACCOUNT, "actor"), (BO, "member"), (ACCOUNT, "member"), (COURSE, "object")],
    ),
    "by a group in a sub-statement": (
        put(NESTED_PLAIN, "$.object.actor", GROUPS["anonymous"]),
        [(AMINA, "actor"), (BO, "sub-member"), (ACCOUNT, "sub-member"), (COURSE, "sub-object")],
    ),
    "about a group in a sub-statement": (
        put(NESTED_PLAIN, "$.object.object", GROUPS["identified by mbox with members"]),
        [
            (AMINA, "actor"),
            (AMINA, "sub-actor"),
            (AMINA, "sub-object"),
            (BO, "sub-member"),
            (ACCOUNT, "sub-member"),
        ],
    ),
    "referring": (REFERRING, [(AMINA, "actor"), (f"statement:{TARGET}", "object")]),
    "one context activity": (
        {**PLAIN, "context": {"contextActivities": {"parent": {"id": "urn:x"}, "other": []}}},
        [(AMINA, "actor"), (COURSE, "object"), ("activity:urn:x", "parent")],
    ),
    "a group as instructor": (
        {**PLAIN, "context": {"instructor": GROUPS["anonymous"]}},
        [(AMINA, "actor"), (COURSE, "object"), (BO, "instructor"), (ACCOUNT, "instructor")],
    ),
    "a statement as context": (
        {**PLAIN, "context": {"statement": REFERRING["object"]}},
        [(AMINA, "actor"), (COURSE, "object")],
    ),
}


@pytest.mark.parametrize(("statement", "pairs"), LINKS.values(), ids=LINKS)
def test_a_statement_is_found_by_everyone_and_everything_in_it(statement, pairs):  # C32, C34, F67
    assert identifiers.links(statement) == linked(*pairs)


def test_the_order_of_members_and_activities_does_not_count():
    found = [
        identifiers.links({**PLAIN, "actor": {"objectType": "Group", "member": list(members)}})
        for members in itertools.permutations(AGENTS.values())
    ]

    assert found == [found[0]] * 24


@pytest.mark.parametrize(
    ("iri", "prefix", "is_under"),
    [
        ("https://a.org/courses/1", "https://a.org/courses/1", True),
        ("https://a.org/courses/1/screens/2", "https://a.org/courses/1", True),
        ("https://a.org/courses/1?x", "https://a.org/courses/1", True),
        ("https://a.org/courses/1#x", "https://a.org/courses/1", True),
        ("https://a.org/courses/10", "https://a.org/courses/1", False),
        ("https://a.org/courses/10", "https://a.org/courses/", True),
        ("https://a.org.evil.example/courses/1", "https://a.org", False),
        ("https://a.org:x@evil.example/", "https://a.org", False),
        ("https://A.org/", "https://a.org/", False),
        ("urn:x:a:b", "urn:x:a:", True),
        ("urn:x:a:b", "urn:x:a", False),
        ("urn:x", "urn:x:a", False),
        ("urn:x", "", False),
    ],
)
def test_an_activity_is_under_a_prefix_where_the_prefix_ends_a_part(iri, prefix, is_under):
    assert identifiers.is_under(iri, prefix) is is_under


@pytest.mark.parametrize(
    ("agent", "homes"),
    [
        ({"account": {"homePage": 'https://a.org/"é"', "name": "x"}}, ['https://a.org/"é"']),
        ({"openid": "https://a.org/me"}, ["https://a.org/me"]),
        ({"mbox": "mailto:a@b.c"}, []),
        ({"mbox_sha1sum": "a" * 40}, []),
    ],
)
def test_an_account_and_an_openid_say_where_an_agent_is_at_home(agent, homes):
    assert identifiers.homes(identifiers.agent_identifier(agent)) == homes
