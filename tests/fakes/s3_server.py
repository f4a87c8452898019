"""A real S3 server (gofakes3, a Go module) on loopback, and a proxy before it that spoils answers.

The program is built once, with the checksums of `s3/go.sum`, and kept beside those of tests/e2e.
"""

from __future__ import annotations

import http.client
import os
import pwd
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.e2e.cluster.turns import turn

SOURCES = Path(__file__).parent / "s3"
LATE, CUT, LOST, TWICE, SLOW = "late", "cut", "lost", "twice", "slow"
"""No answer in time; half of one; done, but unanswered; done twice; done, and answered after a
while. Others are a status of S3, or `400 SomeException` as DynamoDB writes it."""
SLOW_SECONDS = 0.5
_HEADERS = ("content-length", "transfer-encoding", "connection")


def program() -> Path:
    """The server; skips where there is no Go to build it with."""
    files = [SOURCES / name for name in ("go.mod", "go.sum", "main.go")]
    made = sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]
    # A folder of its own to take turns at: what builds a whole cluster has the other for minutes.
    cache = Path(pwd.getpwuid(os.getuid()).pw_dir) / ".cache" / "carla-console" / "s3-server"
    built = cache / made
    if built.exists():
        return built
    with turn(cache):
        if not built.exists():
            if shutil.which("go") is None:
                pytest.skip("the S3 server is built by Go, which is not here")
            new = built.with_name(f".{built.name}.{os.getpid()}")
            environment = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
            subprocess.run(
                ["go", "build", "-o", new, "."], cwd=SOURCES, env=environment, check=True
            )
            new.rename(built)
    return built


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address."""
    with subprocess.Popen([program()], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


@dataclass(frozen=True)
class Done:
    """A request that the server was given."""

    request: str
    body: bytes
    fault: str


@dataclass
class Spoiler:
    """What is to become of the next requests: a fault each, by what it is asked of."""

    there: str
    address: str = ""
    faults: list[tuple[str, str]] = field(default_factory=list)
    """(a beginning of "METHOD /path", fault), each once, in this order."""
    forever: str = ""
    """The fault of all requests from now on."""
    chance: Callable[[str], str] = lambda _: ""
    """The fault of a request of which nothing else is said."""
    asked: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    """How each request was signed."""
    done: list[Done] = field(default_factory=list)
    heard: Callable[[str], None] = lambda _: None
    """Is called when a request has come, and when it is done and not yet answered."""
    over: threading.Event = field(default_factory=threading.Event)

    def fault_of(self, request: str) -> str:
        if self.forever:
            return self.forever
        for place, (begin, fault) in enumerate(self.faults):
            if request.startswith(begin):
                del self.faults[place]
                return fault
        return self.chance(request)


@contextmanager
def spoiled(there: str) -> Iterator[Spoiler]:
    """A proxy before that server."""
    spoiler = Spoiler(there)
    handler = type("Handler", (_Handler,), {"spoiler": spoiler})
    server = _Server(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    spoiler.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield spoiler
    finally:
        spoiler.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Who is killed in the middle of a request takes no answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    spoiler: Spoiler
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Said by `asked`."""

    def do_GET(self) -> None:
        self._lead()

    do_PUT = do_POST = do_DELETE = do_HEAD = do_GET

    def _lead(self) -> None:
        spoiler = self.spoiler
        request = f"{self.command} {self.path}"
        spoiler.asked.append(request)
        spoiler.logins.append(self.headers.get("Authorization", ""))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = spoiler.fault_of(request)
        if " " in fault:
            status, _, name = fault.partition(" ")
            body = f'{{"__type": "com.amazonaws.dynamodb.v20120810#{name}"}}'.encode()
            self._answer(int(status), {"Content-Type": "application/x-amz-json-1.0"}, body)
        elif fault.isdigit():
            code = {"400": "ExpiredToken", "403": "AccessDenied", "503": "SlowDown"}.get(
                fault, "InternalError"
            )
            self._answer(int(fault), {}, f"<Error><Code>{code}</Code></Error>".encode())
        elif fault == LATE:
            spoiler.over.wait()
            self.close_connection = True
        else:
            self._forward(body, fault)

    def _forward(self, body: bytes, fault: str) -> None:
        request = f"{self.command} {self.path}"
        self.spoiler.heard(request)
        for _ in range(2 if fault == TWICE else 1):
            back = http.client.HTTPConnection(self.spoiler.there)
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _HEADERS}
            back.request(self.command, self.path, body or None, headers)
            answer = back.getresponse()
            content = answer.read()
            back.close()
        self.spoiler.done.append(Done(request, body, fault))
        self.spoiler.heard(request)
        if fault == SLOW:
            self.spoiler.over.wait(SLOW_SECONDS)
        if fault == LOST:
            self.close_connection = True
            return
        told = {k: v for k, v in answer.getheaders() if k.lower() not in _HEADERS}
        if self.command == "HEAD":
            told["Content-Length"] = answer.getheader("Content-Length") or "0"
        self._answer(answer.status, told, content, cut=fault == CUT)

    def _answer(
        self, status: int, headers: dict[str, str], content: bytes, *, cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(content) + cut))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = self.close_connection or cut
