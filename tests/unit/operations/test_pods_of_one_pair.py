"""A submission whose pairs have a pod each, followed: recorded, joined, kept for the next pods."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.cluster import FakeCluster
from fakes.following import followed, line, recorded_texts, until
from fakes.indexed_jobs import PAIRS, apart, part_of, uid_of
from fakes.logcopies import (
    crash,
    own_merged_lines,
    plan_line,
    record_line,
    snapshot_line,
    whole_life,
)
from msgspec.structs import replace

from console import paths
from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.domain.events import StreamState
from console.domain.facts import JobFacts
from console.errors import ClusterUnreachable, Forbidden
from console.operations.bundling.export import WantedBundle, export
from console.operations.bundling.trust import verified
from console.operations.ports.cluster import Kind
from console.operations.ports.recorder import Recording
from console.operations.recording import kept_in_cluster
from console.operations.recording.recorded import recorded_board
from console.operations.replay.boards_by_time import BoardsByTime
from console.operations.replay.recorded_order import timeline
from console.operations.services import Services
from console.operations.watching.single_look import board_once
from console.presentation.bundle_report import report
from console.recorder.recorder import Recorder
from console.specs.compose import Composed
from console.workers import earlier_ends

COMPLETE = {
    "active": 0, "succeeded": 3, "completedIndexes": "0-2",
    "conditions": [{"type": "Complete", "status": "True", "reason": "CompletionsReached",
                    "lastTransitionTime": "2026-11-22T10:30:00Z"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_in_cluster, "TOGETHER", 0.0)


@pytest.fixture
async def job(cluster: FakeCluster, composed: Composed) -> JobFacts:
    await cluster.create(apart(composed))
    return await cluster.job("races", "demo")


def says(cluster: FakeCluster, pair: int, *texts: str, failures: int = 0) -> None:
    """On the log of the logcopy of the pair's pod."""
    log = cluster.logs[uid_of(pair, failures), "logcopy", 0]
    log.lines += [line(len(log.lines), text) for text in texts]


def kept(cluster: FakeCluster, pair: int) -> list[str]:
    """The routes of the records that are kept of it."""
    stored = cluster.objects.get((Kind.CONFIG_MAP, "races", f"demo-kept-{pair}"))
    if stored is None:
        return []
    document = json.loads(stored["data"][f"partial_{pair}.json"])
    return [each["route_id"] for each in document["_checkpoint"]["records"]]


def end(cluster: FakeCluster, job: JobFacts) -> None:
    """All pods have succeeded, their logs with them, and the Job says so."""
    for log in cluster.logs.values():
        log.ended = True
    ended = {"terminated": {"exitCode": 0, "reason": "Completed"}}
    for pair in PAIRS:
        cluster.put(part_of(pair, job.uid, phase="Succeeded", agent=ended))
    stored = cluster.objects[Kind.JOB, "races", "demo"]
    cluster.put({**stored, "status": COMPLETE})


async def test_each_container_s_log_is_asked_of_its_own_pod_by_its_own_name(
    services: Services, cluster: FakeCluster, job: JobFacts
) -> None:
    for pair in PAIRS:
        cluster.logs[uid_of(pair), "agent", 0].lines = [line(1, f"of pair {pair}")]
    async with followed(services) as follower:
        for pair in PAIRS:
            cluster.put(part_of(pair, job.uid))
        await until(lambda: [p.agent_line for p in follower.board.pairs][-1:] == ["of pair 3"])
        told = [recorded_texts(services, job, f"agent-{pair}") for pair in PAIRS]
        assert told == [["of pair 1"], ["of pair 2"], ["of pair 3"]]
    assert {each.container for each in cluster.requests} == {
        "agent", "simulator", "logcopy", "private-contents",
    }  # fmt: skip


async def test_it_ends_with_one_result_that_every_way_of_looking_tells(
    services: Services, cluster: FakeCluster, job: JobFacts
) -> None:
    for pair in PAIRS:
        says(cluster, pair, *whole_life(pair))
    async with followed(services) as follower:
        for pair in PAIRS:
            cluster.put(part_of(pair, job.uid))
        await until(lambda: follower.board.merged and follower.board.merged.final)
        end(cluster, job)
        await until(lambda: follower.board.status is SubmissionStatus.COMPLETE)
        live = follower.board
    assert (live.done, live.total, live.reason) == (6, 6, "")
    assert {pair.status for pair in live.pairs} == {PairStatus.DONE}
    recording = services.recording_of(job)
    assert services.recorder.merged_text(recording) == live.merged.text
    past = recorded_board(services, recording)
    assert past is not None
    once = await board_once(services, "races", "demo")
    for other in (past, once, replayed(services, recording), imported(services, recording)):
        assert (other.status, other.merged) == (live.status, live.merged)
        assert other.records == live.records
        assert [pair.cells for pair in other.pairs] == [pair.cells for pair in live.pairs]


def replayed(services: Services, recording: Recording) -> BoardSnapshot:
    """At the end of its replay."""
    told = timeline(services.recorder, recording, lambda n: services.recorder.log(recording, n))
    return BoardsByTime("races", "demo", told).at(told.end)


def imported(services: Services, recording: Recording) -> BoardSnapshot:
    """On another machine, from a bundle of it."""
    file = paths.recordings() / "demo.bundle"
    file.parent.mkdir(parents=True, exist_ok=True)
    export(services, WantedBundle(recording, False, str(file)), report)
    elsewhere = replace(services, recorder=Recorder(file.parent / "elsewhere"))
    elsewhere.recorder.unpack(str(file), verified)
    board = recorded_board(elsewhere, recording)
    assert board is not None
    return board


async def test_what_a_pair_finished_is_kept_for_the_pod_that_is_made_after_its_own(
    services: Services, cluster: FakeCluster, job: JobFacts
) -> None:
    async with followed(services):
        cluster.put(part_of(2, job.uid))
        says(cluster, 2, plan_line(2), record_line(2, 0))
        await until(lambda: kept(cluster, 2)[:1] == ["RouteScenario_2_rep0"])
        stored = cluster.objects[Kind.CONFIG_MAP, "races", "demo-kept-2"]
        (owner,) = stored["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["name"], owner["uid"]) == ("Job", "demo", job.uid)
        says(cluster, 2, record_line(2, 1, 4))
        await until(lambda: "RouteScenario_3_rep0" in kept(cluster, 2))
    assert kept(cluster, 1) == kept(cluster, 3) == []


async def test_how_attempts_ended_is_kept_too_for_a_route_that_crashes_pod_after_pod(
    services: Services, cluster: FakeCluster, job: JobFacts, tmp_path: Path
) -> None:
    place = (Kind.CONFIG_MAP, "races", "demo-kept-2")
    async with followed(services):
        cluster.put(part_of(2, job.uid))
        says(cluster, 2, plan_line(2), snapshot_line(2, 2, ended=(crash(1),)))
        await until(lambda: place in cluster.objects)
    (tmp_path / "ended_2").write_text(cluster.objects[place]["data"]["ended_2"])
    told = [(end.attempt, end.reason, end.route) for end in earlier_ends.read(str(tmp_path), 2)]
    assert told == [(1, "crashed", "RouteScenario_1_rep0")]


async def test_a_lost_pod_s_pair_goes_on_and_its_records_stay(
    services: Services, cluster: FakeCluster, job: JobFacts
) -> None:
    crashed = {"terminated": {"exitCode": 1, "reason": "Error"}}
    async with followed(services) as follower:
        cluster.put(part_of(1, job.uid))
        says(cluster, 1, plan_line(1), record_line(1, 0), snapshot_line(1, 4, done=1))
        await until(lambda: follower.board.done == 1)
        for (pod, _, _), log in cluster.logs.items():
            log.ended = log.ended or pod == uid_of(1)
        cluster.put(part_of(1, job.uid, phase="Failed", agent=crashed))
        cluster.put(part_of(1, job.uid, 1, minute=5))
        says(cluster, 1, plan_line(1), snapshot_line(1, 2, attempt=2, done=0), failures=1)
        await until(lambda: follower.board.report and follower.board.report.pairs[0].attempt == 2)
        board = follower.board
    assert board.done == 1
    assert [each.route_id for each in board.records] == ["RouteScenario_0"]
    assert (board.pairs[0].attempt, board.budget.tally) == (2, "pair 1 1/3")
    assert "went with it" not in board.reason


async def test_without_the_right_to_keep_it_says_so_and_records_all_the_same(
    services: Services, cluster: FakeCluster, job: JobFacts
) -> None:
    cluster.refuse["patch", Kind.CONFIG_MAP] = Forbidden("The cluster does not allow: patch.")
    async with followed(services) as follower:
        cluster.put(part_of(2, job.uid))
        says(cluster, 2, plan_line(2), record_line(2, 0))
        await until(
            lambda: any(name == kept_in_cluster.NAME for name, _, _ in follower.board.streams)
        )
        (told,) = [each for each in follower.board.streams if each[0] == kept_in_cluster.NAME]
    assert told[1:] == (
        StreamState.LOST,
        "What pairs finish is not kept in the cluster: The cluster does not allow: patch. "
        "A pair whose pod is lost begins anew; its result keeps what it had finished.",
    )
    assert len(follower.board.records) == 1


async def test_whoever_looks_on_is_told_it_too(
    services: Services, cluster: FakeCluster, job: JobFacts, tmp_path: Path
) -> None:
    cluster.refuse["patch", Kind.CONFIG_MAP] = Forbidden("The cluster does not allow: patch.")
    name = kept_in_cluster.NAME
    async with followed(services) as recording:
        cluster.put(part_of(2, job.uid))
        says(cluster, 2, plan_line(2), record_line(2, 0))
        await until(lambda: any(each[0] == name for each in recording.board.streams))
        second = replace(services, recorder=Recorder(tmp_path / "recordings"))
        async with followed(second) as looking:
            await until(lambda: any(each[0] == name for each in looking.board.streams))
        once = await board_once(second, "races", "demo")
    assert any(each[0] == name for each in once.streams)


async def test_a_cluster_that_does_not_answer_gets_it_when_it_does_again(
    services: Services, cluster: FakeCluster, job: JobFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_in_cluster.Backoff, "next", lambda _: 0.0)
    monkeypatch.setattr(kept_in_cluster, "TRIES", 10_000)
    cluster.refuse["patch", Kind.CONFIG_MAP] = ClusterUnreachable("It does not answer.")
    async with followed(services) as follower:
        cluster.put(part_of(2, job.uid))
        says(cluster, 2, plan_line(2), record_line(2, 0))
        await until(
            lambda: any(name == kept_in_cluster.NAME for name, _, _ in follower.board.streams)
        )
        cluster.refuse.clear()
        await until(lambda: kept(cluster, 2))
        await until(lambda: (kept_in_cluster.NAME, StreamState.LIVE, "") in follower.board.streams)


async def test_a_pair_with_more_than_a_config_map_holds_is_named_and_hinders_no_other(
    services: Services, cluster: FakeCluster, job: JobFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with followed(services) as follower:
        for pair in PAIRS:
            cluster.put(part_of(pair, job.uid))
        says(cluster, 2, plan_line(2), record_line(2, 0))
        await until(lambda: kept(cluster, 2))
        (text,) = cluster.objects[Kind.CONFIG_MAP, "races", "demo-kept-2"]["data"].values()
        monkeypatch.setattr(kept_in_cluster, "LARGEST", len(text.encode()) + 100)
        says(cluster, 1, plan_line(1), record_line(1, 0), record_line(1, 1))
        says(cluster, 3, plan_line(3), record_line(3, 0))
        await until(lambda: kept(cluster, 3))
        name, lost = kept_in_cluster.NAME, StreamState.LOST
        await until(lambda: any(each[:2] == (name, lost) for each in follower.board.streams))
        (told,) = [each[2] for each in follower.board.streams if each[0] == name]
    assert "more than a ConfigMap holds was finished by pair 1." in told


async def test_whoever_takes_the_recording_over_keeps_what_the_other_recorded(
    services: Services, cluster: FakeCluster, job: JobFacts
) -> None:
    async with followed(services):
        cluster.put(part_of(2, job.uid))
        says(cluster, 2, plan_line(2), record_line(2, 0), *own_merged_lines(2, done=1))
        await until(lambda: kept(cluster, 2))
    del cluster.objects[Kind.CONFIG_MAP, "races", "demo-kept-2"]
    async with followed(services):
        await until(lambda: kept(cluster, 2))


async def test_of_what_is_over_nothing_is_kept_any_more(
    services: Services, cluster: FakeCluster, job: JobFacts
) -> None:
    for pair in PAIRS:
        says(cluster, pair, *whole_life(pair))
    end(cluster, job)
    async with followed(services) as follower:
        await until(lambda: follower.board.status is SubmissionStatus.COMPLETE)
    assert [kept(cluster, pair) for pair in PAIRS] == [[], [], []]


def test_the_recordings_are_of_containers_told_apart(tmp_path: Path) -> None:
    """As the cluster's edge names them."""
    from fakes.reading import pod_facts

    names = [each.name for each in pod_facts(part_of(3, "u")).containers]
    assert names == ["private-contents-3", "simulator-3", "logcopy-3", "agent-3"]
