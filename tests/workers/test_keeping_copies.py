"""What the checkpoint's keeper copies, look by look; beside a real writer: test_checkpoint_keeper."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.measuring import measured
from logcopy_pod import CHECKOUT, partial
from test_checkpoint_keeper import KEEPER

from console.results import files
from console.workers import checkpoint_keeper
from console.workers.checkpoint_keeper import Keeper
from console.workers.checkpoint_resuming import good_of


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return tmp_path / "agent_results.json"


def text(done: int) -> str:
    return json.dumps(partial(2, done))


def kept(checkpoint: Path) -> Path:
    return Path(good_of(str(checkpoint)))


def test_the_first_whole_version_is_copied(checkpoint: Path) -> None:
    checkpoint.write_text(text(1))
    Keeper(str(checkpoint)).look()
    assert kept(checkpoint).read_text() == text(1)


def test_a_cut_version_and_a_poorer_one_leave_the_copy_as_it_is(checkpoint: Path) -> None:
    keeper = Keeper(str(checkpoint))
    for version in (text(3), text(4)[:-1], text(1), ""):
        checkpoint.write_text(version)
        keeper.look()
        assert kept(checkpoint).read_text() == text(3)


def test_a_keeper_that_took_another_ones_place_knows_what_was_kept(checkpoint: Path) -> None:
    kept(checkpoint).write_text(text(3))
    checkpoint.write_text(text(1))
    Keeper(str(checkpoint)).look()
    assert kept(checkpoint).read_text() == text(3)


def test_the_same_version_is_not_written_twice(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(str(checkpoint))
    checkpoint.write_text(text(2))
    keeper.look()
    written: list[str] = []
    monkeypatch.setattr(files, "write_text", lambda path, _: written.append(path))
    keeper.look()
    checkpoint.write_text(text(2))
    keeper.look()
    assert written == []


def test_a_glance_reads_only_a_file_that_has_changed(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(str(checkpoint))
    checkpoint.write_text(text(2))
    keeper.glance()
    assert kept(checkpoint).read_text() == text(2)
    looks: list[None] = []
    monkeypatch.setattr(keeper, "look", lambda: looks.append(None))
    keeper.glance()
    assert looks == []
    checkpoint.write_text(text(3))
    keeper.glance()
    assert looks == [None]


def test_a_copy_that_the_disk_did_not_take_is_tried_again_at_the_next_glance(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: str) -> None:
        raise OSError(28, "No space left on device")

    keeper = Keeper(str(checkpoint))
    checkpoint.write_text(text(2))
    with monkeypatch.context() as disk:
        disk.setattr(files, "write_text", full)
        keeper.look()
    assert not kept(checkpoint).exists()
    keeper.glance()
    assert kept(checkpoint).read_text() == text(2)


def alive_while(deeds: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch) -> int:
    """A supervisor that lives for so many looks, and what happens before each; its process id."""
    supervisor, coming = 4711, list(deeds)

    def parent() -> int:
        if not coming:
            return 1
        coming.pop(0)()
        return supervisor

    monkeypatch.setattr(os, "getppid", parent)
    return supervisor


class Kernel:
    """Tells of a write before each look, or can tell of none."""

    def __init__(self, tells: bool) -> None:
        self.possible = tells
        self.waits: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return self.possible


@pytest.mark.parametrize("tells", [True, False], ids=["told", "looking itself"])
def test_each_version_is_kept_until_the_supervisor_is_gone_whether_the_kernel_tells_or_not(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tells: bool
) -> None:
    kernel = Kernel(tells)
    monkeypatch.setattr(checkpoint_keeper, "Notices", lambda _: kernel)
    written = [lambda done=done: checkpoint.write_text(text(done)) for done in (1, 2, 3)]
    parent = alive_while([lambda: None, *written], monkeypatch)
    checkpoint_keeper.keep(str(checkpoint), str(tmp_path / "sign"), parent)
    assert kept(checkpoint).read_text() == text(3)
    assert {seconds >= 1 for seconds in kernel.waits} == {tells}


def test_its_sign_appears_after_the_first_look_with_its_process_id(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign, seen = tmp_path / "sign", []
    monkeypatch.setattr(checkpoint_keeper, "Notices", lambda _: Kernel(True))
    looks = [lambda: seen.append(sign.exists()), lambda: seen.append(sign.read_text())]
    parent = alive_while(looks, monkeypatch)
    checkpoint_keeper.keep(str(checkpoint), str(sign), parent)
    assert seen == [False, f"{os.getpid()}\n"]


def test_a_folder_that_takes_no_sign_keeps_nobody_from_keeping(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint.write_text(text(2))
    monkeypatch.setattr(checkpoint_keeper, "Notices", lambda _: Kernel(True))
    parent = alive_while([lambda: None], monkeypatch)
    checkpoint_keeper.keep(str(checkpoint), str(tmp_path / "none" / "sign"), parent)
    assert kept(checkpoint).read_text() == text(2)


def test_a_keeper_that_comes_too_late_for_its_supervisor_ends_at_once(
    checkpoint: Path, tmp_path: Path
) -> None:
    checkpoint.write_text(text(2))
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), "CHECKPOINT": str(checkpoint)}
    env |= {"KEEPER_SIGN": str(tmp_path / "sign")} | measured()
    gone = "999999999"
    assert subprocess.run([*KEEPER, gone], env=env).returncode == 0
    assert not kept(checkpoint).exists()
    assert not (tmp_path / "sign").exists()
