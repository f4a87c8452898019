"""Launching, cancelling, deleting: what is sent, and what stays behind when it fails."""

from __future__ import annotations

import copy

import pytest
from fakes.cluster import FakeCluster
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen, StreamChanged, StreamState
from console.domain.folding import fold
from console.errors import ClusterUnreachable, Conflict, Forbidden, InvalidInput, NotFound
from console.operations.ports.cluster import Kind
from console.operations.recording.log_view import log_view
from console.operations.submitting.ending import FAILED_UPSTREAM, Kept, cancel, consequences, delete
from console.operations.submitting.launch import DryRun, launch
from console.specs.again import again
from console.specs.compose import Composed, compose, load_template
from console.specs.plan import UPSTREAM_LOGCOPY, plan_of
from console.specs.validation import Judged, Validated
from console.specs.values import load_profile


async def test_a_launch_makes_the_job_and_its_workers_which_it_owns(
    services, cluster, composed
) -> None:
    launched = await launch(services, Judged(composed).valid)
    assert launched.job.plan.nonce == "n0nce"
    workers = await cluster.read(Kind.CONFIG_MAP, "races", "demo-workers")
    owner = workers["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("Job", "demo", launched.job.uid)


def renamed(composed: Composed, name: str) -> Composed:
    manifest = copy.deepcopy(composed.manifest)
    manifest["metadata"]["name"] = name
    return replace(composed, manifest=manifest)


@pytest.mark.parametrize("dry_run", [DryRun.CLIENT, DryRun.SERVER])
async def test_a_dry_run_leaves_nothing(services, cluster, composed, dry_run) -> None:
    launched = await launch(services, Judged(composed).valid, dry_run=dry_run)
    assert launched.job is None
    assert cluster.objects == {}


async def test_a_taken_name_is_a_conflict_with_a_way_out(services, composed) -> None:
    await launch(services, Judged(composed).valid)
    with pytest.raises(Conflict, match="a Job named demo already") as caught:
        await launch(services, Judged(composed).valid)
    assert "another name" in caught.value.fix


async def losing_answers(cluster: FakeCluster) -> None:
    """Jobs are made, and nobody hears of it."""
    before = cluster.create

    async def unheard(manifest, *, dry_run=False):
        made = await before(manifest, dry_run=dry_run)
        if manifest["kind"] == Kind.JOB:
            raise ClusterUnreachable("It cannot be reached.", why="No answer.", fix="Try again.")
        return made

    cluster.create = unheard


async def test_a_job_whose_answer_was_lost_is_found_and_goes_on(
    services, cluster, composed
) -> None:
    await losing_answers(cluster)
    launched = await launch(services, Judged(composed).valid)
    assert (launched.job.name, launched.job.suspended) == ("demo", False)
    assert (Kind.CONFIG_MAP, "races", "demo-workers") in cluster.objects


async def test_a_job_that_may_be_there_unheard_is_named(services, cluster, composed) -> None:
    cluster.refuse["create", Kind.JOB] = ClusterUnreachable("It cannot be reached.", fix="Wait.")
    with pytest.raises(ClusterUnreachable) as caught:
        await launch(services, Judged(composed).valid)
    assert caught.value.fix.startswith("The Job demo may have been made all the same, and held")
    assert caught.value.fix.endswith("Wait.")


async def test_somebody_elses_job_is_never_taken_for_the_one_that_was_not_heard_of(
    services, cluster, composed
) -> None:
    await launch(services, Judged(composed).valid)
    mine = copy.deepcopy(composed.manifest)
    containers = mine["spec"]["template"]["spec"]["containers"]
    (nonce,) = (e for c in containers for e in c["env"] if e["name"] == "PROGRESS_NONCE")
    nonce["value"] = "another"
    cluster.refuse["create", Kind.JOB] = ClusterUnreachable("It cannot be reached.")
    with pytest.raises(ClusterUnreachable, match="cannot be reached"):
        await launch(services, Judged(replace(composed, manifest=mine)).valid)
    assert (await cluster.job("races", "demo")).plan.nonce == "n0nce"


async def test_without_its_workers_the_job_is_taken_back(services, cluster, composed) -> None:
    cluster.refuse["create", Kind.CONFIG_MAP] = Forbidden("no configmaps for you")
    with pytest.raises(Forbidden, match="nothing was launched") as caught:
        await launch(services, Judged(composed).valid)
    assert "no configmaps for you" in caught.value.why
    assert cluster.objects == {}


async def test_if_even_that_fails_the_error_says_what_is_left(services, cluster, composed) -> None:
    cluster.refuse["create", Kind.CONFIG_MAP] = Forbidden("no configmaps")
    cluster.refuse["delete", Kind.JOB] = Forbidden("no deletes")
    with pytest.raises(Forbidden) as caught:
        await launch(services, Judged(composed).valid)
    assert "still there" in caught.value.fix


async def test_workers_of_a_job_that_is_gone_are_replaced(
    services, cluster: FakeCluster, composed
) -> None:
    await launch(services, Judged(composed).valid)
    cluster.drop(Kind.JOB, "races", "demo")
    again = await launch(services, Judged(composed).valid)
    workers = await cluster.read(Kind.CONFIG_MAP, "races", "demo-workers")
    assert workers["metadata"]["ownerReferences"][0]["uid"] == again.job.uid


async def test_cancel_ends_and_marks(services, composed) -> None:
    """Suspended, it would never end, and a state machine that waits for its end would hang."""
    await launch(services, Judged(composed).valid)
    job = await cancel(services, "races", "demo")
    assert (job.suspended, job.cancelled) == (False, True)


async def test_a_second_cancel_keeps_the_deadline_that_the_job_had(
    services, cluster, composed
) -> None:
    """A resume takes it from there; the deadline of a cancel would end the new Job at once."""
    composed.manifest["spec"]["activeDeadlineSeconds"] = 7200
    await launch(services, Judged(composed).valid)
    namespace, name = (composed.manifest["metadata"][key] for key in ("namespace", "name"))
    for _ in range(2):
        await cancel(services, namespace, name)
    stored = await services.cluster.read(Kind.JOB, namespace, name)
    assert again(stored, "next", {1: "{}"}).manifest["spec"]["activeDeadlineSeconds"] == 7200


async def test_a_cancelled_job_that_runs_again_is_not_cancelled(services, cluster) -> None:
    """Older consoles suspended it; whoever lets it run again leaves the annotation."""
    metadata = {"name": "demo", "namespace": "races", "uid": "u", "creationTimestamp": None}
    metadata["annotations"] = {"leaderboard.carla.org/cancelled-at": "2026-11-22T10:00:00Z"}
    for suspend in (True, False):
        spec = {"suspend": suspend, "activeDeadlineSeconds": 7200}
        cluster.put({"kind": "Job", "metadata": metadata, "spec": spec})
        assert (await services.cluster.job("races", "demo")).cancelled is suspend


async def test_what_has_ended_cannot_be_cancelled(services, cluster, composed) -> None:
    await launch(services, Judged(composed).valid)
    stored = await cluster.read(Kind.JOB, "races", "demo")
    cluster.put({**stored, "status": {"conditions": [{"type": "Complete", "status": "True"}]}})
    with pytest.raises(Conflict, match="ended already"):
        await cancel(services, "races", "demo")


async def test_delete_removes_the_job(services, cluster, composed) -> None:
    await launch(services, Judged(composed).valid)
    await delete(services, "races", "demo")
    with pytest.raises(NotFound):
        await cluster.job("races", "demo")


async def test_consequences_are_told_in_plain_sentences(services, composed) -> None:
    launched = await launch(services, Judged(composed).valid)
    board = fold(BoardSnapshot("races", "demo"), JobSeen(services.clock(), launched.job))
    where = services.cluster.description
    told = consequences(board, "cancel", where, Kept())
    assert told == ("0 of 20 drives are finished; no other will be.",)
    assert len(consequences(board, "delete", where, Kept())) == len(told) + 1


@pytest.mark.parametrize("verb", ["cancel", "delete"])
async def test_who_ends_a_job_of_upstream_s_machine_is_told_how_it_counts_there(
    services, composed, verb
) -> None:
    """What resumes such a Job is the console's own, though its containers are the same."""
    command = composed.manifest["spec"]["template"]["spec"]["containers"][-1]["command"]
    command[:] = ["python3", "-m", UPSTREAM_LOGCOPY]
    job = (await launch(services, Judged(composed).valid)).job
    board = fold(BoardSnapshot("races", "demo"), JobSeen(services.clock(), job))
    assert FAILED_UPSTREAM in consequences(board, verb, services.cluster.description, Kept())
    resumed = plan_of(again(composed.manifest, "demo-2", {}, files={}).manifest)
    assert not resumed.counted_upstream


async def test_where_logs_cannot_be_read_nobody_says_how_many_drives_are_lost(
    services, composed
) -> None:
    launched = await launch(services, Judged(composed).valid)
    board = fold(BoardSnapshot("races", "demo"), JobSeen(services.clock(), launched.job))
    why = "pods/log is forbidden"
    lost = StreamChanged(services.clock(), "logcopy", StreamState.RECONNECTING, why)
    told = consequences(fold(board, lost), "cancel", services.cluster.description, Kept())
    assert f"How many of 20 drives are finished is not known: {why}" in told
    assert not any("0 of 20" in each for each in told)


async def test_a_container_that_is_not_there_is_named(services, composed) -> None:
    launched = await launch(services, Judged(composed).valid)
    board = fold(BoardSnapshot("races", "demo"), JobSeen(services.clock(), launched.job))
    with pytest.raises(NotFound, match="no container agent-9"):
        log_view(services, board, "agent-9")
    assert log_view(services, board, "agent-1").line_count() == 0


async def test_no_pod_can_start_before_its_workers_are_there(services, cluster, composed) -> None:
    seen = []
    create = cluster.create

    async def watched(manifest, *, dry_run=False):
        seen.append((manifest["kind"], manifest.get("spec", {}).get("suspend")))
        return await create(manifest, dry_run=dry_run)

    cluster.create = watched
    launched = await launch(services, Judged(composed).valid)
    assert seen == [("Job", True), ("ConfigMap", None)]
    assert not launched.job.suspended


def values_made(said):
    template = load_template("2.0")
    values = load_profile("embedded").values("2.0")
    values = values.override(said, origin="test", known=template.paths)
    return compose(template, values, namespace="races")


def by_claims():
    return values_made({"cluster.gpus": "claims"})


async def test_the_template_of_the_pairs_claims_is_there_before_the_pod_and_goes_with_the_job(
    services, cluster
) -> None:
    launched = await launch(services, Judged(by_claims()).valid)
    template = await cluster.read(Kind.CLAIM_TEMPLATE, "races", "demo-gpu")
    owner = template["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["uid"]) == ("Job", launched.job.uid)
    assert not launched.job.suspended


async def test_a_cluster_without_claims_is_named_and_nothing_is_left(services, cluster) -> None:
    cluster.refuse["create", Kind.CLAIM_TEMPLATE] = NotFound("no such resource")
    with pytest.raises(NotFound, match="nothing was launched") as caught:
        await launch(services, Judged(by_claims()).valid)
    assert "claims need Kubernetes 1.34" in caught.value.why
    assert (Kind.JOB, "races", "demo") not in cluster.objects


async def test_what_has_an_error_cannot_be_made_into_what_is_launched(
    services, cluster, composed
) -> None:
    """Neither front end has to remember to look: there is no other way to what `launch` takes."""
    del composed.manifest["spec"]["template"]["spec"]["containers"][0]["image"]
    judged = Judged(composed)
    assert judged.findings
    with pytest.raises(InvalidInput, match="image"):
        await launch(services, Validated(judged))
    with pytest.raises(TypeError):
        Judged(composed, findings=())
    assert cluster.objects == {}


@pytest.mark.parametrize("dry_run", [DryRun.NONE, DryRun.SERVER])
async def test_a_server_that_knows_no_pod_for_each_pair_is_named_and_nothing_is_left(
    services, cluster, dry_run
) -> None:
    """It leaves out what it does not know, and the pod would wait for its simulator to end."""
    create = cluster.create

    async def older(manifest, *, dry_run=False):
        made = await create(manifest, dry_run=dry_run)
        made.manifest["spec"].pop("backoffLimitPerIndex", None)
        return made

    cluster.create = older
    composed = values_made({"shape.layout": "pod-per-pair"})
    with pytest.raises(InvalidInput) as refused:
        await launch(services, Judged(composed).valid, dry_run=dry_run)
    assert "Kubernetes 1.29" in f"{refused.value.what} {refused.value.why}"
    with pytest.raises(NotFound):
        await cluster.read(Kind.JOB, "races", "demo")
