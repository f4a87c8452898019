"""A real HTTP server on loopback that follows EvalAI's rules (`evalai_rules`), with faults on
request: an answer late or never, a request taken twice or not at all, cut anywhere, or any answer.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from fakes.evalai_rules import EvalAiRules, Said


@dataclass(frozen=True)
class Fault:
    """What happens to one request. The default is none."""

    taken: int = 1
    """How often the rules are asked: a proxy may send it twice, or not at all."""
    said: Said | None = None
    """Instead of what the rules say."""
    raw: bytes | None = None
    """Instead of any HTTP."""
    cut: int | None = None
    """Bytes of the answer's body after which it hangs up; -1: before any answer."""
    held: bool = False
    """It says nothing until it is let go."""
    unread: bool = False
    """It answers before it has read the request's body."""


NONE = Fault()
TWICE = Fault(taken=2)
LOST = Fault(taken=0, cut=-1)
"""Hung up before it was taken."""
UNANSWERED = Fault(cut=-1)
"""Taken, and the answer was lost."""
CUT = Fault(cut=7)
"""Taken, and the answer was cut within."""
LATE = Fault(held=True)
"""Taken; answered when it is let go."""


def html(code: int, **headers: str) -> Fault:
    """As a proxy before it ends a request that never came to EvalAI."""
    text = f"<html><h1>{code}</h1></html>"
    return Fault(
        taken=0, said=Said(code, text, {k.replace("_", "-"): v for k, v in headers.items()})
    )


def told(code: int, value: Any, **headers: str) -> Fault:
    """An answer in JSON, whatever was asked."""
    named = {name.replace("_", "-"): each for name, each in headers.items()}
    return Fault(taken=0, said=Said(code, value, named))


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class EvalAiServer(ThreadingHTTPServer):
    """`faults`: one for each request in order; none afterwards."""

    daemon_threads = True
    request_queue_size = 100
    _scheme = "http"

    def __init__(self, rules: EvalAiRules, *faults: Fault) -> None:
        self.rules, self.faults = rules, list(faults)
        self.asked: list[Asked] = []
        self.came, self.let_go = threading.Event(), threading.Event()
        self.turn = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def speak_tls(self, certificate: Path, key: Path) -> None:
        """From the next connection on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self._scheme = "https"

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: EvalAiServer
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.close_connection = True
        server = self.server
        with server.turn:
            fault = server.faults.pop(0) if server.faults else NONE
        body = b"" if fault.unread else self.rfile.read(int(self.headers["Content-Length"] or 0))
        said = self._taken(fault, body)
        server.came.set()
        if fault.held:
            server.let_go.wait()
        if fault.raw is not None:
            self.wfile.write(fault.raw)
        elif fault.cut != -1:
            self._send(said, fault.cut)
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _taken(self, fault: Fault, body: bytes) -> Said:
        headers = {name.lower(): value for name, value in self.headers.items()}
        token = headers.get("authorization", "").partition(" ")[2]
        with self.server.turn:
            self.server.asked.append(Asked(self.command, self.path, headers, body))
            answers = [
                self.server.rules.answer(self.command, self.path, token, body)
                for _ in range(fault.taken)
            ]
        return fault.said or (answers[-1] if answers else Said(500, ""))

    def _send(self, said: Said, cut: int | None) -> None:
        self.send_response(said.code)
        sent = {"Content-Type": said.content_type, "Content-Length": str(len(said.body))}
        for name, value in {**sent, **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said.body if cut is None else said.body[:cut])

    do_GET = do_PUT = do_PATCH = do_POST = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def evalai_server(*faults: Fault, rules: EvalAiRules | None = None) -> Iterator[EvalAiServer]:
    server = EvalAiServer(rules or EvalAiRules(), *faults)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
