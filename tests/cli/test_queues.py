"""Queues of Kueue on the command line: who names one, who says which it is, and who refuses."""

from __future__ import annotations

import pytest
from cli.test_launch_many import AGENT, HEADER, PROFILE, jobs
from cli.test_resume_command import FAILED, drive, stored

from console import paths
from console.domain.facts import KueueQueue
from console.specs.turns import QUEUE_LABEL

KUEUE = "kueue.x-k8s.io"


@pytest.fixture
def kueue(stage) -> None:
    stage.cluster.groups.add(KUEUE)
    for name in ("season", "teams", "urgent"):
        stage.cluster.known_queues["races", name] = KueueQueue(name)


@pytest.fixture
def file(tmp_path):
    def written(text: str) -> str:
        (tmp_path / "teams.csv").write_text(text)
        return str(tmp_path / "teams.csv")

    return written


@pytest.fixture
def failed(stage) -> dict:
    """In the queue teams, two drives are recorded."""
    recording = stage.launch()
    stage.record(recording, "logcopy", drive(0), drive(1))
    job = stored(stage, "demo")
    labels = {**job["metadata"]["labels"], QUEUE_LABEL: "teams"}
    job = {**job, "metadata": {**job["metadata"], "labels": labels}, "status": FAILED}
    stage.cluster.put(job)
    return job


def preset(text: str) -> None:
    paths.presets().mkdir(parents=True, exist_ok=True)
    (paths.presets() / "season.yaml").write_text(text)


def queue(stage, name: str) -> str:
    return stored(stage, name)["metadata"].get("labels", {}).get(QUEUE_LABEL, "")


def test_a_row_names_its_queue_else_the_flag_does_else_the_preset(stage, kueue, file) -> None:
    preset("queue: season\n")
    rows = file(f"name,image,queue\na,{AGENT},urgent\nb,{AGENT},\n")
    usual = ("launch", *PROFILE, "--preset", "season")
    ran = stage.run(*usual, "-f", rows)
    assert (ran.code, queue(stage, "a"), queue(stage, "b")) == (0, "urgent", "season")
    assert "1 is in the queue urgent, until admitted by Kueue" in ran.told
    assert "created, queued (in season)" in ran.out
    stage.run(*usual, "--name", "c")
    stage.run(*usual, "--name", "d", "--queue", "teams")
    stage.run(*usual, "--name", "e", "--no-queue")
    assert [queue(stage, name) for name in "cde"] == ["season", "teams", ""]
    assert stored(stage, "e")["spec"]["suspend"] is False


def test_a_launch_says_in_which_queue_it_waits(stage, kueue) -> None:
    ran = stage.run("launch", *PROFILE, "--name", "a", "--queue", "teams")
    assert "it waits in the queue teams, until admitted by Kueue" in ran.told
    stage.cluster.default_queue = "default"
    ran = stage.run("launch", *PROFILE, "--name", "b")
    assert "it waits in the queue default, until admitted by Kueue" in ran.told
    stage.run("launch", *PROFILE, "--name", "c", "--dry-run", "server")
    ran = stage.run("render", *PROFILE, "--name", "c")
    assert QUEUE_LABEL not in ran.out


def test_what_is_shown_of_a_launch_takes_the_flags_that_the_launch_takes(stage) -> None:
    preset("queue: season\n")
    usual = ("render", *PROFILE, "--name", "c", "--preset", "season")
    told = [stage.run(*usual, *flags).out for flags in ((), ("--queue", "teams"), ("--no-queue",))]
    shown = [
        name for name in ("season", "teams") for out in told if f"{QUEUE_LABEL}: {name}" in out
    ]
    assert shown == ["season", "teams"]
    for command in ("launch", "preflight", "render", "resume"):
        asked = (command, "c") if command == "resume" else (command, *PROFILE, "--name", "c")
        assert "--queue may only hold" in stage.run(*asked, "--queue", "a b").told
    ran = stage.run(*usual, "--no-queue", "--step-functions")
    assert (ran.code, "--step-functions has no use for --no-queue" in ran.told) == (2, True)


def test_what_a_preset_or_a_row_says_is_refused_where_no_such_queue_is(stage, kueue, file) -> None:
    preset("queue: lost\n")
    ran = stage.run("launch", *PROFILE, "--name", "a", "--preset", "season")
    assert (ran.code, "has no queue lost" in ran.told, "--no-queue" in ran.told) == (2, True, True)
    rows = file(f"name,image,queue\na,{AGENT},lost\nb,{AGENT},\n")
    assert stage.run("launch", *PROFILE, "-f", rows).code == 2
    rows = file(f"name,image,queue\na,{AGENT},a b\n")
    assert "The queue a b may only hold" in stage.run("launch", *PROFILE, "-f", rows).out
    preset("queue: a b\n")
    ran = stage.run("launch", *PROFILE, "--name", "a", "--preset", "season")
    assert "season.yaml, line 1: the name of a queue may only hold" in ran.told
    assert jobs(stage) == []


def test_turns_of_ours_are_refused_to_what_names_a_queue(stage, kueue, file) -> None:
    rows = file(f"name,image,queue\na,{AGENT},\nb,{AGENT},teams\n")
    ran = stage.run("launch", *PROFILE, "-f", rows, "--at-most", "1")
    assert (ran.code, jobs(stage)) == (2, [])
    assert "b goes into Kueue's queue teams." in ran.told
    assert "Leave out --at-most" in ran.told


@pytest.mark.parametrize("dry_run", [(), ("--dry-run", "server")])
def test_a_default_queue_that_overrules_a_limit_is_said_at_the_launch(
    stage, kueue, file, dry_run
) -> None:
    stage.cluster.default_queue = "default"
    rows = file(HEADER + "".join(f"job-{n},,{AGENT},\n" for n in (1, 2, 3)))
    ran = stage.run("launch", *PROFILE, "-f", rows, "--at-most", "1", *dry_run)
    assert ran.code == 0
    assert ran.out.count("queued (in default)") == 3
    assert "Kueue decides how many run: --at-most 1 does not hold" in ran.told
    assert "recorder runs" not in ran.told
    assert "for their turn" not in ran.told


def test_a_resume_goes_into_the_queue_of_the_first_and_says_so(stage, kueue, failed) -> None:
    ran = stage.run("resume", "demo")
    assert (ran.code, queue(stage, "demo-2")) == (0, "teams")
    assert "it waits in the queue teams, until admitted by Kueue" in ran.told
    stage.run("resume", "demo", "--queue", "urgent")
    stage.run("resume", "demo", "--no-queue")
    assert (queue(stage, "demo-3"), queue(stage, "demo-4")) == ("urgent", "")
    assert stored(stage, "demo-4")["spec"]["suspend"] is False


def test_a_resume_into_a_queue_that_is_gone_is_refused_with_the_way_out(
    stage, kueue, failed
) -> None:
    ran = stage.run("resume", "demo", "--queue", "lost")
    assert (ran.code, "has no queue lost" in ran.told) == (2, True)
    assert "--no-queue" in ran.told
    assert jobs(stage) == ["demo"]
    assert stage.run("resume", "demo", "--queue", "a", "--no-queue").code == 2
    assert stage.run("resume", "demo", "--queue", "").code == 2
