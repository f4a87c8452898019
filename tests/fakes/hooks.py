"""A webhook's server on loopback: answers as it was told to, and keeps what it was sent."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "T00-B00-sEcReT"
CUT = "cut"
"""It hangs up once it has read the request."""
HELD = "held"
"""It says nothing until it is let go."""

Said = int | str | tuple[int, dict[str, str]]


class HookServer(ThreadingHTTPServer):
    """`says`: one for each request in order; 200 afterwards."""

    daemon_threads = True

    def __init__(self, *says: Said) -> None:
        self.says = list(says)
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.came, self.let_go = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/services/{SECRET}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: HookServer

    def do_POST(self) -> None:
        server = self.server
        said = server.says.pop(0) if server.says else 200
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.bodies.append(json.loads(body))
        server.keys.append(self.headers["Idempotency-Key"])
        server.came.set()
        if said == HELD:
            server.let_go.wait()
        if isinstance(said, str):
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        code, headers = said if isinstance(said, tuple) else (said, {})
        self.send_response(code)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def hook_server(*says: Said) -> Iterator[HookServer]:
    server = HookServer(*says)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
