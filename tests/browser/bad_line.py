"""A TCP line between browser and server: slow, late, and cut after each tenth request."""

import socket
import threading
import time

DELAY = 0.4  # seconds from a request to the first byte of its answer
RATE = 400_000 / 8  # bytes a second, for the line as a whole


class BadLine:
    def __init__(self, target: tuple[str, int]):
        self.target = target
        self.is_cutting = True
        self.requests = 0
        self.lost: list[str] = []  # the first lines of the requests whose answers were cut off
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            _Connection(self, client).start()

    def counts(self, data: bytes) -> bool:
        """Whether with this the answer is to be lost."""
        if not data.startswith((b"GET ", b"POST ")):
            return False
        with self._lock:
            self.requests += 1
            is_cut = self.is_cutting and self.requests % 10 == 0
            if is_cut:
                self.lost.append(data.split(b"\r\n", 1)[0].decode())
        return is_cut

    def wait_for_the_line(self, size: int) -> None:
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + size / RATE
            wait = self._free_at - now
        time.sleep(wait)


class _Connection:
    def __init__(self, line: BadLine, client: socket.socket):
        self.line = line
        self.client = client
        self.server = socket.create_connection(line.target)
        self.asked_at = 0.0
        self.is_cut = False

    def start(self) -> None:
        for carry in (self._requests, self._answers):
            threading.Thread(target=self._carry, args=(carry,), daemon=True).start()

    def _carry(self, carry) -> None:
        try:
            carry()
        except OSError:
            pass  # the other side was quicker, or a line that was cut has been silent long enough
        finally:
            _end(self.client)
            _end(self.server)

    def _requests(self) -> None:
        while data := self.client.recv(65536):
            self.asked_at = time.monotonic()
            if self.line.counts(data):
                # The request arrives whole and is worked on: only its answer is lost.
                self.is_cut = True
                self.client.settimeout(DELAY)
            self.server.sendall(data)

    def _answers(self) -> None:
        while data := self.server.recv(65536):
            if self.is_cut:
                continue
            time.sleep(max(0, self.asked_at + DELAY - time.monotonic()))
            for start in range(0, len(data), 4096):
                self.line.wait_for_the_line(len(data[start : start + 4096]))
                self.client.sendall(data[start : start + 4096])


def _end(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended already
    line.close()
