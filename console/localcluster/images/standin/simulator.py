"""The evaluator's side of the line-JSON protocol that the CARLA stand-in speaks.

One request line, one answer line. A closed connection, a refusal or no answer within the time-out
is a RuntimeError with the client library's own wording. Starts nothing, retries only to connect.
"""

import json
import socket
import time
from typing import Any, Dict, Optional

RETRY_SECONDS = 0.2
MAX_LINE = 65536


class Simulator:
    """A connection to the server at host:port. Seconds throughout; close it after use."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self._host, self._port, self._timeout = host, port, timeout
        self._socket: Optional[socket.socket] = None
        self.loaded = False
        self.gone = False

    def connect(self, patience: float) -> None:
        """Try for `patience` seconds; RuntimeError when nothing listens."""
        deadline = time.monotonic() + patience
        while True:
            try:
                self._socket = socket.create_connection((self._host, self._port), self._timeout)
                break
            except OSError:
                if time.monotonic() >= deadline:
                    raise self._lost() from None
                time.sleep(RETRY_SECONDS)
        self._ask({"do": "status"})

    def load_world(self, town: str) -> None:
        answer = self._ask({"do": "load_world", "town": town})
        if not answer.get("ok"):
            raise RuntimeError(str(answer.get("error", "map not found")))
        self.loaded = True

    def tick(self, frames: int) -> None:
        self._ask({"do": "tick", "frames": frames})

    def fault(self, kind: str) -> None:
        """Tell the server to `crash`, `hang` or `refuse`; it may die before it answers."""
        if self._socket is not None:
            request = json.dumps({"do": "fault", "kind": kind}) + "\n"
            self._socket.sendall(request.encode("ascii"))

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, request: Dict[str, Any]) -> Dict[str, Any]:
        if self._socket is None:
            raise self._lost()
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall((json.dumps(request) + "\n").encode("ascii"))
            answer = json.loads(self._line(self._socket))
        except (OSError, ValueError):
            self.close()
            raise self._lost() from None
        if not isinstance(answer, dict):
            raise self._lost()
        return answer

    @staticmethod
    def _line(connection: socket.socket) -> str:
        text = b""
        while not text.endswith(b"\n"):
            part = connection.recv(4096)
            if not part or len(text) > MAX_LINE:
                raise ConnectionError("the server closed the connection")
            text += part
        return text.decode("utf-8", "replace")

    def _lost(self) -> RuntimeError:
        self.gone = True
        text = "time-out of {}ms while waiting for the simulator, make sure the simulator is ready"
        where = f" and connected to {self._host}:{self._port}"
        return RuntimeError(text.format(int(self._timeout * 1000)) + where)
