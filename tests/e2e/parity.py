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
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.e2e import tables

Json = Any
RESOURCES = {
    "jobs": "/apis/batch/v1/namespaces/{}/jobs",
    "pods": "/api/v1/namespaces/{}/pods",
    "events": "/api/v1/namespaces/{}/events",
}
RUNS_AGAIN = "RunsAgain"
INDEX = "batch.kubernetes.io/job-completion-index"
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

    def story(self, name: str) -> Story:
        """What has been seen of one Job, its pods and their events."""
        return Story(
            [each for each in self.seen["jobs"] if _name(each) == name],
            [each for each in self.seen["pods"] if _labels(each).get("job-name") == name],
            [each for each in self.seen["events"] if _concerns(each, name)],
        )


@dataclass(frozen=True, slots=True)
class Story:
    """Every state that a Job, its pods and their events went through."""

    jobs: list[Json]
    pods: list[Json]
    events: list[Json]

    def conditions(self) -> list[tuple[str, str, str]]:
        """(type, status, reason) of the Job's conditions, each change of one in its order."""
        found: list[tuple[str, str, str]] = []
        last: dict[str, str] = {}
        for change in self.jobs:
            for each in change["object"].get("status", {}).get("conditions", []):
                if last.get(each["type"]) != each["status"]:
                    last[each["type"]] = each["status"]
                    found.append((each["type"], each["status"], each.get("reason", "")))
        return found

    def phases(self) -> list[str]:
        """The phases of one pod after the other, repetitions left out."""
        by_pod: dict[str, list[str]] = {}
        for change in sorted(self.pods, key=_order_of_pods):
            by_pod.setdefault(_name(change), []).append(change["object"]["status"]["phase"])
        return [phase for phases in by_pod.values() for phase in _distinct(phases)]

    def runs(self) -> set[tuple[str, int, str, int]]:
        """Each ended run as (container, run, reason, exit code), also one seen only afterwards."""
        found = set()
        for status in self._statuses():
            for run, state in (
                (status["restartCount"], status["state"]),
                (status["restartCount"] - 1, status.get("lastState", {})),
            ):
                if run >= 0 and (ended := state.get("terminated")):
                    found.add((status["name"], run, ended["reason"], ended["exitCode"]))
        return found

    def restarts(self) -> dict[str, int]:
        """The highest restart count of each container that had one."""
        counts: dict[str, int] = {}
        for status in self._statuses():
            name, count = status["name"], status["restartCount"]
            if count:
                counts[name] = max(count, counts.get(name, 0))
        return counts

    def waiting(self) -> set[str]:
        """Every reason for which some container waited."""
        return {
            status["state"]["waiting"]["reason"]
            for status in self._statuses()
            if "waiting" in status["state"]
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
            for event in (change["object"] for change in self.events)
        }

    def event_texts(self) -> set[tuple[str, str]]:
        """(reason, message) of every event, without what any two clusters have different."""
        events = (change["object"] for change in self.events)
        return {(event["reason"], tables.plain(event["message"])) for event in events}

    def reasons(self) -> set[str]:
        """What a scene can wait for: reasons of conditions, events and states, `RunsAgain`, and
        `is Failed` for a condition, as there are events that say `Failed` of less than a Job."""
        again = any("running" in s["state"] and s["restartCount"] for s in self._statuses())
        return (
            ({RUNS_AGAIN} if again else set())
            | {reason for _, _, reason in self.conditions()}
            | {f"is {kind}" for kind, status, _ in self.conditions() if status == "True"}
            | {reason for _, reason, _, _ in self.event_kinds()}
            | self.waiting()
        )

    def _statuses(self) -> Iterator[Json]:
        for change in self.pods:
            status = change["object"]["status"]
            yield from status.get("initContainerStatuses", [])
            yield from status.get("containerStatuses", [])


def _name(change: Json) -> str:
    return str(change["object"]["metadata"]["name"])


def _order_of_pods(change: Json) -> tuple[str, str]:
    """Those of an Indexed Job by their index, and of one index by their age."""
    meta = change["object"]["metadata"]
    return meta.get("annotations", {}).get(INDEX, ""), meta["creationTimestamp"]


def _labels(change: Json) -> Json:
    return change["object"]["metadata"].get("labels", {})


def _concerns(change: Json, name: str) -> bool:
    about = change["object"]["involvedObject"]["name"]
    return about == name or bool(re.fullmatch(re.escape(name) + r"(-\d+)?-[a-z0-9]{5}", about))


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
