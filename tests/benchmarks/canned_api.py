"""An API server of prepared answers: so many ended submissions, read by kubectl and by us alike.

Run as a program it prints its address and serves until its stdin closes. It computes nothing while
it answers, so that what is measured is the reader.
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from console.specs.compose import compose, load_template
from console.specs.values import load_profile

POD = Path(__file__).parents[1] / "data" / "cluster" / "pod-running.json"
PAGE = 500
NAME = "the-name"
TABLE = "as a table"
"""Stands for the path of the Jobs, where kubectl asks for them."""
NONE = "none"
"""Stands for the path of what has no label of ours."""
ENDED = "2026-11-22T11:00:00Z"
Page = dict[str, bytes]
"""By the continue token that asks for it; the first has none."""


def composed() -> dict[str, Any]:
    """The Job that the shipped template makes."""
    template = load_template("2.0")
    values = load_profile("embedded").values("2.0")
    values = values.override({"submission.name": NAME}, origin="bench", known=template.paths)
    return compose(template, values, namespace="default", nonce="nonce").manifest


def job(number: int, like: str) -> dict[str, Any]:
    """A complete Job, like that one but for its name."""
    manifest: dict[str, Any] = json.loads(like.replace(NAME, f"entry-{number}"))
    uid = f"uid-{number}"
    begun = {"uid": uid, "creationTimestamp": "2026-11-22T10:00:00Z", "resourceVersion": "7"}
    manifest["metadata"] = {**manifest["metadata"], **begun}
    turned = {"status": "True", "lastTransitionTime": ENDED}
    conditions = [{"type": "SuccessCriteriaMet", **turned}, {"type": "Complete", **turned}]
    manifest["status"] = {"succeeded": 1, "conditions": conditions, "completionTime": ENDED}
    return manifest


def pod(number: int, like: dict[str, Any]) -> dict[str, Any]:
    """Its pod, with all containers at their end."""
    name = f"entry-{number}"
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": f"uid-{number}"}
    labels = {**like["metadata"]["labels"], "job-name": name}
    meta = {**like["metadata"], "name": f"{name}-x7k2p", "uid": f"pod-{number}", "labels": labels}
    status = {**like["status"], "phase": "Succeeded"}
    for group in ("containerStatuses", "initContainerStatuses"):
        status[group] = [_ended(number, each) for each in status.get(group, [])]
    meta |= {"namespace": "default", "ownerReferences": [owner]}
    return {**like, "metadata": meta, "status": status}


def _ended(number: int, container: dict[str, Any]) -> dict[str, Any]:
    """At its end, and like no other pod's: a reader that remembers texts gains nothing by it."""
    own = f"containerd://{number:032x}{container['name']:>32}"
    end = {"exitCode": 0, "reason": "Completed", "finishedAt": ENDED, "containerID": own}
    return {**container, "containerID": own, "state": {"terminated": end}}


def pages(kind: str, version: str, items: list[dict[str, Any]]) -> Page:
    """A list in pages, encoded."""
    found = {}
    for start in range(0, max(len(items), 1), PAGE):
        after = start + PAGE
        meta = {"resourceVersion": "9", "continue": str(after) if after < len(items) else ""}
        body: dict[str, Any] = {"kind": kind, "apiVersion": version, "metadata": meta}
        body["items"] = items[start:after]
        found[str(start) if start else ""] = json.dumps(body, separators=(",", ":")).encode()
    return found


def table(count: int) -> Page:
    """The Jobs as kubectl asks for them: columns that the server has made."""
    names = ("Name", "Status", "Completions", "Duration", "Age")
    columns = [{"name": name, "type": "string", "format": "", "priority": 0} for name in names]
    found = {}
    for start in range(0, max(count, 1), PAGE):
        after = start + PAGE
        rows = [
            {
                "cells": [f"entry-{number}", "Complete", "1/1", "60m", "6d"],
                "object": {
                    "kind": "PartialObjectMetadata",
                    "apiVersion": "meta.k8s.io/v1",
                    "metadata": {"name": f"entry-{number}", "namespace": "default"},
                },
            }
            for number in range(start, min(after, count))
        ]
        meta = {"resourceVersion": "9", "continue": str(after) if after < count else ""}
        body = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta}
        made = {**body, "columnDefinitions": columns, "rows": rows}
        found[str(start) if start else ""] = json.dumps(made, separators=(",", ":")).encode()
    return found


def discovery() -> dict[str, Page]:
    """What kubectl asks before its first list."""
    served = {"groupVersion": "batch/v1", "version": "v1"}
    group = {"name": "batch", "versions": [served], "preferredVersion": served}
    verbs = {"namespaced": True, "verbs": ["get", "list", "watch"]}
    jobs = {"name": "jobs", "singularName": "job", "kind": "Job", **verbs}
    pods = {"name": "pods", "singularName": "pod", "kind": "Pod", **verbs}
    documents: dict[str, dict[str, Any]] = {
        "/version": {"gitVersion": "v1.36.0", "major": "1", "minor": "36"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [group]},
        "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [pods]},
        "/apis/batch/v1": {
            "kind": "APIResourceList",
            "groupVersion": "batch/v1",
            "resources": [jobs],
        },
    }
    return {path: {"": json.dumps(document).encode()} for path, document in documents.items()}


def answers(count: int) -> dict[str, Page]:
    """Path -> its pages."""
    like = json.loads(POD.read_bytes())
    made = json.dumps(composed())
    jobs = [job(number, made) for number in range(count)]
    pods = [pod(number, like) for number in range(count)]
    place = "namespaces/default"
    lists = {
        f"/apis/batch/v1/{place}/jobs": pages("JobList", "batch/v1", jobs),
        f"/api/v1/{place}/pods": pages("PodList", "v1", pods),
    }
    return {**discovery(), **lists, TABLE: table(count), NONE: pages("List", "v1", [])}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Readers go away when they have read enough."""

    def __init__(self, count: int, handler: type[BaseHTTPRequestHandler] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), handler or Handler)
        self.answers = answers(count)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = parse_qs(asked.query)
        if "watch" in query:
            self._nothing_happens()
            return
        page = query.get("continue", [""])[0]
        as_table = "as=Table" in self.headers.get("Accept", "") and asked.path.endswith("/jobs")
        path = TABLE if as_table else asked.path
        # All that there are carry our label: who asks for the others gets none.
        if query.get("labelSelector", [""])[0].startswith("!"):
            path = NONE
        body = self.server.answers.get(path, {}).get(page, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _nothing_happens(self) -> None:
        """A watch that lasts until whoever watches goes."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        self.rfile.read(1)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


if __name__ == "__main__":
    serving = Server(int(sys.argv[1]))
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{serving.server_port}", flush=True)
    sys.stdin.read()
