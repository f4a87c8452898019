"""The lists of the simulated cluster, made beforehand: a server that answers at once.

A program of its own: `recorded_pages.py JOBS RUNNING`. It prints its address and serves until it is
ended. What a console takes for them is then its own part alone.
"""

from __future__ import annotations

import re
import sys
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import canned_api
import scale_server
from canned_api import PAGE

_CONTINUE = re.compile(rb'"continue": "(\d*)"')


def recorded(jobs: int, running: int) -> dict[tuple[str, str], bytes]:
    """Path and continue token -> the page."""
    cluster, found = scale_server.Cluster(jobs, running), {}
    for path in scale_server.KINDS:
        token: str | None = ""
        while token is not None:
            page = found[path, token] = cluster.page(path, int(token or 0), PAGE)
            then = _CONTINUE.search(page, 0, 1000)
            token = then[1].decode() if then and then[1] else None
    return found


class Handler(canned_api.Handler):
    """Other pages; what is asked for a stream is answered alike."""

    pages: dict[tuple[str, str], bytes]

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(asked.query).items()}
        if "watch" in query or "follow" in query:
            self._nothing_happens()
            return
        page = self.pages.get((asked.path, query.get("continue", "")))
        if query.get("labelSelector", "").startswith(scale_server.WITHOUT):
            page = scale_server.NONE
        if asked.path == "/version":
            page = scale_server.VERSION
        body = b"" if asked.path.endswith("/log") else page
        self.send_response(404 if body is None else 200)
        body = scale_server.MISSING if body is None else body
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 4096

    def handle_error(self, request: object, client_address: object) -> None:
        """Readers go away when they have read enough."""


if __name__ == "__main__":
    Handler.pages = recorded(int(sys.argv[1]), int(sys.argv[2]))
    server = Server(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
