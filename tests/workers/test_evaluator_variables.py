"""With which variables, limits and folder an evaluator starts: the team's, under the Job's word."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from console.workers.evaluator_environment import OF_THE_JOB, composed, left_in, main, set_limits

LIMITS = """\
Limit                     Soft Limit           Hard Limit           Units
Max open files            {soft}                 {hard}              files
Max realtime priority     0                    0
"""


def test_a_teams_own_variable_reaches_the_evaluator() -> None:
    assert composed({}, {"ROS_DOMAIN_ID": "7"})["ROS_DOMAIN_ID"] == "7"


@pytest.mark.parametrize("name", OF_THE_JOB)
def test_what_the_job_says_no_team_changes(name: str) -> None:
    assert composed({name: "job"}, {name: "team"})[name] == "job"


@pytest.mark.parametrize("name", OF_THE_JOB)
def test_what_the_job_does_not_say_a_team_may(name: str) -> None:
    assert composed({}, {name: "team"})[name] == "team"


@pytest.mark.parametrize("name", ["PAIR_ENVIRONMENT", "_"])
def test_what_only_the_start_needed_is_gone(name: str) -> None:
    assert name not in composed({}, {name: "x"})


def test_the_official_folders_stand_before_the_teams(tmp_path: Path) -> None:
    job = {"LEADERBOARD_ROOT": "/utils/leaderboard", "SCENARIO_RUNNER_ROOT": "/utils/runner"}
    path = composed(job, {"PYTHONPATH": "/team"})["PYTHONPATH"].split(":")
    assert path.index("/utils/leaderboard") < path.index("/team")
    assert path.index("/utils/runner") < path.index("/team")


def test_without_official_sources_the_teams_path_stands_alone() -> None:
    assert composed({}, {"PYTHONPATH": "/team"})["PYTHONPATH"] == "/team"
    assert "PYTHONPATH" not in composed({}, {})


def left(folder: Path, block: bytes, directory: str = "/work", umask: str = "0022") -> str:
    """What the team's files left, as evaluator_start.sh writes it."""
    path = folder / "left"
    path.write_bytes(b"done\n" + os.fsencode(directory) + b"\n" + block)
    (folder / "left.limits").write_text(f"{umask}\nno limits")
    return str(path)


def test_variables_are_read_with_every_character_that_they_may_have(tmp_path: Path) -> None:
    found = left_in(left(tmp_path, b"A=1\0B=two\nlines\0C=\xff\0D=x=y\0"))
    assert found.variables == {"A": "1", "B": "two\nlines", "C": "\udcff", "D": "x=y"}
    assert (found.directory, found.umask, found.limits) == ("/work", "0022", "no limits")


def test_what_was_read_is_removed(tmp_path: Path) -> None:
    path = left(tmp_path, b"A=1\0")
    (tmp_path / "left.new").touch()
    left_in(path)
    assert not list(tmp_path.glob("left*"))


@pytest.mark.parametrize("missing", ["left", "left.limits"])
def test_files_that_did_not_come_to_their_end_left_nothing(tmp_path: Path, missing: str) -> None:
    path = left(tmp_path, b"A=1\0")
    (tmp_path / missing).unlink()
    assert left_in(path).variables is None


def test_a_cut_file_left_nothing(tmp_path: Path) -> None:
    (tmp_path / "left").write_bytes(b"done")
    assert left_in(str(tmp_path / "left")).variables is None


@pytest.fixture
def files_limit() -> object:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_limit_that_a_team_has_lowered_is_taken_over(files_limit: tuple[int, int]) -> None:
    soft, hard = files_limit
    set_limits(LIMITS.format(soft=soft - 1, hard=hard))
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (soft - 1, hard)


def test_a_limit_that_cannot_be_taken_is_said_and_stops_nothing(
    files_limit: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    set_limits(LIMITS.format(soft=10, hard=5))
    assert "Max open files: the limit that the team's files set is not taken" in (
        capsys.readouterr().out
    )
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == files_limit


@pytest.mark.parametrize("text", ["", "nonsense", "Max open files", "Max unheard of   1   2"])
def test_what_is_no_limit_changes_none(files_limit: tuple[int, int], text: str) -> None:
    set_limits(text)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == files_limit


class Became(Exception):
    """This process would now be another program."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """`started(path)` -> the arguments and the environment that the process becomes."""
    became: list[tuple[list[str], dict[str, str]]] = []

    def execve(_program: str, words: list[str], env: dict[str, str]) -> None:
        became.append((words, env))
        raise Became

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.chdir(tmp_path)
    umask = os.umask(0o022)

    def start(path: str) -> tuple[list[str], dict[str, str]]:
        monkeypatch.setattr("sys.argv", ["evaluator_environment.py", path, "exec python3 x.py"])
        with pytest.raises(Became):
            main()
        return became[-1]

    yield start
    os.umask(umask)


def test_the_text_of_the_job_runs_where_the_team_has_gone(started, tmp_path: Path) -> None:
    place = tmp_path / "code"
    place.mkdir()
    words, env = started(left(tmp_path, b"A=1\0", str(place), "0077"))
    assert words == ["sh", "-c", "exec python3 x.py"]
    assert env == {"A": "1"}
    assert Path.cwd() == place
    assert os.umask(0o022) == 0o077


def test_without_what_the_teams_files_left_it_goes_on_and_says_so(
    started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FROM_THE_IMAGE", "yes")
    _, env = started(str(tmp_path / "none"))
    assert env["FROM_THE_IMAGE"] == "yes"
    assert "going on without them" in capsys.readouterr().out


def test_a_folder_that_is_gone_is_no_reason_to_stop(started, tmp_path: Path) -> None:
    started(left(tmp_path, b"A=1\0", "/nowhere/at/all"))
    assert Path.cwd() == tmp_path
