"""A preflight on a cluster in memory: what is waited for, what is found, and that nothing is left."""

from __future__ import annotations

import asyncio

import pytest
from fakes.following import until
from fakes.quick_node import QuickNode, preflight_facts

from console.domain.preflight.checklist import Topic
from console.errors import ClusterUnreachable, Forbidden
from console.operations.ports.cluster import Created, Kind
from console.operations.submitting.preflight import preflight
from console.specs.validation import Judged


@pytest.fixture
def node(cluster) -> QuickNode:
    return QuickNode(cluster, preflight_facts)


async def test_every_topic_has_its_finding_and_nothing_is_left(services, composed, node) -> None:
    outcome = await preflight(services, Judged(composed).valid)
    assert {each.topic for each in outcome.findings} == {*Topic} - {Topic.QUEUE}
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


async def test_what_the_cluster_refuses_stands_in_the_checklist(
    services, cluster, composed
) -> None:
    cluster.refuse["create", Kind.JOB] = Forbidden("Over the quota.", fix="Free some of it.")
    outcome = await preflight(services, Judged(composed).valid)
    told = {each.topic: (each.verdict.value, each.text) for each in outcome.findings}
    assert told[Topic.DRY_RUN] == ("fails", "Over the quota.")
    assert told[Topic.START] == ("unknown", "the node was not looked at: Over the quota.")
    assert (outcome.job, outcome.fails) == ("", True)


async def test_a_refusal_that_nothing_foretold_fails(services, cluster, composed) -> None:
    cluster.refuse["create", Kind.CONFIG_MAP] = Forbidden("No ConfigMaps.")
    cluster.forbidden = {("create", "selfsubjectaccessreviews")}
    before = cluster.create

    async def refusing_only_what_stays(manifest, *, dry_run=False):
        return Created(manifest) if dry_run else await before(manifest)

    cluster.create = refusing_only_what_stays
    outcome = await preflight(services, Judged(composed).valid)
    (start,) = [each for each in outcome.findings if each.topic is Topic.START]
    assert (start.verdict.value, "No ConfigMaps." in start.text) == ("fails", True)
    assert cluster.objects == {}


async def test_who_may_not_watch_waits_for_nothing(services, cluster, composed) -> None:
    cluster.forbidden = {("watch", "pods")}
    outcome = await preflight(services, Judged(composed).valid)
    assert [(each.topic, each.verdict.value) for each in outcome.findings] == [
        (Topic.RIGHTS, "fails"),
        (Topic.DRY_RUN, "ok"),
        (Topic.CHANGES, "ok"),
        (Topic.START, "unknown"),
    ]
    assert cluster.objects == {}


async def test_another_look_at_the_same_time_is_told_as_one(services, cluster, composed) -> None:
    there = {
        "kind": "Job",
        "metadata": {"name": "demo-preflight", "namespace": "races"},
        "spec": {},
    }
    await cluster.create(there)
    outcome = await preflight(services, Judged(composed).valid)
    (start,) = [each for each in outcome.findings if each.topic is Topic.START]
    assert "a Job named demo-preflight already" in start.text
    assert start.fix.startswith("Somebody else looks")


async def test_a_cluster_out_of_reach_is_no_finding(services, cluster, composed) -> None:
    cluster.refuse["create", Kind.JOB] = ClusterUnreachable("It cannot be reached.")
    with pytest.raises(ClusterUnreachable):
        await preflight(services, Judged(composed).valid)


async def test_the_node_that_nobody_has_is_named(services, cluster, composed, node) -> None:
    words = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
    node.unplaced = words
    outcome = await preflight(services, Judged(composed).valid)
    (start,) = [each.text for each in outcome.findings if each.topic is Topic.START]
    assert start.startswith("no container runs: No node can take the pod")
    assert start.endswith("It asks for node.kubernetes.io/instance-type=g5.12xlarge.")


async def test_of_a_container_that_told_nothing_the_clusters_words_are_kept(
    services, composed, node
) -> None:
    node.silent.add("agent-2")
    node.exits["agent-2"] = 137
    outcome = await preflight(services, Judged(composed).valid)
    assert any(
        "ended with exit code 137 before it told anything (Completed)" in each.text
        for each in outcome.findings
    )


async def test_an_image_that_cannot_be_pulled_ends_the_look_with_the_nodes_words(
    services, composed, node
) -> None:
    missing = {"waiting": {"reason": "ErrImageNeverPull", "message": "no such image: team:1"}}
    node.states["agent-1"] = missing
    node.ends = {}
    outcome = await preflight(services, Judged(composed).valid)
    assert any("no such image: team:1" in each.text for each in outcome.findings)
    assert outcome.fails


async def test_what_a_container_told_is_judged_though_it_ended_badly(
    services, composed, node
) -> None:
    node.exits["logcopy"] = 1
    outcome = await preflight(services, Judged(composed).valid)
    (clock,) = [each.text for each in outcome.findings if each.topic is Topic.CLOCK]
    assert "behind this machine's" in clock or "ahead of this machine's" in clock


async def test_what_its_limit_ended_is_not_told_as_an_end_of_its_own(
    services, composed, node
) -> None:
    late = {"type": "Failed", "status": "True", "reason": "DeadlineExceeded"}
    node.ends = {"conditions": [late]}
    node.silent.add("agent-2")
    node.exits["agent-2"] = 143
    outcome = await preflight(services, Judged(composed).valid)
    told = [each.text for each in outcome.findings if "agent-2" in each.text]
    assert any("it had told nothing when the time was over" in each for each in told)
    assert not any("143" in each for each in told)
