"""The page of records that may be one person: proposed, asked for, agreed to by a second officer, split again."""

import pytest
from django.contrib.messages import get_messages

from lms.people.models import PersonAlias, PersonJoin, User
from tests.factories.people import make_person

PATH = "/reports/feed/joins/"


@pytest.fixture
def twin(cast) -> User:
    return make_person("LEARNER, Léa", email="someone@osce.test")


def ask(client, kept: User, other: User, **changes: str):
    return client.post(f"{PATH}ask/", {"pair": f"{kept.uuid} {other.uuid}", "reason": "She came back."} | changes)


def said(response) -> str:
    return [str(message) for message in get_messages(response.wsgi_request)][-1]


def test_a_pair_is_proposed_with_what_is_the_same(signed_in, cast, twin):
    page = signed_in(cast.hr).get(PATH).content.decode()

    assert ("The same: name" in page, f'value="{cast.lea.uuid} {twin.uuid}"' in page) == (True, True)


def test_one_officer_asks_the_second_agrees_and_either_splits(signed_in, cast, twin):
    asked = ask(signed_in(cast.hr), cast.lea, twin)
    join = PersonJoin.objects.get()
    alone = signed_in(cast.hr).post(f"{PATH}{join.uuid}/agree/")
    offered = [f"{join.uuid}/agree/" in signed_in(officer).get(PATH).content.decode() for officer in (cast.hr, cast.hr2)]

    agreed = signed_in(cast.hr2).post(f"{PATH}{join.uuid}/agree/")
    joined = PersonAlias.objects.filter(person=cast.lea).count()
    divided = signed_in(cast.hr).post(f"{PATH}{join.uuid}/split/", {"reason": "Two persons after all."})

    assert [said(answer) for answer in (asked, alone, agreed, divided)] == [
        "A second HR officer has to agree.",
        "A second HR officer has to agree.",
        "The two records are one from now on.",
        "They are two records again.",
    ]
    assert (offered, joined, PersonAlias.objects.filter(person=cast.lea).count()) == ([False, True], 2, 1)


@pytest.mark.parametrize("changes", [{"reason": ""}, {"pair": "nonsense"}, {"pair": "a b c"}])
def test_a_form_that_is_not_filled_in_joins_nothing(signed_in, cast, twin, changes):
    answer = ask(signed_in(cast.hr), cast.lea, twin, **changes)

    assert (answer.status_code, PersonJoin.objects.count()) == (422, 0)


def test_a_pair_about_which_somebody_decided_is_not_proposed_again(signed_in, cast, twin):
    client = signed_in(cast.hr)
    ask(client, cast.lea, twin)
    client.post(f"{PATH}{PersonJoin.objects.get().uuid}/split/", {"reason": "Two persons."})

    page = client.get(PATH).content.decode()

    assert "No two records look like one person." in page


@pytest.mark.parametrize("who", ["admin", "auditor", "focal", "lea"])
def test_nobody_else_decides(signed_in, cast, twin, who):
    client = signed_in(getattr(cast, who))

    assert {client.get(PATH).status_code, ask(client, cast.lea, twin).status_code} == {403}


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_pair_as_for_three(signed_in, cast, count, django_assert_num_queries):
    for _twin in range(count):
        make_person("LEARNER, Léa")
    client = signed_in(cast.hr)
    client.get(PATH)

    with django_assert_num_queries(8):
        client.get(PATH)
