"""The limits as a user writes them, in a small file or in the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.errors import InvalidInput
from console.operations.ports.recording_store import Limits
from console.recorder.limits_file import FILE, read
from console.recorder.recording_store import StoreOnDisk

EVERY = "keep-days: 30\nkeep-size: 2GB\nannounce-below: 500MB\n"


def test_without_a_file_the_limits_are_generous_and_finite(tmp_path: Path) -> None:
    assert read(tmp_path / FILE, {}) == Limits(365.0, 20 * 10**9, 10**9)


def test_a_file_sets_each_limit_by_itself(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(EVERY)
    assert read(path, {}) == Limits(30.0, 2 * 10**9, 500 * 10**6)
    path.write_text("keep-days: unlimited\nkeep-size: unlimited\nannounce-below: unlimited\n")
    assert read(path, {}) == Limits(None, None, 0)
    path.write_text("keep-days: 0.5\n")
    assert read(path, {}) == Limits(days=0.5)
    path.write_text("# nothing set\n")
    assert read(path, {}) == Limits()


def test_the_environment_wins_for_a_container_has_no_home(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(EVERY)
    told = {"CARLA_CONSOLE_KEEP_SIZE": "7GB", "CARLA_CONSOLE_KEEP_DAYS": ""}
    assert read(path, told) == Limits(30.0, 7 * 10**9, 500 * 10**6)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("keep-days: many", "keep-days is no number of days: 'many'"),
        ("keep-days: 0", "keep-days is no number of days"),
        ("keep-days: -3", "keep-days is no number of days"),
        ("keep-days: .nan", "keep-days is no number of days"),
        ("keep-days: [1]", "keep-days is no number of days"),
        ("keep-size: -1GB", "keep-size is no size: '-1GB'"),
        ("keep-size: null", "keep-size is no size"),
        ("keep-day: 3", "has what is no limit: keep-day"),
        ("3: 4", "has what is no limit: 3"),
        ("- keep-days", "is no mapping of limits"),
        ("keep-days: {", "cannot be read"),
        ("keep-days: 2020-13-45", "cannot be read"),
        ("\udcff\udcfe", "cannot be read"),
    ],
)
def test_what_is_no_limit_is_refused_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / FILE
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(InvalidInput, match=r"recordings\.yaml") as refused:
        read(path, {})
    assert why in refused.value.what
    assert refused.value.fix


def test_a_wrong_variable_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="CARLA_CONSOLE_KEEP_SIZE is no size: 'big'"):
        read(tmp_path / FILE, {"CARLA_CONSOLE_KEEP_SIZE": "big"})


def test_the_room_is_told_before_anything_was_recorded(tmp_path: Path) -> None:
    room = StoreOnDisk(tmp_path / "never" / "made", tmp_path, {}).room()
    assert room is not None
    assert 0 <= room.free <= room.total
