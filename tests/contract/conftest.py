"""A store on a real connection, and a client that nobody here wrote: `tincan`, which speaks xAPI 1.0.3."""

import pytest
from tincan import Agent, AgentAccount, RemoteLRS

from tests.databases import database, manage
from tests.serving import served

HOME = "https://clients.example"
SCOPES = ["statements/write", "statements/read/mine", "state", "profile", "define"]


@pytest.fixture(scope="module")
def grant(tmp_path_factory):
    """Makes a client of the store, with a key as an administrator gives it."""
    var = tmp_path_factory.mktemp("served")
    with database("contract") as url, served(url, var, "--workers", "1", "--threads", "4") as (_, port):

        def make(name):
            scopes = [argument for scope in SCOPES for argument in ("--scope", scope)]
            printed = manage(url, "grant_credential", name, *scopes, "--prefix", f"{HOME}/")
            key, secret = (line.partition(": ")[2] for line in printed.splitlines())
            return RemoteLRS(version="1.0.3", endpoint=f"http://localhost:{port}/xapi/1.0.3/", username=key, password=secret)

        yield make


@pytest.fixture(scope="module")
def lrs(grant):
    return grant("A client")


@pytest.fixture(scope="module")
def other(grant):
    return grant("Another client")


@pytest.fixture
def agent(request):
    """Somebody else in each test."""
    return Agent(name="Ünï", account=AgentAccount(name=request.node.name, home_page=f"{HOME}/"))
