"""What the image and compose.yaml promise, read from them: there are no containers where the tests run."""

import re

import yaml

from tests.databases import ROOT
from tests.test_docs import variables_of_settings

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {"web1", "web2", "worker", "scheduler", "migrate"}
# The client of PostgreSQL that each Debian brings: it backs up no server that is newer.
CLIENTS = {"bookworm": 15}


def test_the_image_runs_without_rights_and_holds_the_whole_product():
    last = DOCKERFILE.split("\nFROM ")[-1]

    assert re.findall(r"^USER (.*)$", last, re.M) == ["learning"]
    assert re.search(r"useradd --system --uid [1-9][0-9]+ .*nologin learning", last)
    assert last.index("USER learning") > last.index("COPY --from=build")
    copied = {path for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.M) for path in line.split()}
    assert {path.parent.name for path in ROOT.glob("*/apps.py")} | {"locale", "manage.py", "requirements.lock"} == copied


def test_whatever_runs_the_product_has_a_file_system_that_is_read_only_and_no_capability():
    assert {name for name, service in SERVICES.items() if "build" in service} == OURS
    for name in OURS:
        service = SERVICES[name]
        assert (service["read_only"], service["tmpfs"], service["cap_drop"]) == (True, ["/tmp"], ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert {volume.split(":")[0] for volume in service["volumes"]} <= {"data", "ledgers", "static"}


def test_nobody_outside_reaches_more_than_the_proxy():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert {name for name, service in SERVICES.items() if service["networks"] == ["inside"]} == {"database", "cache"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(volume.endswith(":ro") for volume in SERVICES["proxy"]["volumes"])


def test_what_it_sets_is_a_setting_and_no_secret_stands_in_it():
    environment = SERVICES["web1"]["environment"]

    assert {name.removesuffix("_FILE") for name in environment} - variables_of_settings() == set()
    assert [name for name in environment if re.search("KEY|PASSWORD|DATABASE_URL", name) and not name.endswith("_FILE")] == []
    assert {value.rpartition("/")[2] for name, value in environment.items() if name.endswith("_FILE")} == {
        *SERVICES["web1"]["secrets"]
    }


def test_ledgers_lie_apart_from_what_a_backup_brings_back_and_every_setting_can_be_given():
    for name in OURS - {"migrate"}:
        service = SERVICES[name]
        folders = dict(volume.split(":") for volume in service["volumes"])
        assert folders["ledgers"] == service["environment"]["LEDGER_DIR"]
        assert not folders["ledgers"].startswith(folders["data"])
        assert [file["required"] for file in service["env_file"]] == [False]


def test_what_backs_up_is_not_older_than_what_is_backed_up():
    debian = re.findall(r"^FROM debian:(\w+)-slim$", DOCKERFILE, re.M)[-1]
    server = int(re.fullmatch(r"postgres:(\d+)-alpine", SERVICES["database"]["image"])[1])

    assert server <= CLIENTS[debian]
