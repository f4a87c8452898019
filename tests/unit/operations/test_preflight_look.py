"""A preflight on a cluster in memory: what is waited for, what is found, and that nothing is left."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fakes.following import line, until

from console.domain.preflight.checklist import Topic
from console.errors import ConsoleError, Forbidden
from console.operations.ports.cluster import Kind
from console.operations.submitting.preflight import preflight
from console.specs.validation import Judged

FACTS = {
    "simulator": ("preflight: gpu count=1", "preflight: end role=simulator"),
    "agent": ("preflight: python version=3.8.10", "preflight: end role=agent"),
    "logcopy": ("preflight: clock epoch=1795341600.000", "preflight: end role=logcopy"),
}


class Node:
    """Runs the Job of a preflight as soon as it is there."""

    def __init__(self, cluster: Any) -> None:
        self.cluster = cluster
        self.exits: dict[str, int] = {}
        self.silent: set[str] = set()
        create = cluster.create

        async def created(manifest: dict[str, Any], **more: Any) -> Any:
            told = await create(manifest, **more)
            if manifest["kind"] == "Job":
                asyncio.get_running_loop().call_soon(self.run, told.manifest)
            return told

        cluster.create = created

    def run(self, job: dict[str, Any]) -> None:
        meta, spec = job["metadata"], job["spec"]["template"]["spec"]
        statuses = []
        for container in spec["containers"]:
            name = container["name"]
            facts = () if name in self.silent else FACTS[name.partition("-")[0]]
            log = self.cluster.logs["pod-1", name, 0]
            log.lines += [line(second, text) for second, text in enumerate(facts)]
            log.ended = True
            ended = {"exitCode": self.exits.get(name, 0), "reason": "Completed"}
            statuses.append({"name": name, "state": {"terminated": ended}})
        pod = {
            "kind": "Pod",
            "metadata": {
                "name": f"{meta['name']}-x",
                "namespace": meta["namespace"],
                "uid": "pod-1",
                "ownerReferences": [{"kind": "Job", "name": meta["name"], "uid": meta["uid"]}],
            },
            "spec": {"containers": [{"name": each["name"]} for each in spec["containers"]]},
            "status": {"phase": "Succeeded", "containerStatuses": statuses},
        }
        self.cluster.put(pod)
        complete = [{"type": "Complete", "status": "True"}]
        self.cluster.put({**job, "status": {"succeeded": 1, "conditions": complete}})


@pytest.fixture
def node(cluster) -> Node:
    return Node(cluster)


async def test_every_topic_has_its_finding_and_nothing_is_left(services, composed, node) -> None:
    outcome = await preflight(services, Judged(composed).valid)
    assert {each.topic for each in outcome.findings} == set(Topic)
    assert [kind for kind, _, _ in services.cluster.objects if kind is Kind.JOB] == []


async def test_what_it_waits_for_is_told(services, composed, node) -> None:
    said: list[str] = []
    await preflight(services, Judged(composed).valid, tell=said.append)
    assert len(said) == len(set(said))


async def test_a_node_that_never_runs_it_is_given_up_and_the_job_is_taken_away(
    services, cluster, composed, monkeypatch
) -> None:
    monkeypatch.setattr("console.operations.submitting.preflight._GRACE", 0)
    said: list[str] = []
    outcome = await preflight(services, Judged(composed).valid, seconds=1, tell=said.append)
    assert said[-1] == "its time is over"
    assert outcome.fails
    assert (Kind.JOB, "races", outcome.job) not in cluster.objects


async def test_one_that_is_left_takes_its_job_away(services, cluster, composed) -> None:
    looking = asyncio.create_task(preflight(services, Judged(composed).valid))
    await until(lambda: any(kind is Kind.JOB for kind, _, _ in cluster.objects))
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert not any(kind is Kind.JOB for kind, _, _ in cluster.objects)


async def test_a_job_that_cannot_be_deleted_is_no_failure_of_the_look(
    services, cluster, composed, node
) -> None:
    cluster.refuse["delete", Kind.JOB] = Forbidden("You may not delete Jobs.")
    outcome = await preflight(services, Judged(composed).valid)
    assert outcome.findings


async def test_what_the_cluster_refuses_is_raised_as_by_a_launch(
    services, cluster, composed
) -> None:
    cluster.refuse["create", Kind.JOB] = Forbidden("You may not create Jobs.")
    with pytest.raises(ConsoleError, match="may not create Jobs"):
        await preflight(services, Judged(composed).valid)
