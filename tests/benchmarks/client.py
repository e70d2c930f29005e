"""A client of the record store in a process of its own: sends what it is told over real connections, and prints what it took.

usage: python -m tests.benchmarks.client <<< '{"address": …, "headers": …, "connections": 8, "seconds": 3, "act": {…}}'
An act is {"post": statements in a batch} or {"get": addresses, in turn}. Prints {"acts", "spent", "p50", "p95"} in seconds.
"""

import json
import socket
import sys
import threading
import time
from itertools import cycle
from statistics import quantiles

from tests.benchmarks import statements


class Line:
    """One connection that stays open. Answers have a Content-Length."""

    def __init__(self, address: tuple[str, int], headers: dict[str, str]):
        self.socket = socket.create_connection(tuple(address), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb", buffering=1 << 20)
        self.headers: dict[str, str] = {}  # of the last answer
        self.head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "localhost", **headers}.items())

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        start = f"{method} {path} HTTP/1.1\r\n{self.head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.socket.sendall(start.encode() + body)
        status = self.file.readline()
        self.headers = {}
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            self.headers[name.lower()] = value.strip()
        answer = self.file.read(int(self.headers["content-length"]))
        if b" 200 " not in status:
            raise RuntimeError(f"{status!r} {answer[:500]!r}")
        return answer


def acts(line: Line, act: dict):
    """What this connection does, one after the other, for ever."""
    if "post" in act:
        size = act["post"]
        ready = [statements.batch(size, seed=number) for number in range(max(10, 6_000 // size if size > 1 else 700))]
        yield lambda: line.ask("POST", "/xapi/statements", ready.pop())
        while True:
            body = ready.pop() if ready else statements.batch(size, seed=0)
            yield lambda body=body: line.ask("POST", "/xapi/statements", body)
    for path in cycle(act["get"]):
        yield lambda path=path: line.ask("GET", path)


def work(wanted: dict, began: threading.Barrier, spent: list[float], ends: list[float]) -> None:
    line = Line(wanted["address"], wanted["headers"])
    waiting = acts(line, wanted["act"])
    next(waiting)()
    began.wait()
    until = time.perf_counter() + wanted["seconds"]
    while time.perf_counter() < until:
        act = next(waiting)
        start = time.perf_counter()
        act()
        spent.append(time.perf_counter() - start)
    ends.append(time.perf_counter())


def main() -> None:
    wanted = json.load(sys.stdin)
    spent: list[float] = []
    ends: list[float] = []
    began = threading.Barrier(wanted["connections"] + 1)
    lines = [threading.Thread(target=work, args=(wanted, began, spent, ends)) for _ in range(wanted["connections"])]
    for one in lines:
        one.start()
    began.wait()
    start = time.perf_counter()
    for one in lines:
        one.join()
    parts = quantiles(spent, n=20)
    json.dump({"acts": len(spent), "spent": max(ends) - start, "p50": parts[9], "p95": parts[18]}, sys.stdout)


if __name__ == "__main__":
    main()
