"""Two who change one document at the same moment (rule G73): one of them is told, and nothing is lost."""

import json
import threading
from functools import partial

import pytest
from django.db import connection, transaction

from lms.xapi import identifiers
from lms.xapi.models import Activity, Agent, Document
from tests.lms.xapi.outside import make_outside
from tests.racing import at_once

pytestmark = pytest.mark.postgres

STATE = {"activityId": "https://learn.example.org/courses/1", "agent": {"mbox": "mailto:amina@example.org"}}
NAMED = {**STATE, "stateId": "bookmark"}


@pytest.fixture
def db(committed):
    """Threads see what others commit."""


@pytest.fixture
def state(db):
    return make_outside("all").at("activities/state", "2.0.0")


def put(client, body, headers):
    return client.send("PUT", body, headers=headers, **NAMED).status_code


def test_of_two_who_replace_the_same_version_one_is_told(state):
    state.post({"a": 1}, **NAMED)
    headers = {"If-Match": state.get(**NAMED)["ETag"]}

    answers = at_once(partial(put, state, "first", headers), partial(put, state, "second", headers), held_at=Document)

    assert (answers, state.get(**NAMED).content) == ([204, 412], b"first")


def test_of_two_who_store_a_new_document_one_is_told(state):
    headers = {"If-None-Match": "*"}

    answers = at_once(partial(put, state, "first", headers), partial(put, state, "second", headers), held_at=Document)

    assert (answers, state.get(**NAMED).content, Document.objects.count()) == ([204, 412], b"first", 1)


def test_of_two_who_store_without_a_tag_one_is_told(state):
    answers = at_once(partial(put, state, "first", {}), partial(put, state, "second", {}), held_at=Document)

    assert (answers, state.get(**NAMED).content) == ([204, 409], b"first")


@pytest.mark.parametrize("is_there", [True, False])
def test_two_merges_at_once_lose_nothing(state, is_there):
    if is_there:
        state.post({"a": 0, "z": 0}, **NAMED)

    def merge(value):
        return state.post(value, **NAMED).status_code

    answers = at_once(*[partial(merge, {name: 1}) for name in "abc"], held_at=Document)

    assert answers == [204, 204, 204]
    assert json.loads(state.get(**NAMED).content) == {"a": 1, "b": 1, "c": 1} | ({"z": 0} if is_there else {})


def test_who_empties_a_shelf_waits_for_a_merge_and_leaves_nothing_of_it(state):
    state.post({"a": 1}, **NAMED)

    answers = at_once(
        lambda: state.post({"b": 1}, **NAMED).status_code, lambda: state.delete(**STATE).status_code, held_at=Document
    )

    assert (answers, Document.objects.count()) == ([204, 204], 0)


def test_two_who_delete_a_version_are_told_apart(state):
    state.post({"a": 1}, **NAMED)
    headers = {"If-Match": state.get(**NAMED)["ETag"]}

    def delete():
        return state.send("DELETE", headers=headers, **NAMED).status_code

    assert at_once(delete, delete, held_at=Document) == [204, 412]


def test_two_documents_of_one_new_agent_are_both_kept(state):
    def store(name):
        return state.post({}, **STATE, stateId=name).status_code

    answers = at_once(partial(store, "a"), partial(store, "b"), held_at=Agent)

    assert (answers, Agent.objects.count(), Activity.objects.count(), Document.objects.count()) == ([204, 204], 1, 1, 2)


def test_of_two_names_with_one_key_the_later_is_refused(state):
    key = identifiers.key(identifiers.activity_identifier(STATE["activityId"]))
    answers = []

    def store():
        answers.append(state.post({}, **NAMED).status_code)
        connection.close()

    thread = threading.Thread(target=store)
    with transaction.atomic():
        Activity.objects.create(key=key, identifier="urn:x:other")
        thread.start()
        thread.join(0.5)
        meanwhile = list(answers)
    thread.join(20)

    assert (meanwhile, answers, Document.objects.count(), Agent.objects.count()) == ([], [400], 0, 0)


def test_other_documents_are_not_waited_for(state):
    state.post({}, **NAMED)
    answers = []

    def store_another():
        answers.append(state.post({}, **STATE, stateId="other").status_code)
        connection.close()

    with transaction.atomic():
        state.post({"a": 1}, **NAMED)
        thread = threading.Thread(target=store_another)
        thread.start()
        thread.join(20)
        meanwhile = list(answers)

    assert (meanwhile, state.get(**NAMED).json(), Document.objects.count()) == ([204], {"a": 1}, 2)
