"""The Job controller against timed histories of a real 1.36 cluster: same pods in, same Job out.

The histories give the pods' side; the controller's statuses must be the recorded ones in order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.localcluster.api.defaulting import default_job, default_pod
from console.localcluster.controllers.job_controller import JobController
from console.localcluster.store import Store

HISTORIES = Path(__file__).parent / "histories"
BATCH_SECONDS = 1.0
BEGIN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
POD_LINE = re.compile(
    r"POD (?P<kind>\w+) (?P<name>\S+) phase=(?P<phase>\w+) del=(?P<deleted>\S+) "
    r"fin=(?:None|\[.*?\]) sum=(?P<sum>\d+) (?P<containers>\{.*\})"
)


@dataclass
class Line:
    at: float
    subject: str
    text: str


def lines_of(history: str) -> Iterator[Line]:
    for text in (HISTORIES / f"{history}.log").read_text().splitlines():
        at, subject, rest = text.strip().split(" ", 2)
        yield Line(float(at), subject, f"{subject} {rest}")


def without_times(status: dict) -> dict:
    """A Job status with times reduced to their presence and conditions to their words."""
    kept = {key: value for key, value in status.items() if value != {}}
    for key in ("startTime", "completionTime"):
        if key in kept:
            kept[key] = "set"
    kept["uncountedTerminatedPods"] = {
        key: len(uids) for key, uids in status.get("uncountedTerminatedPods", {}).items()
    }
    kept["conditions"] = [
        (entry["type"], entry["status"], entry["reason"], entry["message"])
        for entry in status.get("conditions", [])
    ]
    return kept


def distinct(statuses: list[dict]) -> list[dict]:
    found: list[dict] = []
    for status in statuses:
        if not found or found[-1] != status:
            found.append(status)
    return found


@dataclass
class Replay:
    """Plays the node's part of a history on a clock of its own."""

    policy: str
    limit: int
    suspensions: dict[float, bool] = field(default_factory=dict)
    until: float = 1e9

    def __post_init__(self) -> None:
        self.now = 0.0
        self.due: float | None = None
        self.store = Store(lambda: BEGIN + timedelta(seconds=self.now))
        self.controller = JobController(self.store, default_pod)
        self.statuses: list[dict] = []

    def run(self, history: str) -> list[dict]:
        self.create_job()
        pending = dict(self.suspensions)
        for line in lines_of(history):
            for at in [at for at in pending if at <= line.at]:
                self.sync_if_due(at)
                self.suspend(pending.pop(at))
            if line.at > self.until:
                break
            self.sync_if_due(line.at)
            self.now = line.at
            if line.subject == "POD":
                self.play(line)
        self.sync_if_due(self.now + 10)
        return distinct(self.statuses)

    def create_job(self) -> None:
        template = {"spec": {"restartPolicy": self.policy, "containers": [{"name": "c"}]}}
        spec = {"backoffLimit": self.limit, "template": template}
        meta = {"name": "job", "namespace": "default"}
        job = {"kind": "Job", "apiVersion": "batch/v1", "metadata": meta, "spec": spec}
        default_job(job)
        self.store.create("jobs", job)
        self.sync()

    def suspend(self, value: bool) -> None:
        self.store.mutate("jobs", "default", "job", lambda job: job["spec"].update(suspend=value))
        self.sync()

    def sync_if_due(self, at: float) -> None:
        if self.due is not None and self.due <= at:
            self.now = self.due
            self.due = None
            self.sync()

    def sync(self) -> None:
        """To quiescence, as every status write brings the Job back into the queue."""
        before = -1
        while before != self.store.resource_version:
            before = self.store.resource_version
            with self.store.subscribe("jobs") as changes:
                self.controller.sync("default", "job")
                self.statuses += [
                    without_times(change.obj["status"])
                    for change in changes.take()
                    if change.obj.get("status")
                ]

    def play(self, line: Line) -> None:
        found = POD_LINE.match(line.text)
        assert found is not None, line.text
        pods = self.store.list("pods")
        if not pods:
            return
        name = pods[-1]["metadata"]["name"]
        containers = json.loads(found["containers"])
        ready = all(
            state[1].startswith("running") for key, state in containers.items() if key != "prepare"
        )

        def write(pod: dict) -> None:
            pod["spec"]["nodeName"] = "node"
            pod["status"] = {
                "phase": found["phase"],
                "containerStatuses": [{"restartCount": int(found["sum"])}],
                "conditions": [{"type": "Ready", "status": str(bool(containers) and ready)}],
            }

        self.store.mutate("pods", "default", name, write)
        if found["kind"] == "DELETED":
            self.store.remove("pods", "default", name)
        self.due = self.due or line.at + BATCH_SECONDS

    def events(self) -> list[tuple[str, str, str]]:
        events = self.store.list("events")
        ordered = sorted(events, key=lambda event: int(event["metadata"]["resourceVersion"]))
        return [(event["type"], event["reason"], event["message"]) for event in ordered]


def recorded(history: str, until: float = 1e9) -> list[dict]:
    statuses = [
        without_times(json.loads(line.text.split(" ", 2)[2]))
        for line in lines_of(history)
        if line.subject == "JOB" and line.at <= until
    ]
    return distinct(statuses)


@pytest.mark.parametrize(
    ("history", "policy", "limit"),
    [
        ("pair1", "OnFailure", 8),
        ("ok1", "OnFailure", 8),
        ("initf", "OnFailure", 2),
        ("nevr", "Never", 0),
    ],
)
def test_a_job_goes_through_the_recorded_statuses_in_order(history, policy, limit):
    """Same pods, same sequence of counters and conditions as the real controller wrote."""
    assert Replay(policy, limit).run(history) == recorded(history)


def test_a_suspended_and_resumed_job_goes_through_the_recorded_statuses():
    """Suspension clears startTime and active, resumption sets them again, nothing counts as failed."""
    replay = Replay("OnFailure", 8, suspensions={7.07: True, 19.20: False}, until=25.0)
    assert replay.run("long1") == recorded("long1", until=25.0)
    words = [
        (reason, re.sub(r"job-\w{5}", "POD", message)) for _, reason, message in replay.events()
    ]
    assert words == [
        ("SuccessfulCreate", "Created pod: POD"),
        ("SuccessfulDelete", "Deleted pod: POD"),
        ("Suspended", "Job suspended"),
        ("SuccessfulCreate", "Created pod: POD"),
        ("Resumed", "Job resumed"),
    ]


def test_a_job_at_its_limit_deletes_the_pod_before_it_warns():
    """Events of a failing Job: the pod's creation, its deletion, and the warning at the very end."""
    replay = Replay("OnFailure", 8)
    replay.run("pair1")
    assert [(kind, reason) for kind, reason, _ in replay.events()] == [
        ("Normal", "SuccessfulCreate"),
        ("Normal", "SuccessfulDelete"),
        ("Warning", "BackoffLimitExceeded"),
    ]


def test_a_completed_job_says_so_last():
    """Events of a complete Job."""
    replay = Replay("OnFailure", 8)
    replay.run("ok1")
    assert [reason for _, reason, _ in replay.events()] == ["SuccessfulCreate", "Completed"]
