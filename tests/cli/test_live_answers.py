"""`status`, `events` and `results` of what the cluster has now: text, JSON and exit codes."""

from __future__ import annotations

import asyncio
import json

import pytest
from fakes.documents import merged_lines, whole_document

from console.domain.facts import ClusterEvent
from console.errors import Forbidden
from console.operations.ports.cluster import Kind


@pytest.fixture
def complete(stage) -> str:
    """A submission that has ended, with its merged result in logcopy's log."""
    recording = stage.launch()
    text = json.dumps(whole_document())
    stage.pod(recording, logcopy=[line.encode() for line in merged_lines(text)])
    job = asyncio.run(stage.cluster.read(Kind.JOB, "races", "demo"))
    status = {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}
    stage.cluster.put({**job, "status": status})
    return text


def test_a_status_tells_the_submission_and_its_pairs(stage) -> None:
    stage.launch()
    told = stage.run("status", "demo").out.splitlines()
    assert told[0].startswith("races/demo  Leaderboard 2.0  ◌ Pending")
    assert [line.split()[1] for line in told if line.startswith("pair ")] == list("1234")


def test_what_nothing_has_run_of_is_0_and_not_unknown(stage) -> None:
    stage.launch()
    document = json.loads(stage.run("status", "demo", "-o", "json").out)
    assert document["routes"] == {"done": 0, "total": 20}
    assert document["budget"]["used"] == 0
    assert document["pod"] is None


@pytest.mark.parametrize("form", ["demo", "job/demo", "jobs.batch/demo"])
def test_a_submission_is_found_under_each_of_its_names(stage, form: str) -> None:
    stage.launch()
    assert stage.run("status", form).code == 0


def test_a_complete_one_has_its_results_and_success(stage, complete) -> None:
    ran = stage.run("results", "demo")
    assert ran.code == 0
    assert ran.out.startswith("Leaderboard 2.0  20/20 routes  FINAL\nentry Finished, eligible\n")


def test_the_published_file_comes_out_as_logcopy_wrote_it(stage, complete) -> None:
    ran = stage.run("results", "demo", "-o", "merged")
    assert (ran.code, json.loads(ran.out)) == (0, json.loads(complete))


def test_results_as_json_tell_where_they_are_from(stage, complete) -> None:
    document = json.loads(stage.run("results", "demo", "-o", "json").out)
    assert (document["final"], document["eligible"], document["recorded"]) == (True, True, False)
    assert len(document["records"]) == 20


def test_a_complete_one_is_complete_in_list_and_status(stage, complete) -> None:
    (row,) = json.loads(stage.run("list", "-o", "json").out)
    assert (row["status"], row["entryStatus"]) == ("Complete", "Finished")
    assert "entry Finished, eligible" in stage.run("status", "demo").out.splitlines()


def test_scores_so_far_are_no_success(stage) -> None:
    stage.launch()
    ran = stage.run("results", "demo")
    assert ran.code == 7
    assert "NOT FINAL" in ran.out
    assert "not final: " in ran.told


def test_without_a_merged_file_there_is_none_to_print(stage) -> None:
    stage.launch()
    ran = stage.run("results", "demo", "-o", "merged")
    assert (ran.code, ran.stdout) == (7, b"")
    assert "demo has published no merged result" in ran.told


def test_events_are_told_with_their_count(stage) -> None:
    stage.launch()
    event = ClusterEvent("e", "Warning", "FailedCreate", "no quota", 3, None, "Job/demo")
    stage.cluster.cluster_events.append(event)
    assert "FailedCreate ×3 Job/demo  no quota" in stage.run("events", "demo").out
    (told,) = json.loads(stage.run("events", "demo", "-o", "json").out)["events"]
    assert (told["count"], told["lastSeen"]) == (3, None)


def test_where_nothing_has_happened_that_is_said(stage) -> None:
    stage.launch()
    assert stage.run("events", "demo").out == "nothing has happened yet\n"


def test_events_that_may_not_be_read_are_no_empty_list(stage, monkeypatch) -> None:
    stage.launch()

    async def refused(*_: object) -> None:
        raise Forbidden("You may not list events in races.")

    monkeypatch.setattr(stage.cluster, "events", refused)
    ran = stage.run("events", "demo")
    assert (ran.code, ran.stdout) == (4, b"")
    assert "You may not list events" in ran.told


def test_a_list_names_the_jobs_as_kubectl_does(stage) -> None:
    assert stage.run("list", "-o", "name").stdout == b""
    stage.launch("one")
    stage.launch("two")
    told = stage.run("list", "-o", "name").out.split()
    assert sorted(told) == ["job.batch/one", "job.batch/two"]


def test_another_uid_than_the_one_that_is_there_is_looked_for_in_the_recordings(stage) -> None:
    stage.launch()
    ran = stage.run("status", "demo", "--uid", "ffff")
    assert (ran.code, ran.stdout) == (5, b"")


@pytest.mark.parametrize("command", ["status", "results", "events", "logs", "resume"])
def test_what_nobody_knows_is_not_found(stage, command: str) -> None:
    ran = stage.run(command, "nobody")
    assert (ran.code, ran.stdout) == (5, b"")
    assert "nobody" in ran.told
