"""A TCP line between browser and server: slow, late, and cut after each tenth request."""

import socket
import threading
import time

DELAY = 0.4  # seconds until the first byte of an answer
RATE = 400_000 / 8  # bytes a second, for the line as a whole


class BadLine:
    def __init__(self, target: tuple[str, int]):
        self.target = target
        self.is_cutting = True
        self.requests = 0
        self.cuts = 0
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
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        server = socket.create_connection(self.target)
        threading.Thread(target=self._answers, args=(server, client), daemon=True).start()
        try:
            while data := client.recv(65536):
                is_cut = self._counts(data)
                server.sendall(data)
                if is_cut:
                    # The request has arrived and is worked on: only its answer is lost.
                    time.sleep(DELAY)
                    break
        except OSError:
            pass
        finally:
            _end(client)
            _end(server)

    def _counts(self, data: bytes) -> bool:
        if not data.startswith((b"GET ", b"POST ")):
            return False
        with self._lock:
            self.requests += 1
            is_cut = self.is_cutting and self.requests % 10 == 0
            self.cuts += is_cut
        return is_cut

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while data := server.recv(65536):
                time.sleep(DELAY)
                for start in range(0, len(data), 4096):
                    self._wait_for_the_line(len(data[start : start + 4096]))
                    client.sendall(data[start : start + 4096])
        except OSError:
            pass
        finally:
            _end(client)

    def _wait_for_the_line(self, size: int) -> None:
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + size / RATE
            wait = self._free_at - now
        time.sleep(max(0, wait))


def _end(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the other side was quicker
    line.close()
