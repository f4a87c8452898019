"""What an attempt finds as its checkpoint: the richest copy in place, twice, and a verdict."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from logcopy_pod import partial

from console.results import files
from console.workers import checkpoint_resuming
from console.workers.checkpoint_resuming import good_of, prepare, verdict

NOTHING, WHOLE, COMPLETE, WHOLE_REJECTED, NO_DISK = 20, 21, 22, 23, 30
"""What pair_checkpoint.sh understands."""


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return tmp_path / "agent_results.json"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, checkpoint: Path) -> Iterator[Callable[..., int]]:
    """The program as the supervisor calls it, without the process; its time limit ends with the test."""
    monkeypatch.setenv("CHECKPOINT", str(checkpoint))
    monkeypatch.setenv("ATTEMPT", "3")

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["checkpoint_resuming", *words])
        return checkpoint_resuming.main()

    yield run
    signal.alarm(0)


def text(done: int, **changed: Any) -> str:
    return json.dumps({**partial(2, done), **changed}, indent=4)


def kept(checkpoint: Path) -> Path:
    return Path(good_of(str(checkpoint)))


def drives(path: Path) -> int:
    return len(json.loads(path.read_text())["_checkpoint"]["records"])


def test_without_a_checkpoint_there_is_nothing_to_resume_from(
    program: Callable[..., int], checkpoint: Path
) -> None:
    assert program("prepare") == NOTHING
    assert program("judge", str(checkpoint)) == NOTHING


def test_a_whole_checkpoint_stays_as_it_is_and_gets_its_second_copy(
    program: Callable[..., int], checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint.write_text(text(2))
    assert program("prepare") == WHOLE
    assert checkpoint.read_text() == kept(checkpoint).read_text() == text(2)
    assert capsys.readouterr().out == ""


def test_a_finished_checkpoint_leaves_nothing_to_drive_and_needs_no_copy(
    program: Callable[..., int], checkpoint: Path
) -> None:
    checkpoint.write_text(text(5))
    assert program("prepare") == COMPLETE
    assert not kept(checkpoint).exists()


def test_rejected_sensors_are_a_verdict_of_their_own(
    program: Callable[..., int], checkpoint: Path
) -> None:
    checkpoint.write_text(text(2, entry_status="Rejected"))
    assert program("judge", str(checkpoint)) == WHOLE_REJECTED


def test_a_cut_checkpoint_is_kept_aside_and_the_last_good_copy_takes_its_place(
    program: Callable[..., int], checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torn = text(3)[:40]
    checkpoint.write_text(torn)
    kept(checkpoint).write_text(text(2))
    assert program("prepare") == WHOLE
    assert drives(checkpoint) == drives(kept(checkpoint)) == 2
    assert checkpoint.with_name("agent_results.json.torn-3").read_text() == torn
    told = capsys.readouterr().out
    assert f"the checkpoint is cut: kept aside as {checkpoint}.torn-3" in told
    assert "restored the last good copy of the checkpoint: 2 finished drives\n" in told


def test_what_a_cut_checkpoint_still_proves_goes_beyond_the_last_good_copy(
    checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint.write_text(text(4)[:-2])
    kept(checkpoint).write_text(text(2))
    best = prepare(str(checkpoint), "3")
    assert best is not None
    assert drives(checkpoint) == drives(kept(checkpoint)) == len(best.finished) > 2
    assert "restored what is whole of the checkpoint" in capsys.readouterr().out


def test_a_poorer_checkpoint_of_the_same_run_gives_way_to_the_kept_one_and_says_so(
    program: Callable[..., int], checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint.write_text(text(1))
    kept(checkpoint).write_text(text(3))
    assert program("prepare") == WHOLE
    assert drives(checkpoint) == 3
    assert "3 finished drives, for the checkpoint holds 1" in capsys.readouterr().out


def test_a_cut_checkpoint_that_proves_nothing_is_taken_out_of_the_evaluators_way(
    program: Callable[..., int], checkpoint: Path
) -> None:
    checkpoint.write_text("{")
    assert program("prepare") == NOTHING
    assert not checkpoint.exists()
    assert checkpoint.with_name("agent_results.json.torn-3").read_text() == "{"


def test_a_text_that_ends_in_the_middle_of_a_character_is_cut_and_no_fault(
    program: Callable[..., int], checkpoint: Path
) -> None:
    checkpoint.write_bytes('{"sensors": ["é'.encode()[:-1])
    kept(checkpoint).write_text(text(2))
    assert program("prepare") == WHOLE
    assert drives(checkpoint) == 2


def test_a_drive_counted_without_its_record_is_brought_back_in_both_copies(
    program: Callable[..., int], checkpoint: Path
) -> None:
    told = partial(2, 3)
    told["_checkpoint"]["progress"] = [4, 5]
    checkpoint.write_text(json.dumps(told))
    assert program("prepare") == WHOLE
    for copy in (checkpoint, kept(checkpoint)):
        assert json.loads(copy.read_text())["_checkpoint"]["progress"] == [3, 5]


def test_unfinished_writes_of_a_killed_one_go_and_nobody_elses_files(
    program: Callable[..., int], checkpoint: Path
) -> None:
    ours = checkpoint.with_name(".agent_results.json.a1b2.tmp")
    teams = checkpoint.with_name(".notes.tmp")
    for path in (ours, teams):
        path.write_text("x")
    program("prepare")
    assert not ours.exists()
    assert teams.exists()


def test_a_disk_that_takes_nothing_is_told_and_costs_no_copy(
    program: Callable[..., int],
    checkpoint: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_text", full)
    checkpoint.write_text(text(1))
    kept(checkpoint).write_text(text(3))
    assert program("prepare") == NO_DISK
    assert drives(kept(checkpoint)) == 3
    assert "the checkpoint cannot be made ready: No space left on device" in capsys.readouterr().out


def test_a_pipe_in_the_checkpoints_place_is_not_waited_for(
    program: Callable[..., int], checkpoint: Path
) -> None:
    os.mkfifo(checkpoint)
    assert program("judge", str(checkpoint)) == NOTHING
    kept(checkpoint).write_text(text(2))
    assert verdict(checkpoint_resuming.read(str(kept(checkpoint)))) == WHOLE


def test_where_a_cut_file_cannot_be_kept_aside_the_attempt_goes_on_without(
    checkpoint: Path,
) -> None:
    """It is a curiosity: another name of that attempt is there already."""
    checkpoint.write_text("{")
    checkpoint.with_name("agent_results.json.torn-3").write_text("earlier")
    kept(checkpoint).write_text(text(2))
    prepare(str(checkpoint), "3")
    assert drives(checkpoint) == 2
    assert checkpoint.with_name("agent_results.json.torn-3").read_text() == "earlier"
