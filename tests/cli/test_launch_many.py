"""`launch -f` with many submissions: the table, what is sent, and what is not."""

from __future__ import annotations

import asyncio
import io
import json
import sys

import pytest

from console.errors import Forbidden
from console.operations.ports.cluster import Kind

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
    assert told[1].split() == ["1", "good", "-", AGENT, "valid"]
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
