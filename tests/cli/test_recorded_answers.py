"""After a deletion the recording answers, says so, and is never silent about what it lacks."""

from __future__ import annotations

import json

import pytest

from console.operations.ports.recorder import Recording
from console.workers import protocol


def snapshot(done: int, status: str = "running") -> bytes:
    payload = {"v": 1, "t": 1, "status": status, "done": done, "total": 20, "pairs": []}
    return protocol.format_line("n0nce", 1, "snapshot", payload).encode()


@pytest.fixture
def deleted(stage) -> Recording:
    """Recorded while it ran, then deleted."""
    recording = stage.launch()
    stage.record(recording, "logcopy", snapshot(3), b"merging")
    stage.record(recording, "agent-1", b"one", b"two")
    stage.forget()
    return recording


@pytest.mark.parametrize("command", ["status", "results", "events", "logs"])
def test_every_view_of_a_deleted_submission_comes_from_the_recording_and_says_so(
    stage, deleted, command
) -> None:
    ran = stage.run(command, "demo")
    assert ran.code == (7 if command == "results" else 0)
    told = f"this is what this console recorded of races/demo (uid {deleted.uid[:8]})"
    assert f"note: There is no Job races/demo; {told}" in ran.told
    assert ran.out


@pytest.mark.parametrize("command", ["status", "results", "events"])
def test_a_document_tells_whether_it_is_a_recording(stage, deleted, command) -> None:
    document = json.loads(stage.run(command, "demo", "-o", "json").out)
    assert (document["recorded"], document["uid"]) == (True, deleted.uid)
    present = stage.launch()
    document = json.loads(stage.run(command, "demo", "-o", "json").out)
    assert (document["recorded"], document["uid"]) == (False, present.uid)


def test_results_and_status_tell_gpu_hours_and_of_what_nobody_saw_none(stage, deleted) -> None:
    for command in ("results", "status"):
        words = "\nGPU hours: ? used, ? driving (routes ?, world load ?, agent set-up ?), ? wasted"
        assert words in stage.run(command, "demo").out
        told = json.loads(stage.run(command, "demo", "-o", "json").out)["gpuHours"]
        assert {"used", "driving", "routes", "worldLoad", "agentSetUp", "wasted"} < set(told)
        assert set(told.values()) == {None}


def test_a_recorded_board_is_not_live_and_keeps_what_was_done(stage, deleted) -> None:
    board = json.loads(stage.run("status", "demo", "-o", "json").out)
    assert (board["live"], board["status"], board["routes"]) == (
        False, "Deleted", {"done": 3, "total": 20},
    )  # fmt: skip
    assert "NOT LIVE" in stage.run("status", "demo").out


def test_a_recording_answers_on_request_though_the_cluster_has_the_job(stage) -> None:
    recording = stage.launch()
    stage.record(recording, "logcopy", snapshot(2))
    board = json.loads(stage.run("status", "demo", "--recorded", "-o", "json").out)
    assert (board["recorded"], board["routes"]["done"]) == (True, 2)


def test_of_several_of_one_name_the_newest_answers_and_the_others_are_named(stage, deleted) -> None:
    newer = stage.launch()
    stage.record(newer, "logcopy", snapshot(9))
    stage.forget()
    ran = stage.run("status", "demo", "-o", "json")
    assert json.loads(ran.out)["uid"] == newer.uid
    assert f"another submission had that name; newest last: --uid {deleted.uid[:8]}" in ran.told
    older = json.loads(stage.run("status", "demo", "--uid", deleted.uid[:8], "-o", "json").out)
    assert (older["uid"], older["routes"]["done"]) == (deleted.uid, 3)
    wrong = stage.run("logs", "demo", "--uid", "nope")
    assert wrong.code == 5
    assert deleted.uid[:8] in wrong.told


def test_an_earlier_namesake_answers_though_the_cluster_has_a_job_of_that_name(
    stage, deleted
) -> None:
    present = stage.launch()
    by_uid = {
        uid: json.loads(stage.run("status", "demo", "--uid", uid, "-o", "json").out)["recorded"]
        for uid in (deleted.uid, present.uid)
    }
    assert by_uid == {deleted.uid: True, present.uid: False}


@pytest.mark.parametrize("flags", [(), ("--recorded",)])
@pytest.mark.parametrize("command", ["status", "results", "events", "logs"])
def test_what_neither_the_cluster_nor_a_recording_knows_is_not_found(stage, command, flags) -> None:
    ran = stage.run(command, "nobody", *flags)
    assert (ran.code, ran.stdout) == (5, b"")
    assert "recorded nothing of races/nobody" in ran.told


def test_a_log_that_was_not_recorded_is_not_found_in_words(stage, deleted) -> None:
    ran = stage.run("logs", "demo", "--recorded", "-c", "agent-2")
    assert (ran.code, ran.stdout) == (5, b"")
    assert "agent-2: nothing of its log is recorded" in ran.told
    assert "Recorded are: agent-1, logcopy" in ran.told


def test_a_job_whose_logs_nobody_recorded_says_so(stage) -> None:
    recording = stage.launch()
    stage.claim(recording).release()
    ran = stage.run("logs", "demo", "--recorded")
    assert (ran.code, ran.stdout) == (5, b"")
    assert "Recorded are: none of its logs" in ran.told


def test_a_deletion_promises_just_what_is_recorded(stage) -> None:
    recording = stage.launch()
    bare = stage.run("delete", "demo")
    assert "nothing of its logs and results is recorded here." in bare.told
    stage.record(recording, "logcopy", snapshot(3))
    stage.record(recording, "agent-1", b"one")
    some = stage.run("delete", "demo")
    assert "the recorded logs of agent-1, logcopy stay here." in some.told
    assert "final result" not in some.told
