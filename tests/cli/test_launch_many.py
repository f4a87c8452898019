"""`launch -f` with many submissions: the table, what is sent, and what is not."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from datetime import UTC, datetime

import pytest

from console import wiring
from console.domain.facts import KueueQueue
from console.errors import Forbidden
from console.operations.ports.cluster import ClusterDescription, Kind
from console.operations.ports.recorder_process import ProcessState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PROFILE = ("--profile", "embedded")
AGENT = "console.local/team-agent:quick"
HEADER = "name,team,image,resumes\n"


@pytest.fixture
def file(tmp_path):
    def written(text: str, name: str = "teams.csv") -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return written


def jobs(stage) -> list[str]:
    return [name for kind, _, name in stage.cluster.objects if kind is Kind.JOB]


def job(stage, name: str):
    return asyncio.run(stage.cluster.read(Kind.JOB, "races", name))


def test_each_row_becomes_a_job_in_the_files_order(stage, file) -> None:
    rows = f"{HEADER}beta,Team B,{AGENT},2\nalpha,Team A,{AGENT},\n"
    ran = stage.run("launch", *PROFILE, "--resumes", "0", "-f", file(rows))
    assert ran.code == 0
    assert jobs(stage) == ["beta", "alpha"]
    lines = [line.split() for line in ran.out.splitlines()]
    assert lines[1:] == [
        ["1", "beta", "Team", "B", AGENT, "created"],
        ["2", "alpha", "Team", "A", AGENT, "created"],
    ]
    assert [job(stage, name)["spec"]["backoffLimit"] for name in ("beta", "alpha")] == [5, 1]
    assert "Team B" in json.dumps(job(stage, "beta")["metadata"]["annotations"])


def test_the_table_says_team_and_image_of_each_job_as_the_list_does(stage, file) -> None:
    rows = file("name,team,team_id\na,,7\nb,Team B,8\nc,,\n")
    ran = stage.run("launch", *PROFILE, "--image", AGENT, "-f", rows, "--at-most", "2")
    lines = [line.split("   ") for line in ran.out.splitlines()[1:]]
    told = [[cell.strip() for cell in line if cell.strip()][2:4] for line in lines]
    assert told == [["#7", AGENT], ["Team B", AGENT], ["#1", AGENT]]
    assert "1 waits for its turn: at most 2 run at once" in ran.told
    shown = json.loads(stage.run("list", "-o", "json").out)
    assert sorted(each["team"] for each in shown) == ["#1", "#7", "Team B"]


def test_with_a_faulty_row_nothing_is_launched_and_the_table_names_field_and_fix(
    stage, file
) -> None:
    stage.launch("taken")
    rows = file(f"{HEADER}good,,{AGENT},\ntaken,,{AGENT},\nbad,,UPPER/x:1,few\n")
    ran = stage.run("launch", *PROFILE, "-f", rows)
    assert (ran.code, jobs(stage)) == (2, ["taken"])
    assert "2 of 3 submissions have errors: nothing was launched." in ran.told
    assert "--skip-faulty" in ran.told
    told = ran.out.splitlines()
    assert told[1].split() == ["1", "good", "#1", AGENT, "valid"]
    assert "name: there is a Job named taken already." in told[2]
    assert "resumes: few is no whole number from 0." in told[3]


def test_faulty_rows_may_be_left_out_on_purpose(stage, file) -> None:
    rows = file(f"{HEADER}good,,{AGENT},\nbad,,UPPER/x:1,\n")
    ran = stage.run("launch", *PROFILE, "-f", rows, "--skip-faulty", "-o", "name")
    assert (ran.code, ran.out) == (0, "job.batch/good\n")
    assert "line 3: image: Agent image has upper case" in ran.told


@pytest.mark.parametrize("dry", ["client", "server"])
def test_a_dry_run_of_many_keeps_nothing(stage, file, dry: str) -> None:
    rows = file(f"{HEADER}a,,{AGENT},\nb,,{AGENT},\n")
    ran = stage.run("launch", *PROFILE, "-f", rows, "--dry-run", dry)
    assert (ran.code, jobs(stage)) == (0, [])
    assert len(ran.out.splitlines()) == 3


def test_images_are_pasted_into_standard_input(stage, monkeypatch) -> None:
    pasted = io.TextIOWrapper(io.BytesIO(f"{AGENT}\n{AGENT}\n".encode()))
    monkeypatch.setattr(sys, "stdin", pasted)
    ran = stage.run("launch", *PROFILE, "-f", "-", "-o", "name")
    assert ran.out == "job.batch/team-agent-quick\njob.batch/team-agent-quick-2\n"


def test_values_beside_the_rows_hold_for_every_row_and_the_row_over_them(stage, file) -> None:
    values = file("submission:\n  team_id: all\n  track_id: all\n", "values.yaml")
    rows = file("- {name: a, phase: own}\n- {name: b}\n", "rows.yaml")
    ran = stage.run("launch", *PROFILE, "-f", values, "-f", rows, "-o", "json")
    told = [json.dumps(each["job"]["spec"]) for each in json.loads(ran.out)]
    assert [text.count('"all"') > 0 for text in told] == [True, True]
    assert ['"own"' in text for text in told] == [True, False]


def test_what_one_row_meets_is_told_of_it_and_the_exit_code_says_so(stage, file) -> None:
    stage.cluster.refuse["create", Kind.JOB] = Forbidden("You may not create Jobs in races.")
    ran = stage.run("launch", *PROFILE, "-f", file(f"{HEADER}a,,{AGENT},\nb,,{AGENT},\n"))
    assert ran.code == 4
    assert "2 of 2 submissions were not launched." in ran.told
    assert ran.out.count("You may not create Jobs in races.") == 2


def test_two_files_of_submissions_or_a_flag_without_one_are_refused(stage, file) -> None:
    one, two = file("a/b:1\n", "one.txt"), file("a/b:1\n", "two.txt")
    assert stage.run("launch", *PROFILE, "-f", one, "-f", two).code == 2
    assert stage.run("launch", *PROFILE, "--skip-faulty").code == 2


def test_at_most_some_run_at_a_time_and_the_others_are_seen_to_wait(stage, file) -> None:
    rows = file(HEADER + "".join(f"job-{n},,{AGENT},\n" for n in range(1, 6)))
    ran = stage.run("launch", *PROFILE, "-f", rows, "--at-most", "2")
    assert ran.code == 0
    assert [line.split("   ")[-1] for line in ran.out.splitlines()[1:]] == [
        *("created", "created", "created, queued (3rd of 5)"),
        *("created, queued (4th of 5)", "created, queued (5th of 5)"),
    ]
    assert "3 wait for their turn: at most 2 run at once" in ran.told
    assert "nobody starts them while no recorder runs" in ran.told
    suspended = [job(stage, f"job-{n}")["spec"]["suspend"] for n in range(1, 6)]
    assert suspended == [False, False, True, True, True]
    assert "Queued 3/5 " in stage.run("list").out
    assert (
        "Waits for its turn, 4th of 5: at most 2 run at once." in stage.run("status", "job-4").out
    )
    told = {row["name"]: row for row in json.loads(stage.run("list", "-o", "json").out)}
    assert (told["job-5"]["status"], told["job-5"]["queuePlace"]) == ("Queued", "5/5")


@pytest.mark.parametrize(("recorder", "told"), [("", True), ("me", False), ("other", True)])
def test_a_list_says_that_nobody_starts_what_waits(
    stage, file, monkeypatch, recorder: str, told: bool
) -> None:
    where = ClusterDescription("fake", "https://fake", "races", "me")
    running = [ProcessState(1, "1", NOW, "fake", "https://fake", recorder)] if recorder else []
    monkeypatch.setattr(wiring, "describe", lambda asked: where)
    monkeypatch.setattr(wiring, "recorders", lambda: tuple(running))
    rows = file(HEADER + "".join(f"job-{n},,{AGENT},\n" for n in (1, 2, 3)))
    stage.run("launch", *PROFILE, "-f", rows, "--at-most", "1")
    note = "2 wait for their turn, and no recorder of yours starts them: carla-console record start"
    assert (note in stage.run("list").told) is told


def test_kueue_admits_what_is_put_into_its_queue_and_we_start_none(stage, file) -> None:
    rows = file(f"{HEADER}a,,{AGENT},\n")
    ran = stage.run("launch", *PROFILE, "-f", rows, "--queue", "teams")
    assert (ran.code, jobs(stage)) == (2, [])
    assert "This cluster has no Kueue" in ran.told
    stage.cluster.groups.add("kueue.x-k8s.io")
    ran = stage.run("launch", *PROFILE, "-f", rows, "--queue", "teams")
    assert (ran.code, jobs(stage)) == (2, [])
    assert "has no queue teams" in ran.told
    stage.cluster.known_queues["races", "teams"] = KueueQueue("teams")
    ran = stage.run("launch", *PROFILE, "-f", rows, "--queue", "teams")
    assert "created, queued (in teams)" in ran.out
    assert stage.run("launch", *PROFILE, "--name", "b", "--queue", "teams").code == 0
    for name in "ab":
        stored = job(stage, name)
        assert stored["spec"]["suspend"] is True
        assert stored["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "teams"


@pytest.mark.parametrize(
    "flags",
    [("--at-most", "0"), ("--at-most", "1", "--queue", "q"), ("--queue", ""), ("--queue", "a b")],
)
def test_a_limit_or_a_queue_that_cannot_be_meant_is_refused(stage, file, flags) -> None:
    rows = file(f"{HEADER}a,,{AGENT},\n")
    assert stage.run("launch", *PROFILE, "-f", rows, *flags).code == 2
    assert jobs(stage) == []


def test_a_limit_needs_a_file_of_submissions(stage) -> None:
    assert stage.run("launch", *PROFILE, "--at-most", "2").code == 2
