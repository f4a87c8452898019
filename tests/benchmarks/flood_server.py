"""An API server with one submission whose nine containers write at a steady pace, all at once.

A program of its own: it prints its address, then `asked` once nine logs are open, floods from a
line of its stdin on, and serves until its stdin closes. All bytes are made before: while it sends
it computes nothing, so that what is measured is the reader.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

import canned_api
from follow_figures import Handler as FollowedHandler

HALVES = ("simulator", "agent")
CONTAINERS = (*(f"{half}-{n}" for n in (1, 2, 3, 4) for half in HALVES), "logcopy")
LINE_BYTES = 120
STRETCH_LINES, STRETCHES = 112_000, 10
LINES = len(CONTAINERS) * STRETCH_LINES * STRETCHES
LINES_PER_SECOND = 1_000_000
CHUNK_LINES = 34
"""In one chunk of HTTP: an API server passes on what a node sends in pieces of 4 kB."""
BEAT = 0.02
"""Seconds between two pieces of a stream."""


def stretch(container: str) -> list[bytes]:
    """Lines of that container, each unlike all others of all containers."""
    made = []
    for n in range(STRETCH_LINES):
        stamp = b"2026-11-22T10:%02d:%02d.%09dZ " % (n // 60_000, n // 1000 % 60, n)
        said = b"[%s] frame %d: speed 7.31 m/s throttle 0.71 steer -0.02" % (container.encode(), n)
        made.append((stamp + said).ljust(LINE_BYTES - 1) + b"\n")
    return made


def framed(lines: list[bytes]) -> bytes:
    """The same as the chunks of an HTTP body."""
    pieces = []
    for start in range(0, len(lines), CHUNK_LINES):
        piece = b"".join(lines[start : start + CHUNK_LINES])
        pieces.append(b"%x\r\n%s\r\n" % (len(piece), piece))
    return b"".join(pieces)


class Flood(canned_api.Server):
    def __init__(self) -> None:
        super().__init__(1, Handler)
        self.bodies = {each: framed(stretch(each)) for each in CONTAINERS}
        self.asked: set[str] = set()
        self.begun = threading.Event()
        self.began = 0.0
        place = "namespaces/default"
        self._alter(f"/apis/batch/v1/{place}/jobs", _running_job)
        self._alter(f"/api/v1/{place}/pods", _running_pod)

    def _alter(self, path: str, alter: object) -> None:
        listed = json.loads(self.answers[path][""])
        for item in listed["items"]:
            alter(item)  # type: ignore[operator]
        self.answers[path][""] = json.dumps(listed).encode()

    def begin(self) -> None:
        self.began = time.monotonic()
        self.begun.set()


def _running_job(job: dict[str, dict[str, object]]) -> None:
    job["status"] = {"active": 1, "ready": 1, "startTime": canned_api.ENDED}


def _running_pod(pod: dict[str, dict[str, object]]) -> None:
    status = pod["status"]
    status["phase"] = "Running"
    running = {"running": {"startedAt": canned_api.ENDED}}
    told = status["containerStatuses"]
    assert isinstance(told, list)
    for each in told:
        each |= {"state": running, "lastState": {}, "restartCount": 0, "ready": True}


class Handler(FollowedHandler):
    server: Flood

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if not asked.path.endswith("/log"):
            super().do_GET()
            return
        container = parse_qs(asked.query)["container"][0]
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if container in self.server.bodies:
            self._flood(container)
        self.wfile.write(b"0\r\n\r\n")

    def _flood(self, container: str) -> None:
        server = self.server
        server.asked.add(container)
        if len(server.asked) == len(CONTAINERS):
            print("asked", flush=True)
        server.begun.wait()
        body = memoryview(server.bodies[container])
        pace = len(body) / STRETCH_LINES * LINES_PER_SECOND / len(CONTAINERS)
        sent, whole = 0, len(body) * STRETCHES
        while sent < whole:
            due = min(int((time.monotonic() - server.began) * pace), whole)
            while sent < due:
                start = sent % len(body)
                piece = body[start : start + due - sent]
                self.connection.sendall(piece)
                sent += len(piece)
            time.sleep(BEAT)
        self.rfile.read(1)


if __name__ == "__main__":
    flood = Flood()
    threading.Thread(target=flood.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{flood.server_port}", flush=True)
    if sys.stdin.readline():
        flood.begin()
    sys.stdin.read()
