"""The init container's script: sources into the volumes, folders for everybody, resumed partials."""

import contextlib
import gzip
import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from pair_bench import SHELLS, shell_command

SCRIPT = Path(__file__).parents[2] / "console" / "workers" / "private_contents.sh"
STRANGER = 64000
SOURCES = {
    "LEADERBOARD": ("leaderboard", "LEADERBOARD_ROOT"),
    "SCENARIO_RUNNER": ("scenario_runner", "SCENARIO_RUNNER_ROOT"),
    "CARLA": ("CARLA", "CARLA_API_ROOT"),
}


@pytest.fixture(params=sweep(SHELLS, "busybox"))
def init(request, tmp_path):
    """Runs the script in that shell with the image under `image/` and the volumes under `pod/`."""
    script = Path(shutil.copy(SCRIPT, tmp_path))
    command = [*shell_command(request.param), str(script)]
    env = {"PATH": os.environ["PATH"], "LOGS_DIR": str(tmp_path / "pod" / "logs")}
    for name, (folder, root) in SOURCES.items():
        source = tmp_path / "image" / folder
        (source / "sub folder").mkdir(parents=True)
        (source / "sub folder" / "module.py").write_text(f"# {name}\n")
        (source / "run.sh").write_text("#!/bin/sh\n")
        (source / "run.sh").chmod(0o755)
        (source / "link").symlink_to("run.sh")
        env |= {f"{name}_SOURCE": str(source), root: str(tmp_path / "pod" / folder)}

    def run(user: int | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**env, **extra},
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )

    return run


@contextlib.contextmanager
def as_stranger(place: Path) -> Iterator[None]:
    """pytest's folders above `place`, closed to others, let every user through meanwhile."""
    above = {path: stat.S_IMODE(path.stat().st_mode) for path in (place, *place.parents)}
    modes = {path: mode for path, mode in above.items() if mode & 0o005 != 0o005}
    for path, mode in modes.items():
        path.chmod(mode | 0o055)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def test_the_sources_arrive_in_their_volumes_with_modes_and_links(init, tmp_path):
    assert init().returncode == 0
    for folder, _ in SOURCES.values():
        target = tmp_path / "pod" / folder
        assert (target / "sub folder" / "module.py").read_text().startswith("#")
        assert os.access(target / "run.sh", os.X_OK)
        assert (target / "link").is_symlink()


def test_every_container_finds_its_folder_writable_for_any_user(init, tmp_path):
    assert init().returncode == 0
    logs = tmp_path / "pod" / "logs"
    folders = ["logcopy", "containers-status", *(f"agent/agent{n}" for n in range(1, 5))]
    folders += [f"simulator/simulator{n}" for n in range(1, 5)]
    assert {stat.S_IMODE((logs / name).stat().st_mode) for name in folders} == {0o777}


def test_as_many_pairs_as_the_job_has_find_their_folders_and_go_on(init, tmp_path):
    (tmp_path / "resume").mkdir()
    (tmp_path / "resume" / "partial_16.json").write_text("{}")
    told = {"PAIRS": "16", "RESUME": "1", "RESUME_DIR": str(tmp_path / "resume")}
    assert init(**told).returncode == 0
    agents = tmp_path / "pod" / "logs" / "agent"
    assert {each.name for each in agents.iterdir()} == {f"agent{n}" for n in range(1, 17)}
    assert (agents / "agent16" / "agent_results.json").read_text() == "{}"
    assert stat.S_IMODE((agents / "agent16").stat().st_mode) == 0o777


def test_a_restarted_init_loses_nothing_that_was_written_meanwhile(init, tmp_path):
    init()
    logs = tmp_path / "pod" / "logs"
    (logs / "agent" / "agent2" / "agent_results.json").write_text("{}")
    (logs / "containers-status" / "pair-2.agent.attempt-1").write_text("1")
    assert init().returncode == 0
    assert (logs / "agent" / "agent2" / "agent_results.json").read_text() == "{}"
    assert (logs / "containers-status" / "pair-2.agent.attempt-1").exists()


def test_a_resumed_submission_gets_its_partials_but_keeps_newer_checkpoints(init, tmp_path):
    partials = tmp_path / "old run"
    partials.mkdir()
    (partials / "partial_1.json").write_text('{"old": 1}')
    (partials / "partial_3.json").write_text('{"old": 3}')
    agents = tmp_path / "pod" / "logs" / "agent"
    (agents / "agent3").mkdir(parents=True)
    (agents / "agent3" / "agent_results.json").write_text('{"new": 3}')
    assert init(RESUME="1", RESUME_DIR=str(partials)).returncode == 0
    assert (agents / "agent1" / "agent_results.json").read_text() == '{"old": 1}'
    assert (agents / "agent3" / "agent_results.json").read_text() == '{"new": 3}'
    assert not (agents / "agent2" / "agent_results.json").exists()


def test_a_resumed_checkpoint_can_be_rewritten_by_an_agent_of_any_user(init, tmp_path):
    (tmp_path / "partial_4.json").write_text("{}")
    (tmp_path / "partial_4.json").chmod(0o444)
    assert init(RESUME="1", RESUME_DIR=str(tmp_path)).returncode == 0
    checkpoint = tmp_path / "pod/logs/agent/agent4/agent_results.json"
    assert stat.S_IMODE(checkpoint.stat().st_mode) == 0o666


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_a_user_without_privileges_gets_the_volumes_ready_twice(init, tmp_path):
    """The init container's own user: volumes are open to it, all else belongs to root."""
    with as_stranger(tmp_path):
        (tmp_path / "pod").mkdir()
        for folder in ("logs", *(folder for folder, _ in SOURCES.values())):
            (tmp_path / "pod" / folder).mkdir()
            (tmp_path / "pod" / folder).chmod(0o777)
        for _ in range(2):
            done = init(user=STRANGER)
            assert done.returncode == 0, done.stderr
    agent = tmp_path / "pod" / "logs" / "agent" / "agent1"
    assert (agent.stat().st_uid, stat.S_IMODE(agent.stat().st_mode)) == (STRANGER, 0o777)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_a_source_that_may_not_be_read_is_said_with_the_user(init, tmp_path):
    (tmp_path / "image" / "CARLA" / "run.sh").chmod(0o600)
    (tmp_path / "pod").mkdir()
    (tmp_path / "pod").chmod(0o777)
    with as_stranger(tmp_path):
        done = init(user=STRANGER)
    assert done.returncode == 1
    assert f"may user {STRANGER} not read a file" in done.stderr


def test_partials_are_left_alone_when_the_job_is_no_resume(init, tmp_path):
    (tmp_path / "partial_1.json").write_text("{}")
    assert init(RESUME="", RESUME_DIR=str(tmp_path)).returncode == 0
    assert not (tmp_path / "pod/logs/agent/agent1/agent_results.json").exists()


def test_an_image_without_the_sources_fails_and_names_the_missing_folder(init, tmp_path):
    result = init(CARLA_SOURCE=str(tmp_path / "nowhere"))
    assert result.returncode == 1
    assert str(tmp_path / "nowhere") in result.stderr


def pieces(folder: Path, pair: int, text: str, size: int) -> list[Path]:
    packed = gzip.compress(text.encode())
    folder.mkdir(exist_ok=True)
    parts = [packed[start : start + size] for start in range(0, len(packed), size)]
    made = [folder / f"partial_{pair}.json.gz.{number:03}" for number in range(len(parts))]
    for path, part in zip(made, parts, strict=True):
        path.write_bytes(part)
    return made


def test_pieces_of_a_partial_become_the_checkpoint_of_their_pair(init, tmp_path):
    text = json.dumps({"records": list(range(20_000))})
    assert len(pieces(tmp_path / "resume", 2, text, 1000)) > 10
    told = init(RESUME="1", RESUME_DIR=str(tmp_path / "resume"))
    assert told.returncode == 0, told.stderr
    agents = tmp_path / "pod" / "logs" / "agent"
    assert (agents / "agent2" / "agent_results.json").read_text() == text
    assert not (agents / "agent1" / "agent_results.json").exists()


@pytest.mark.parametrize("gone", [1, -1])
def test_a_piece_that_is_missing_starts_nothing(init, tmp_path, gone):
    made = pieces(tmp_path / "resume", 1, json.dumps(list(range(20_000))), 1000)
    made[gone].unlink()
    told = init(RESUME="1", RESUME_DIR=str(tmp_path / "resume"))
    assert told.returncode == 1
    assert "cannot copy" in told.stderr
    assert not (tmp_path / "pod" / "logs" / "agent" / "agent1" / "agent_results.json").exists()


def test_a_pod_of_one_pair_goes_on_from_what_an_earlier_pod_of_it_has_finished(init, tmp_path):
    """What is kept goes before the launch's own resume, which is older."""
    for folder, text in (("kept", '{"kept": 3}'), ("resume", '{"old": 3}')):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "partial_3.json").write_text(text)
        (tmp_path / folder / "partial_1.json").write_text("{}")
    (tmp_path / "kept" / "ended_3").write_text("agent 1 reason=crashed\n")
    told = {"RESUME": "1", "RESUME_DIR": str(tmp_path / "resume"), "JOB_COMPLETION_INDEX": "2"}
    done = init(KEPT_DIR=str(tmp_path / "kept"), **told)
    assert done.returncode == 0, done.stderr
    logs = tmp_path / "pod" / "logs"
    assert (logs / "agent" / "agent1" / "agent_results.json").read_text() == '{"kept": 3}'
    assert [each.name for each in (logs / "agent").iterdir()] == ["agent1"]
    assert (logs / "logcopy" / "kept").exists()
    assert (logs / "containers-status" / "ended_3").exists()


def test_a_pod_of_one_pair_of_which_nothing_is_kept_begins_as_its_launch_says(init, tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "resume").mkdir()
    (tmp_path / "resume" / "partial_2.json").write_text('{"old": 2}')
    told = {"RESUME": "1", "RESUME_DIR": str(tmp_path / "resume"), "JOB_COMPLETION_INDEX": "1"}
    assert init(KEPT_DIR=str(tmp_path / "kept"), **told).returncode == 0
    logs = tmp_path / "pod" / "logs"
    assert (logs / "agent" / "agent1" / "agent_results.json").read_text() == '{"old": 2}'
    assert not (logs / "logcopy" / "kept").exists()
