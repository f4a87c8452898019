"""A log that is followed to its end, beside kubectl: both read one stream from one server."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import canned_api
from door_figures import CONSOLE, against, kubeconfig
from figure import Figure
from timing import Took, in_turns

POD = "entry-0-x7k2p"
STAMP = b"2026-11-22T10:00:00.123456789Z "
LINE = b"x" * 88 + b"\n"
LINES, AT_ONCE = 1_000_000, 500
WHAT = f"logs -f of {LINES:,} lines"
RUNS = 3


class Handler(canned_api.Handler):
    """Streams the log of one container as fast as it is read."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path.endswith(f"/pods/{POD}/log"):
            self._stream((STAMP + LINE if "timestamps=true" in asked.query else LINE) * AT_ONCE)
        elif asked.path.endswith(f"/pods/{POD}"):
            self._pod()
        else:
            super().do_GET()

    def _stream(self, block: bytes) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(LINES // AT_ONCE):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        self.wfile.write(b"0\r\n\r\n")

    def _pod(self) -> None:
        """kubectl asks for it first."""
        (pod,) = json.loads(self.server.answers["/api/v1/namespaces/default/pods"][""])["items"]
        body = json.dumps({"kind": "Pod", "apiVersion": "v1", **pod}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, _served() as url:
        flags = ("--kubeconfig", kubeconfig(Path(folder), url))
        ours = (*CONSOLE, *flags, "logs", "-f", "entry-0")
        commands: dict[str, Sequence[str]] = {"ours": ours}
        if kubectl := shutil.which("kubectl"):
            theirs = (kubectl, *flags, "--cache-dir", folder, "logs", "-f", POD, "-c", "logcopy")
            commands["theirs"] = theirs
        state = {"CARLA_CONSOLE_STATE_DIR": folder, "CARLA_CONSOLE_RECORDER": "off"}
        took = in_turns(commands, runs=RUNS, environment=state)
    peer = took.get("theirs")
    if peer is None:
        yield Figure(f"carla-console {WHAT}", str(took["ours"]), "1.3 x kubectl: not installed")
        return
    yield Figure(f"kubectl {WHAT}", str(peer), "-")
    aim = Took(1.3 * peer.wall, 1.3 * peer.cpu)
    yield against(f"carla-console {WHAT}", took["ours"], aim, "1.3 x kubectl")


@contextlib.contextmanager
def _served() -> Iterator[str]:
    """In a process of its own: what it computes is not ours."""
    command = (sys.executable, __file__)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        assert it.stdin is not None
        yield it.stdout.readline().strip()
        it.stdin.close()


if __name__ == "__main__":
    server = canned_api.Server(1, Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()
