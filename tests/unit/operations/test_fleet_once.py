"""One look at all submissions: what it tells, and how little it asks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.jobs import composed_with

from console.domain.events import PodSeen
from console.domain.facts import PodFacts
from console.operations.outcome.row import row_of
from console.operations.ports.cluster import Kind
from console.operations.services import Services
from console.operations.watching import fleet_once as looking
from console.operations.watching.fleet_once import fleet_once
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder

NAMES = ("one", "two", "three")
ENDED = {"conditions": [{"type": "Complete", "status": "True"}], "succeeded": 1}


class Asked(FakeCluster):
    """Counts what is asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    async def jobs(self, namespace: str | None) -> Any:
        self.asked["jobs"] += 1
        return await super().jobs(namespace)

    async def pods(self, namespace: str | None, job: str | None) -> Any:
        self.asked["pods"] += 1
        return await super().pods(namespace, job)

    async def events(self, namespace: str, job: str) -> Any:
        self.asked["events"] += 1
        return await super().events(namespace, job)

    async def node_events(self, pods: Any) -> Any:
        self.asked["node events"] += 1
        return await super().node_events(pods)


@pytest.fixture
async def services(tmp_path: Path) -> Services:
    cluster = Asked()
    for name in NAMES:
        composed = composed_with({"submission.name": name}, namespace="races")
        await cluster.create(composed.manifest)
    return Services(cluster, Recorder(tmp_path), lambda: datetime(2026, 11, 22, tzinfo=UTC))


def _end(cluster: FakeCluster) -> None:
    for (kind, _, _), stored in list(cluster.objects.items()):
        if kind is Kind.JOB:
            cluster.put({**stored, "status": ENDED})


def _run(cluster: FakeCluster, job: str, *, owner: str = "", restarts: int = 0) -> None:
    """A running pod of that Job, or one that a deleted namesake of it has left."""
    stored = cluster.objects[Kind.JOB, "races", job]
    names = [each["name"] for each in stored["spec"]["template"]["spec"]["containers"]]
    state = {"running": {"startedAt": "2026-11-22T00:00:00Z"}}
    statuses = [
        {"name": name, "state": state, "ready": True, "restartCount": restarts} for name in names
    ]
    uid = owner or stored["metadata"]["uid"]
    cluster.put(
        {
            "kind": "Pod",
            "metadata": {
                "name": f"{job}-{owner or 'own'}",
                "namespace": "races",
                "uid": f"pod-{job}-{owner}",
                "creationTimestamp": "2026-11-22T00:00:00Z",
                "labels": {"job-name": job, **stored["metadata"]["labels"]},
                "ownerReferences": [{"kind": "Job", "name": job, "uid": uid}],
            },
            "spec": {"containers": [{"name": name} for name in names]},
            "status": {"phase": "Running", "containerStatuses": statuses},
        }
    )


async def test_a_row_with_pods_is_the_one_that_a_look_at_it_alone_gives(
    services: Services,
) -> None:
    assert isinstance(services.cluster, FakeCluster)
    for restarts, name in enumerate(NAMES):
        _run(services.cluster, name, restarts=restarts)
    look = await fleet_once(services, "races")
    assert isinstance(services.cluster, Asked)
    assert not services.cluster.asked["node events"]
    alone = [await board_once(services, "races", name) for name in NAMES]
    assert [row_of(board) for board in look.boards] == [row_of(board) for board in alone]
    assert [board.pairs for board in look.boards] == [board.pairs for board in alone]
    assert [row_of(board).restarts for board in look.boards] == [0, 9, 18]


async def test_a_pod_that_a_deleted_namesake_left_is_nobodys(services: Services) -> None:
    assert isinstance(services.cluster, FakeCluster)
    _run(services.cluster, "one", owner="earlier", restarts=3)
    _run(services.cluster, "two")
    _run(services.cluster, "two", owner="earlier", restarts=3)
    boards = {board.name: board for board in (await fleet_once(services, "races")).boards}
    assert boards["one"].pod is None
    assert boards["two"].pod is not None
    assert (boards["two"].pod.name, boards["two"].earlier) == ("two-own", ())
    assert row_of(boards["two"]).restarts == 0


async def test_every_row_is_the_one_that_a_look_at_it_alone_gives(services: Services) -> None:
    look = await fleet_once(services, "races")
    assert isinstance(services.cluster, Asked)
    assert not services.cluster.asked["node events"]
    alone = [await board_once(services, "races", name) for name in NAMES]
    assert [row_of(board) for board in look.boards] == [row_of(board) for board in alone]
    assert not look.unasked


async def test_ended_submissions_cost_one_list_of_jobs_and_one_of_pods(services: Services) -> None:
    cluster = services.cluster
    assert isinstance(cluster, Asked)
    _end(cluster)
    await fleet_once(services, "races")
    assert cluster.asked == {"jobs": 1, "pods": 1}
    assert not cluster.requests


async def test_of_too_many_nothing_is_asked_singly_and_they_are_named(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_ASKED", 2)
    cluster = services.cluster
    assert isinstance(cluster, Asked)
    look = await fleet_once(services, None)
    assert cluster.asked == {"jobs": 1, "pods": 1}
    assert look.unasked == {("races", name) for name in NAMES}
    assert len(look.boards) == len(NAMES)


async def test_what_is_recorded_of_one_is_in_its_row_though_nothing_is_asked(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_ASKED", 0)
    cluster = services.cluster
    assert isinstance(cluster, Asked)
    _end(cluster)
    cluster.put({**cluster.objects[Kind.JOB, "races", "two"], "status": {"failed": 1}})
    two = await cluster.job("races", "two")
    writer = services.recorder.claim(services.recording_of(two))
    assert writer is not None
    pod = PodFacts("two-x", "races", "p1", "two", "Failed", reason="Evicted", owner=two.uid)
    writer.note(PodSeen(datetime(2026, 11, 21, tzinfo=UTC), pod))
    writer.release()
    rows = {board.name: row_of(board) for board in (await fleet_once(services, "races")).boards}
    alone = row_of(await board_once(services, "races", "two"))
    assert rows["two"] == alone
    assert "Evicted" in rows["two"].reason
    assert "Evicted" not in rows["one"].reason
