"""Several lists of one question: none waits for the answer of another."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fakes.wild_server import kubeconfig

from console.cluster.connecting import connect
from console.cluster.edge import KubernetesCluster
from console.cluster.quick_way import open_plainly
from console.operations.at_once import all_asked, run
from console.operations.ports.cluster import SUBMISSION_SELECTOR

LATEST = 10.0


@contextlib.contextmanager
def server(*awaited: str) -> Iterator[str]:
    """Answers no list before all of these have been asked for: a kind, or `others` for the Jobs
    that have no label of ours."""
    left, all_here = set(awaited), threading.Event()

    class Lists(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            label = parse_qs(asked.query).get("labelSelector", [SUBMISSION_SELECTOR])[0]
            kind = asked.path.rpartition("/")[2] if label == SUBMISSION_SELECTOR else "others"
            left.discard(kind)
            if not left:
                all_here.set()
            came = "namespaces" not in asked.path or all_here.wait(LATEST)
            body = b'{"gitVersion": "v1.36.0", "metadata": {}, "items": []}'
            self.send_response(200 if came else 400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None: ...

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Lists)
    thread = threading.Thread(target=serving.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


def without_loop(folder: Path, url: str) -> KubernetesCluster:
    return open_plainly(kubeconfig(folder, url, "token: t"), None, None, environ={})


async def listed(folder: Path, url: str) -> object:
    cluster = await connect(kubeconfig(folder, url, "token: t"), None, None)
    try:
        return await cluster.jobs("races")
    finally:
        await cluster.close()


def listed_plainly(folder: Path, url: str) -> object:
    cluster = without_loop(folder, url)
    try:
        return run(cluster.jobs("races"))
    finally:
        run(cluster.close())


LOOKS: dict[str, Callable[[Path, str], object]] = {
    "without a loop": listed_plainly,
    "with one": lambda folder, url: asyncio.run(listed(folder, url)),
}


@pytest.mark.parametrize("look", LOOKS)
def test_our_jobs_and_those_that_may_be_upstreams_are_asked_for_at_once(
    tmp_path: Path, look: str
) -> None:
    with server("jobs", "others") as url:
        assert LOOKS[look](tmp_path, url) == ()


def test_pods_are_asked_for_before_jobs_are_told(tmp_path: Path) -> None:
    with server("jobs", "others", "pods") as url:
        cluster = without_loop(tmp_path, url)
        works = [cluster.jobs("races"), cluster.pods("races", None)]
        assert run(all_asked(works)) == [(), ()]
        run(cluster.close())
