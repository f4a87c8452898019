"""What a cluster did during a run, with times, uids and random names taken out, to compare two."""

from __future__ import annotations

import base64
import json
import re
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Json = Any
RESOURCES = {
    "jobs": "/apis/batch/v1/namespaces/{}/jobs",
    "pods": "/api/v1/namespaces/{}/pods",
    "events": "/api/v1/namespaces/{}/events",
}
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_POD_SUFFIX = re.compile(r"-[a-z0-9]{5}\b")


@dataclass(frozen=True, slots=True)
class Access:
    """Requests with what a kubeconfig holds: certificates or a token."""

    server: str
    namespace: str
    tls: ssl.SSLContext
    headers: dict[str, str]

    @classmethod
    def of(cls, kubeconfig: Path, namespace: str) -> Access:
        document = yaml.safe_load(kubeconfig.read_text())
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
        inline = cluster.get("certificate-authority-data")
        authority = base64.b64decode(inline).decode() if inline else None
        tls = ssl.create_default_context(
            cafile=cluster.get("certificate-authority"), cadata=authority
        )
        if "client-certificate" in user:
            tls.load_cert_chain(user["client-certificate"], user["client-key"])
        headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        return cls(cluster["server"], namespace, tls, headers)

    def send(
        self, method: str, path: str, body: Json = None, kind: str = "application/json"
    ) -> tuple[int, Json]:
        """Status and body: JSON where it is JSON, else text."""
        data = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": kind, "Accept": "application/json"}
        request = urllib.request.Request(self.server + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.tls) as answer:
                return answer.status, _decoded(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _decoded(error.read())


def _decoded(body: bytes) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


@dataclass(slots=True)
class Witness:
    """Watches Jobs, pods and events from the start of the block to its end, each state kept."""

    access: Access
    seen: dict[str, list[Json]] = field(default_factory=lambda: {name: [] for name in RESOURCES})
    _threads: list[threading.Thread] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Witness:
        for name, path in RESOURCES.items():
            where = path.format(self.access.namespace)
            _, listed = self.access.send("GET", where)
            version = listed["metadata"]["resourceVersion"]
            thread = threading.Thread(target=self._watch, args=(name, where, version), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(10)

    def _watch(self, name: str, path: str, version: str) -> None:
        while not self._stop.is_set():
            query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": "2"}
            url = f"{self.access.server}{path}?{urllib.parse.urlencode(query)}"
            request = urllib.request.Request(url, headers=self.access.headers)
            with urllib.request.urlopen(request, timeout=30, context=self.access.tls) as answer:
                for line in answer:
                    change = json.loads(line)
                    version = change["object"]["metadata"]["resourceVersion"]
                    if change["type"] != "BOOKMARK":
                        self.seen[name].append(change)

    # ------------------------------------------------------------------------------- as a story

    def conditions(self) -> list[tuple[str, str, str]]:
        """(type, status, reason) of the Job's conditions in the order in which they came."""
        found: list[tuple[str, str, str]] = []
        for change in self.seen["jobs"]:
            for each in change["object"].get("status", {}).get("conditions", []):
                told = (each["type"], each["status"], each.get("reason", ""))
                if told not in found:
                    found.append(told)
        return found

    def phases(self) -> list[str]:
        """The pod's phases, repetitions left out."""
        return _distinct(change["object"]["status"]["phase"] for change in self.seen["pods"])

    def runs(self, container: str) -> list[tuple[int, str, int]]:
        """Each ended run of a container as (run, reason, exit code)."""
        found: list[tuple[int, str, int]] = []
        for change in self.seen["pods"]:
            status = change["object"]["status"]
            for each in (
                *status.get("initContainerStatuses", []),
                *status.get("containerStatuses", []),
            ):
                if each["name"] == container and (ended := each["state"].get("terminated")):
                    run = (each["restartCount"], ended["reason"], ended["exitCode"])
                    if run not in found:
                        found.append(run)
        return found

    def waiting(self) -> set[str]:
        """Every reason for which some container waited."""
        return {
            each["state"]["waiting"]["reason"]
            for change in self.seen["pods"]
            for each in change["object"]["status"].get("containerStatuses", [])
            if "waiting" in each["state"]
        }

    def event_kinds(self) -> set[tuple[str, str, str, str]]:
        """(kind, reason, type, source) of every event."""
        return {
            (
                event["involvedObject"]["kind"],
                event["reason"],
                event["type"],
                event.get("source", {}).get("component") or event.get("reportingComponent", ""),
            )
            for event in (change["object"] for change in self.seen["events"])
        }


def plain(value: Json) -> Json:
    """A body without what differs between any two clusters."""
    text = _UID.sub("UID", json.dumps(value, sort_keys=True))
    return json.loads(_POD_SUFFIX.sub("-POD", text))


def _distinct(words: Any) -> list[str]:
    found: list[str] = []
    for word in words:
        if not found or found[-1] != word:
            found.append(word)
    return found
