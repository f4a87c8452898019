"""A directory as the place of published files: whole or not at all, and by one console at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.errors import Conflict
from console.operations.ports.object_place import PlaceFailed, measured
from console.publish.folder_place import FolderPlace

TORN = ".results.json.0123456789ab.tmp"
"""What a console that was killed while it wrote has left."""


@pytest.fixture
def place(tmp_path: Path) -> FolderPlace:
    return FolderPlace(tmp_path / "bucket")


def put(place: FolderPlace, key: str, content: bytes) -> None:
    place.put(key, lambda: iter([content]), measured(lambda: iter([content])))


def test_what_was_put_is_listed_by_its_key_and_read_back(place: FolderPlace) -> None:
    put(place, "7/agent/agent_results.json", b"{}")
    put(place, "7/containers-status/agent-1.done", b"")
    put(place, "8/other", b"x")
    assert {key: each.size for key, each in place.listed("7").items()} == {
        "7/agent/agent_results.json": 2,
        "7/containers-status/agent-1.done": 0,
    }
    assert place.read("7/agent/agent_results.json", 10) == b"{}"


def test_an_empty_place_has_nothing_and_is_not_made_by_looking(place, tmp_path: Path) -> None:
    assert place.listed("7") == {}
    assert place.read("7/console/job.json", 10) is None
    assert not (tmp_path / "bucket").exists()


def test_the_same_size_is_not_the_same_content(place: FolderPlace) -> None:
    put(place, "7/a", b"one")
    stored = place.listed("7")["7/a"]
    assert place.same(stored, measured(lambda: iter([b"one"])))
    assert not place.same(stored, measured(lambda: iter([b"two"])))


def test_a_content_that_breaks_off_leaves_what_was_there(place: FolderPlace) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise OSError(5, "Input/output error", "/recording")

    put(place, "7/a", b"whole")
    with pytest.raises(PlaceFailed, match="cannot be written"):
        place.put("7/a", breaking, measured(lambda: iter([b"half"])))
    assert place.read("7/a", 10) == b"whole"
    assert set(place.listed("7")) == {"7/a"}


def test_what_a_killed_console_left_is_no_file_and_goes_when_the_next_begins(
    place: FolderPlace, tmp_path: Path
) -> None:
    put(place, "7/evalai/results.json", b"{}")
    torn = tmp_path / "bucket" / "7" / "evalai" / TORN
    torn.write_bytes(b'{"half')
    assert set(place.listed("7")) == {"7/evalai/results.json"}
    with place.alone("7"):
        assert not torn.exists()
    assert place.read("7/evalai/results.json", 10) == b"{}"


def test_two_consoles_do_not_write_one_folder_at_once(place: FolderPlace, tmp_path: Path) -> None:
    other = FolderPlace(tmp_path / "bucket")
    with place.alone("7"):
        with pytest.raises(Conflict, match="Another console publishes"), other.alone("7"):
            pass
        with other.alone("8"):
            pass
    with other.alone("7"):
        pass


def test_no_link_is_followed_out_of_the_folder(place: FolderPlace, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    put(place, "7/a", b"whole")
    (tmp_path / "bucket" / "7" / "link").symlink_to(tmp_path / "secret")
    assert set(place.listed("7")) == {"7/a"}


def test_a_mark_that_is_gone_already_can_be_removed(place: FolderPlace) -> None:
    put(place, "7/a", b"")
    place.remove("7/a")
    place.remove("7/a")
    assert place.listed("7") == {}


def test_a_file_in_the_folders_place_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "bucket").write_bytes(b"")
    place = FolderPlace(tmp_path / "bucket")
    with pytest.raises(PlaceFailed) as told, place.alone("7"):
        pass
    assert "cannot be written" in told.value.what
    assert "Not a directory" in told.value.why or "File exists" in told.value.why


def test_more_than_was_asked_for_is_not_read(place: FolderPlace) -> None:
    put(place, "7/console/job.json", b"x" * 100)
    with pytest.raises(PlaceFailed, match="cannot be read"):
        place.read("7/console/job.json", 10)


def test_what_has_a_key_is_not_put_there_as_new(place: FolderPlace) -> None:
    def new(content: bytes) -> bool:
        return place.put_new("7/a", lambda: iter([content]), measured(lambda: iter([content])))

    assert new(b"first")
    assert not new(b"second")
    assert place.read("7/a", 10) == b"first"
