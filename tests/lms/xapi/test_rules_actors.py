"""Rules A1-A10 at each place of an agent or group, M93 for the authority, and agents as parameters."""

import pytest

from lms.xapi import rules
from tests.lms.xapi.valid_statements import (
    ABOUT_AGENT,
    AGENTS,
    GROUPS,
    IDENTIFIERS,
    MEMBERS,
    NESTED,
    NESTED_PLAIN,
    PLAIN,
    SECOND,
    put,
    refusal,
    refused_at,
)

ACTORS = "xAPI 1.0.3 Data 2.4.2"
# Where an Agent or a Group may stand, and where only the one or the other.
EITHER = {
    "actor": (NESTED, "1.0.3", "$.actor"),
    "object": (ABOUT_AGENT, "1.0.3", "$.object"),
    "authority": (NESTED, "1.0.3", "$.authority"),
    "instructor": (NESTED, "1.0.3", "$.context.instructor"),
    "nested actor": (NESTED, "1.0.3", "$.object.actor"),
    "nested object": (NESTED_PLAIN, "1.0.3", "$.object.object"),
    "nested instructor": (NESTED, "1.0.3", "$.object.context.instructor"),
}
AGENT_ONLY = {
    "member": (put(PLAIN, "$.actor", GROUPS["anonymous"]), "1.0.3", "$.actor.member[0]"),
    "member of an object": (put(PLAIN, "$.object", GROUPS["anonymous"]), "1.0.3", "$.object.member[1]"),
    "member of a team": (NESTED, "1.0.3", "$.context.team.member[0]"),
    "member of a nested team": (NESTED, "1.0.3", "$.object.context.team.member[1]"),
    "context agent": (SECOND, "2.0.0", "$.context.contextAgents[0].agent"),
    "nested context agent": (SECOND, "2.0.0", "$.object.context.contextAgents[1].agent"),
    "member of a context group": (SECOND, "2.0.0", "$.context.contextGroups[0].group.member[0]"),
}
GROUP_ONLY = {
    "team": (NESTED, "1.0.3", "$.context.team"),
    "nested team": (NESTED, "1.0.3", "$.object.context.team"),
    "context group": (SECOND, "2.0.0", "$.context.contextGroups[0].group"),
    "nested context group": (SECOND, "2.0.0", "$.object.context.contextGroups[1].group"),
}
AGENT_PLACES = {**EITHER, **AGENT_ONLY}
GROUP_PLACES = {**{name: place for name, place in EITHER.items() if name != "authority"}, **GROUP_ONLY}
PLACES = {**AGENT_PLACES, **GROUP_ONLY}


def at(places):
    return pytest.mark.parametrize(("statement", "version", "path"), places.values(), ids=places)


def refused_with(place, value):
    statement, version, path = place
    found = refused_at(put(statement, path, value), version)
    return None if found is None else found.removeprefix(path)


@at(PLACES)
def test_the_object_type_is_agent_or_group(statement, version, path):  # A1
    kinds = ["agent", "GROUP", "Person", "Activity ", "", 7, True, {}, [], None]
    values = [{"objectType": kind, "mbox": "mailto:amina@example.org"} for kind in kinds]

    assert [refused_with((statement, version, path), value) for value in values] == [".objectType"] * len(kinds)


@at({name: place for name, place in AGENT_PLACES.items() if not name.endswith("object")})
def test_without_object_type_it_is_an_agent(statement, version, path):  # A1
    assert refused_at(put(statement, path, {"mbox": "mailto:amina@example.org"}), version) is None
    assert refused_at(put(statement, path, {"member": MEMBERS}), version) == f"{path}.member"


@at(AGENT_PLACES)
def test_the_name_of_an_agent_is_a_string(statement, version, path):  # A2
    place = statement, version, path
    names = [7, True, {}, [], None]

    assert [refused_with(place, {**AGENTS["mbox"], "name": name}) for name in names] == [".name"] * 5
    assert refused_with(place, {**AGENTS["mbox"], "name": ""}) is None


@at(GROUP_PLACES)
def test_the_name_of_a_group_is_a_string(statement, version, path):  # A2
    names = [7, True, {}, [], None]

    assert [refused_with((statement, version, path), {**GROUPS["anonymous"], "name": name}) for name in names] == [".name"] * 5


@at(AGENT_PLACES)
def test_an_agent_without_identifier_is_refused(statement, version, path):  # A3
    assert refused_with((statement, version, path), {"objectType": "Agent", "name": "Amina"}) == ""


PAIRS = [{first, second} for first in IDENTIFIERS for second in IDENTIFIERS if first < second]


@at(AGENT_PLACES)
def test_an_agent_with_two_identifiers_is_refused(statement, version, path):  # A3
    agents = [{"objectType": "Agent", **{kind: IDENTIFIERS[kind] for kind in pair}} for pair in PAIRS]

    assert [refused_with((statement, version, path), agent) for agent in agents] == [""] * 6


@at(GROUP_PLACES)
def test_a_group_with_two_identifiers_is_refused(statement, version, path):  # A4
    groups = [{"objectType": "Group", **{kind: IDENTIFIERS[kind] for kind in pair}} for pair in PAIRS]

    assert [refused_with((statement, version, path), group) for group in groups] == [""] * 6


def test_the_finding_names_the_identifiers_that_are_there():  # A3, A4
    none = rules.check(put(PLAIN, "$.actor", {}), version="1.0.3")
    two = rules.check(put(PLAIN, "$.actor", {**GROUPS["identified by mbox"], "openid": "urn:x"}), version="2.0.0")

    assert none == rules.Finding(
        "$.actor",
        "An Agent must have exactly one of mbox, mbox_sha1sum, openid, account; this has none.",
        "xAPI 1.0.3 Data 2.4.2",
    )
    assert two == rules.Finding(
        "$.actor",
        "A Group must have at most one of mbox, mbox_sha1sum, openid, account; this has mbox, openid.",
        "IEEE 9274.1.1 4.2.2.1",
    )


@at(GROUP_PLACES)
def test_every_valid_group_is_accepted(statement, version, path):  # A4
    assert [refused_with((statement, version, path), group) for group in GROUPS.values()] == [None] * len(GROUPS)


@at(GROUP_PLACES)
def test_an_anonymous_group_lists_its_members(statement, version, path):  # A5
    assert refused_with((statement, version, path), {"objectType": "Group", "name": "Watch"}) == ".member"


@at(GROUP_PLACES)
@pytest.mark.parametrize("identity", [{}, {"mbox": "mailto:watch@example.org"}], ids=["anonymous", "identified"])
def test_members_are_an_array_of_agents(statement, version, path, identity):  # A6
    members = {
        ".member": ["text", {"mbox": "mailto:bo@example.org"}, 7, None],
        ".member[0]": [["text"], [{}], [None], [{"objectType": "Agent"}]],
        ".member[1]": [[*MEMBERS[:1], {"mbox": "mailto:a@example.org", "openid": "urn:a"}]],
        ".member[0].mbox": [[{"mbox": "bo@example.org"}]],
        ".member[0].objectType": [[GROUPS["anonymous"]], [GROUPS["identified by mbox"]]],
    }
    wrong = {
        refused_with((statement, version, path), {"objectType": "Group", **identity, "member": value}): expected
        for expected, values in members.items()
        for value in values
    }

    assert wrong == {expected: expected for expected in members}


@at(AGENT_PLACES)
def test_an_agent_has_no_members(statement, version, path):  # A6
    assert refused_with((statement, version, path), {**AGENTS["mbox"], "member": MEMBERS}) == ".member"


def test_the_finding_about_members_says_how_to_make_a_group():  # A6
    found = rules.check(put(PLAIN, "$.actor.member", MEMBERS), version="1.0.3")

    assert found == rules.Finding("$.actor.member", 'Only a Group has members; set objectType to "Group".', ACTORS)


@at(AGENT_ONLY)
def test_a_group_is_refused_where_only_an_agent_may_stand(statement, version, path):  # A6, F67
    groups = [GROUPS["anonymous"], GROUPS["identified by openid"]]

    assert [refused_with((statement, version, path), group) for group in groups] == [".objectType"] * 2


@at(GROUP_ONLY)
def test_an_agent_is_refused_where_only_a_group_may_stand(statement, version, path):  # F64, F67
    place = statement, version, path

    assert refused_with(place, AGENTS["mbox"]) == ".objectType"
    assert refused_with(place, {"mbox": "mailto:watch@example.org"}) == ".objectType"


MBOXES = [
    "mailto:a@b.c",
    "mailto:first.last+tag@example.org",
    "mailto:o'neil/x=y?{z}|~^`@sub.example-domain.org",
    "mailto:a@localhost",
    "mailto:a@[192.0.2.1]",
    "mailto:a@[IPv6:2001:db8::1]",
    "mailto:user%40home@example.org",
    "mailto:jürgen@bücher.example",
    "mailto:用户@例子.公司",
    "mailto:हिन्दी@उदाहरण.भारत",
]
NO_MBOXES = [
    "",
    "mailto:",
    "mailto:should.fail.com",
    "http://should.fail.com",
    "a@example.org",
    "MAILTO:a@example.org",
    "mailto:@example.org",
    "mailto:a@",
    "mailto:a@b@example.org",
    "mailto:a b@example.org",
    "mailto:a@exam ple.org",
    "mailto:.a@example.org",
    "mailto:a.@example.org",
    "mailto:a..b@example.org",
    "mailto:a@.example.org",
    "mailto:a@example..org",
    "mailto:a@example.org.",
    "mailto:a@-example.org",
    "mailto:a@example-.org",
    "mailto:a@example.org?subject=x",
    "mailto:a@example.org\n",
    "mailto:<a@example.org>",
    "mailto:a@[192.0.2.1",
    "mailto:a\u00a0@example.org",
    "mailto:" + "a." * 5000 + "@",
]


@pytest.mark.parametrize("mbox", MBOXES)
def test_addresses_are_accepted(mbox):  # A7
    assert refused_at(put(PLAIN, "$.actor.mbox", mbox)) is None


@pytest.mark.parametrize("mbox", NO_MBOXES)
def test_what_is_no_address_is_refused(mbox):  # A7
    assert refusal(put(PLAIN, "$.actor.mbox", mbox)) == ("$.actor.mbox", ACTORS)


WRONG_IDENTIFIERS = {
    "mbox": (".mbox", ["http://should.fail.com", "mailto:should.fail.com", "", 7, {}]),
    "mbox_sha1sum": (".mbox_sha1sum", ["", "a" * 39, "a" * 41, "g" * 40, "a" * 39 + "\n", 7, {}]),
    "openid": (".openid", ["ab=c://openid.example.org", "openid.example.org", "", 7, {}]),
    "account": (".account", ["text", "", 7, []]),
}


@pytest.mark.parametrize("kind", WRONG_IDENTIFIERS)
@at(AGENT_PLACES)
def test_each_identifier_of_an_agent_has_its_form(statement, version, path, kind):  # A7-A10, B17
    expected, values = WRONG_IDENTIFIERS[kind]
    found = [refused_with((statement, version, path), {"objectType": "Agent", kind: value}) for value in values]

    assert found == [expected] * len(values)


@pytest.mark.parametrize("kind", WRONG_IDENTIFIERS)
@at(GROUP_PLACES)
def test_each_identifier_of_a_group_has_its_form(statement, version, path, kind):  # A7-A10, B17
    expected, values = WRONG_IDENTIFIERS[kind]
    found = [refused_with((statement, version, path), {"objectType": "Group", kind: value}) for value in values]

    assert found == [expected] * len(values)


@pytest.mark.parametrize("sha1", ["a" * 40, "A" * 40, "0123456789abcdefABCDEF0123456789abcdefAB"])
def test_hashes_of_either_case_are_accepted(sha1):  # A8
    assert refused_at(put(PLAIN, "$.actor", {"mbox_sha1sum": sha1})) is None


@at(AGENT_PLACES)
def test_an_account_has_a_home_page_and_a_name(statement, version, path):  # A10
    home, name = "https://learn.example.org", "4711"
    accounts = {
        ".account.homePage": [
            {"name": name},
            {"homePage": "ab=c://x", "name": name},
            {"homePage": 7, "name": name},
        ],
        ".account.name": [{"homePage": home}, {"homePage": home, "name": 7}, {"homePage": home, "name": {}}],
        ".account.extra": [{"homePage": home, "name": name, "extra": 1}],
    }
    found = [
        (expected, refused_with((statement, version, path), {"objectType": "Agent", "account": account}))
        for expected, values in accounts.items()
        for account in values
    ]

    assert [actual for _, actual in found] == [expected for expected, _ in found]


TWO = [{"account": IDENTIFIERS["account"]}, {"mbox": "mailto:bo@example.org"}]


@pytest.mark.parametrize(
    ("authority", "path"),
    [
        (AGENTS["account"], None),
        ({"mbox": "mailto:bo@example.org"}, None),
        ({"objectType": "Group", "member": TWO}, None),
        ({"objectType": "Group", "member": TWO[:1]}, "$.authority.member"),
        ({"objectType": "Group", "member": [*TWO, AGENTS["openid"]]}, "$.authority.member"),
        ({"objectType": "Group", "member": []}, "$.authority.member"),
        *[({"objectType": "Group", kind: value, "member": TWO}, "$.authority") for kind, value in IDENTIFIERS.items()],
        ({"objectType": "Group", "mbox": "mailto:bo@example.org"}, "$.authority"),
    ],
)
def test_the_authority_is_an_agent_or_an_anonymous_pair(authority, path):  # M93
    expected = None if path is None else (path, "xAPI 1.0.3 Data 2.4.9")

    assert refusal({**PLAIN, "authority": authority}) == expected


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("agent", [*AGENTS.values(), *list(GROUPS.values())[2:]], ids=[*AGENTS, *list(GROUPS)[2:]])
def test_agents_and_identified_groups_may_be_parameters(agent, version):  # B21
    assert rules.check_agent(agent, version=version) is None


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (None, "$"),
        ("mailto:bo@example.org", "$"),
        ([], "$"),
        ({}, "$"),
        ({"mbox": "bo@example.org"}, "$.mbox"),
        ({"objectType": "Activity", "id": "urn:x"}, "$.objectType"),
        ({"mbox": "mailto:bo@example.org", "dummy": 1}, "$.dummy"),
        (GROUPS["anonymous"], "$"),
    ],
)
def test_what_identifies_nobody_is_no_parameter(value, path):  # B21
    assert rules.check_agent(value, version="1.0.3").path == path


def test_a_refused_parameter_cites_its_version():  # B21
    assert rules.check_agent(GROUPS["anonymous"], version="2.0.0") == rules.Finding(
        "$",
        "This Group needs one of mbox, mbox_sha1sum, openid, account to be found by.",
        "IEEE 9274.1.1 4.2.2.1",
    )
