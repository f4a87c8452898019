"""Going on from a submission that the cluster has forgotten, wholly or in part."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.documents import record
from fakes.following import followed, until

from console.errors import Conflict, NotFound
from console.operations.ports.cluster import ClusterDescription, Kind
from console.operations.recording.recorded import recorded_board, recordings_of
from console.operations.submitting.launch import launch
from console.operations.submitting.resume import resume
from console.specs.validation import Judged
from console.workers import protocol

NONCE = "n0nce"
FAILED = {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}


def told(second: int, kind: str, payload: dict[str, Any]) -> bytes:
    text = protocol.format_line(NONCE, second, kind, payload)
    return f"2026-11-22T10:00:{second:02}.000000000Z {text}\n".encode()


def drive(second: int, route: int) -> bytes:
    """A finished drive of pair 1 (routes 0 to 4)."""
    return told(second, "record", protocol.record_payload(1, record("2.0", route, 0, route, 100.0)))


def snapshot(second: int, status: str) -> bytes:
    payload = {"v": 1, "t": second, "status": status, "done": 1, "total": 20, "pairs": []}
    return told(second, "snapshot", payload)


async def recorded(services, cluster, composed, pod_of, *lines: bytes) -> str:
    """A submission that ran and was followed while logcopy told these lines; its uid."""
    job = (await launch(services, Judged(composed).valid)).job
    cluster.logs["pod-1", "logcopy", 0].lines += lines
    cluster.put(pod_of(logcopy=("running", 0)))
    view = services.recorder.log(services.recording_of(job), "logcopy")
    async with followed(services):
        await until(lambda: view.line_count() == len(lines))
    return job.uid


def first_pair(composed) -> list[str]:
    """The finished drives of its partial: the last record is of the drive to begin with."""
    text = composed.config_map["data"]["resume__partial_1.json"]
    *finished, following = json.loads(text)["_checkpoint"]["records"]
    assert following["status"] == "Failed - Simulation crashed"
    return [each["route_id"] for each in finished]


async def test_a_job_that_was_deleted_goes_on_from_its_recording(
    services, cluster, composed, pod_of
) -> None:
    """It says what it was taken from, and the new one has another name."""
    lines = drive(1, 0), drive(2, 1), snapshot(3, "cancelled")
    uid = await recorded(services, cluster, composed, pod_of, *lines)
    cluster.drop(Kind.POD, "races", "demo-abcde")
    cluster.drop(Kind.JOB, "races", "demo")
    found = await resume(services, "races", "demo")
    assert (found.kept, found.total, found.repeated) == (2, 20, ())
    assert first_pair(found.composed) == ["RouteScenario_0_rep0", "RouteScenario_1_rep0"]
    meta = found.composed.manifest["metadata"]
    assert meta["name"] == "demo-2"
    assert meta["annotations"] == {"leaderboard.carla.org/resumes": "demo"}
    (remark,) = found.remarks
    assert remark == (
        "the Job demo is gone from the cluster: all is taken from this console's recording of it "
        f"(uid {uid[:8]})"
    )


async def test_a_job_that_was_launched_here_is_known_although_nobody_followed_it(
    services, cluster, composed
) -> None:
    """What is missing then is any finished drive, and the error says just that."""
    await launch(services, Judged(composed).valid)
    cluster.drop(Kind.JOB, "races", "demo")
    with pytest.raises(NotFound, match="knows no finished drive of races/demo"):
        await resume(services, "races", "demo")


async def test_a_name_that_neither_the_cluster_nor_the_recordings_know(services) -> None:
    with pytest.raises(NotFound, match="this console has recorded nothing of it") as caught:
        await resume(services, "races", "demo")
    assert "Check the name" in caught.value.fix


async def test_a_recording_without_the_job_is_an_error_that_says_so(
    services, cluster, composed, pod_of, tmp_path
) -> None:
    await recorded(services, cluster, composed, pod_of, drive(1, 0))
    cluster.drop(Kind.POD, "races", "demo-abcde")
    cluster.drop(Kind.JOB, "races", "demo")
    (path,) = tmp_path.rglob("manifest.json")
    path.unlink()
    with pytest.raises(NotFound, match="does not hold the Job itself"):
        await resume(services, "races", "demo")


async def test_a_deleted_job_whose_containers_still_stop_is_waited_for(
    services, cluster, composed, pod_of
) -> None:
    """Deletion in the background takes the Job first; logcopy's last words are still to come."""
    await recorded(services, cluster, composed, pod_of, drive(1, 0))
    cluster.drop(Kind.JOB, "races", "demo")
    with pytest.raises(Conflict, match="still stopping"):
        await resume(services, "races", "demo")


async def test_a_recording_of_another_cluster_of_the_same_name_is_told(
    services, cluster, composed, pod_of
) -> None:
    lines = drive(1, 0), snapshot(2, "cancelled")
    await recorded(services, cluster, composed, pod_of, *lines)
    cluster.drop(Kind.POD, "races", "demo-abcde")
    cluster.drop(Kind.JOB, "races", "demo")
    cluster.description = ClusterDescription("fake", "https://elsewhere:6443", "default")
    found = await resume(services, "races", "demo")
    expected = "it was recorded from http://fake; this cluster is https://elsewhere:6443"
    assert expected in found.remarks


async def test_of_several_deleted_namesakes_the_newest_goes_on(
    services, cluster, composed, pod_of
) -> None:
    """Drives of the one before are not mixed in."""
    await recorded(services, cluster, composed, pod_of, drive(1, 0), drive(2, 1), drive(3, 2))
    cluster.drop(Kind.POD, "races", "demo-abcde")
    cluster.drop(Kind.JOB, "races", "demo")
    cluster.drop(Kind.CONFIG_MAP, "races", "demo-workers")
    cluster.logs.clear()
    uid = await recorded(services, cluster, composed, pod_of, drive(1, 0))
    cluster.drop(Kind.POD, "races", "demo-abcde")
    cluster.drop(Kind.JOB, "races", "demo")
    assert len(recordings_of(services, "races", "demo")) == 2
    found = await resume(services, "races", "demo")
    assert found.kept == 1
    assert f"(uid {uid[:8]})" in found.remarks[0]


async def test_a_failed_job_without_its_pod_tells_when_the_console_was_away_at_the_end(
    services, cluster, composed, pod_of
) -> None:
    """The cluster has deleted the pod and its logs: what came after the recording is unknown."""
    lines = drive(1, 0), snapshot(2, "running")
    await recorded(services, cluster, composed, pod_of, *lines)
    cluster.drop(Kind.POD, "races", "demo-abcde")
    cluster.put({**await cluster.read(Kind.JOB, "races", "demo"), "status": FAILED})
    found = await resume(services, "races", "demo")
    assert found.kept == 1
    (remark,) = found.remarks
    assert remark.startswith("what this console knows ends at 2026-11-22T10:00:02.000000000Z")


async def test_a_failed_job_whose_last_words_were_recorded_goes_on_without_a_remark(
    services, cluster, composed, pod_of
) -> None:
    lines = drive(1, 0), snapshot(2, "incomplete")
    await recorded(services, cluster, composed, pod_of, *lines)
    cluster.drop(Kind.POD, "races", "demo-abcde")
    cluster.put({**await cluster.read(Kind.JOB, "races", "demo"), "status": FAILED})
    found = await resume(services, "races", "demo")
    assert (found.kept, found.remarks) == (1, ())


async def test_what_is_recorded_and_what_the_pod_still_tells_are_taken_together(
    services, cluster, composed, pod_of
) -> None:
    """Route 0 is only recorded, route 1 is in logcopy's previous run, route 2 in its last one."""
    await recorded(services, cluster, composed, pod_of, drive(1, 0))
    cluster.logs["pod-1", "logcopy", 1].lines.append(drive(2, 1))
    cluster.logs["pod-1", "logcopy", 2].lines += [drive(3, 2), snapshot(4, "incomplete")]
    forged = drive(5, 3).replace(NONCE.encode(), b"forged")
    cluster.logs["pod-1", "logcopy", 2].lines.append(forged)
    cluster.put(pod_of("Failed", logcopy=("ended", 2)))
    cluster.put({**await cluster.read(Kind.JOB, "races", "demo"), "status": FAILED})
    found = await resume(services, "races", "demo")
    assert found.kept == 3
    assert found.remarks == ()


async def test_the_board_of_a_recording_is_marked_as_old(
    services, cluster, composed, pod_of
) -> None:
    await recorded(services, cluster, composed, pod_of, drive(1, 0), drive(2, 1))
    (recording,) = recordings_of(services, "races", "demo")
    board = recorded_board(services, recording)
    assert board is not None
    assert (board.done, board.total, board.live) == (2, 20, False)
    assert board.stale_since is not None
    assert board.stale_why == "Read from this console's recording."


async def test_a_credential_of_the_job_is_in_no_file_of_its_recording_and_a_resume_says_so(
    services, cluster, composed, pod_of, tmp_path
) -> None:
    """Launched without it the Job would fail later, for a reason that nobody sees."""
    agent = composed.manifest["spec"]["template"]["spec"]["containers"][1]
    agent["env"].append({"name": "WANDB_API_KEY", "value": "hunter2-hunter2"})
    await recorded(services, cluster, composed, pod_of, drive(1, 0), snapshot(2, "cancelled"))
    files = [each for each in (tmp_path / "recordings").rglob("*") if each.is_file()]
    assert len(files) > 3
    assert [each.name for each in files if b"hunter2" in each.read_bytes()] == []
    cluster.drop(Kind.POD, "races", "demo-abcde")
    cluster.drop(Kind.JOB, "races", "demo")
    with pytest.raises(Conflict, match="does not hold all that it had") as refused:
        await resume(services, "races", "demo")
    assert f"{agent['name']}: WANDB_API_KEY" in refused.value.why
    assert "valueFrom" in refused.value.fix
