"""A server on loopback that sends exactly the bytes it was given: for forms that no library writes."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


class ExactServer:
    """One answer a request, in order, over as many connections as come."""

    def __init__(self, *answers: bytes, hold: bool) -> None:
        self._answers, self._hold = list(answers), hold
        self.requests: list[bytes] = []
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._open: list[socket.socket] = []

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as asking:
            asked = b""
            while line := asking.readline():
                asked += line
                if line != b"\r\n":
                    continue
                self.requests.append(asked)
                asked = b""
                if self._answers:
                    connection.sendall(self._answers.pop(0))
                if not (self._answers or self._hold):
                    return

    def close(self) -> None:
        for each in (self._listening, *self._open):
            # Whoever waits in accept or recv on it goes on only after this.
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextlib.contextmanager
def exact_server(*answers: bytes, hold: bool = False) -> Iterator[ExactServer]:
    """`hold`: silent after its last answer, where it would hang up."""
    server = ExactServer(*answers, hold=hold)
    serving = threading.Thread(target=server.serve, daemon=True)
    serving.start()
    try:
        yield server
    finally:
        server.close()
        serving.join()


def answer(body: bytes, *headers: str, status: int = 200) -> bytes:
    """One of that length, with further headers."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
