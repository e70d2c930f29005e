"""One learner of many: signs in, opens her course, answers knowledge checks, reads on. Run by tests.benchmarks.crowd.

The addresses and the people come in the file that LEARNERS names; what was answered is written beside it, a line for each.
"""

import json
import os
from itertools import count
from pathlib import Path
from threading import Lock

from locust import HttpUser, between, task
from requests.adapters import HTTPAdapter

PLAN = json.loads(Path(os.environ["LEARNERS"]).read_text())
ANSWERED = Path(os.environ["LEARNERS"]).with_suffix(".answered")
NEXT, WRITING = count(), Lock()


class FromItsOwnAddress(HTTPAdapter):
    """Limits count by network, so every learner comes from an address of loopback of her own."""

    def __init__(self, number: int):
        self.source = (f"127.1.{number // 250}.{number % 250 + 1}", 0)
        super().__init__()

    def init_poolmanager(self, *arguments, **options) -> None:
        super().init_poolmanager(*arguments, source_address=self.source, **options)


class Learner(HttpUser):
    wait_time = between(PLAN["rest"][0], PLAN["rest"][1])

    def on_start(self) -> None:
        self.client.verify = PLAN["certificate"]
        number = next(NEXT)
        self.email = PLAN["people"][number]
        self.client.mount("https://", FromItsOwnAddress(number))
        self.tries = count(1)
        self.headers = {"Referer": PLAN["url"]}
        self.client.get("/account/login/", name="sign-in page")
        sent = {"login": self.email, "password": PLAN["password"], **self.token()}
        with self.client.post(
            "/account/login/", sent, headers=self.headers, name="sign-in", allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"not signed in: {answer.status_code}")

    def token(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self.client.cookies.get("csrftoken", "")}

    @task(2)
    def reads(self) -> None:
        self.client.get(PLAN["screen"], name="screen")

    @task(1)
    def looks_at_her_learning(self) -> None:
        self.client.get("/my/", name="my learning")

    @task(4)
    def answers(self) -> None:
        number = next(self.tries)
        sent = {"question": PLAN["question"], "option": "b", "try_number": number, **self.token()}
        with self.client.post(
            PLAN["check"], sent, headers=self.headers, name="answer", allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code == 302 and answer.headers["Location"].startswith("/learn/"):
                with WRITING, ANSWERED.open("a") as lines:
                    lines.write(f"{self.email} {number}\n")
            else:
                answer.failure(f"not taken: {answer.status_code}")
