"""A recording that is torn, garbage or of a newer console is read as far as it goes, and says so."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.recordings import archive_in, recorded

from console.errors import ConsoleError
from console.operations.ports.recorder import RecorderFailed, Recording
from console.operations.recording.recorded import damage_words
from console.operations.services import Services
from console.recorder import journal
from console.recorder.recorder import Recorder

Spoil = Callable[[Path, random.Random], None]
FILES = ("journal.jsonl", "manifest.json", "recording.json", "0*.log*", "merged.json")


def folder_of(root: Path) -> Path:
    (found,) = root.glob("*/*/demo-*")
    return found


def cut(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(20):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)


def scramble(path: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(500) + b"\n" + path.read_bytes()[100:])


def empty(path: Path, _: random.Random) -> None:
    path.write_bytes(b"")


def lose(path: Path, _: random.Random) -> None:
    path.unlink()


def nest(path: Path, _: random.Random) -> None:
    path.write_bytes(b"[" * 100_000 + b"\n")


def other_json(path: Path, chance: random.Random) -> None:
    path.write_text(chance.choice(["{}", "[]", "3", '{"manifest": {}, "server": ""}', "null"]))


SPOILS: tuple[Spoil, ...] = (cut, flip, scramble, empty, lose, nest, other_json)


def read_all(root: Path) -> list[str]:
    """Everything that a screen or a command asks of recordings; what was said of them."""
    archive, told = archive_in(root), []
    for entry in archive.entries():
        opened = archive.opened(entry.recording)
        told.append(opened.board.stale_why)
        recorder = Recorder(root)
        for container in recorder.containers(entry.recording):
            view = recorder.log(entry.recording, container)
            assert len(view.lines(0, 10_000)) == view.line_count()
            list(view.search("hello"))
        recorder.merged_text(entry.recording)
        list(recorder.history(entry.recording))
    return told


def spoiled(root: Path, pattern: str, spoil: Spoil, seed: int) -> list[str]:
    recorded(root)
    (folder_of(root) / "merged.json").write_text('{"a": 1}')
    (folder_of(root) / "actions.jsonl").write_bytes(b"")
    for path in sorted(folder_of(root).rglob(pattern)):
        spoil(path, random.Random(seed))
    return read_all(root)


@pytest.mark.parametrize("pattern", FILES)
@pytest.mark.parametrize("spoil", SPOILS, ids=lambda each: each.__name__)
def test_whatever_became_of_a_file_the_rest_is_read(
    tmp_path: Path, pattern: str, spoil: Spoil
) -> None:
    assert len(spoiled(tmp_path, pattern, spoil, 7)) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("pattern", FILES)
@pytest.mark.parametrize("spoil", [cut, flip, scramble], ids=lambda each: each.__name__)
def test_wherever_a_file_is_damaged_the_rest_is_read(
    tmp_path: Path, pattern: str, spoil: Spoil, seed: int
) -> None:
    assert len(spoiled(tmp_path, pattern, spoil, seed)) == 1


def test_a_whole_one_says_nothing(tmp_path: Path) -> None:
    assert Recorder(tmp_path).damage(recorded(tmp_path)) == ()
    assert read_all(tmp_path) == ["Read from this console's recording."]


def test_a_torn_journal_is_read_as_far_as_it_goes_and_says_so(tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    path = folder_of(tmp_path) / "journal.jsonl"
    whole = list(Recorder(tmp_path).history(recording))
    path.write_bytes(path.read_bytes()[:-20])
    assert list(Recorder(tmp_path).history(recording)) == whole[:-1]
    assert read_all(tmp_path) == [
        "Read from this console's recording. Not all of it can be read: damaged lines of its"
        " journal: 1."
    ]


def test_one_without_its_identity_is_found_by_its_place(tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    (folder_of(tmp_path) / "recording.json").write_text("garbage")
    (found,) = Recorder(tmp_path).recordings()
    assert (found.cluster, found.namespace) == (recording.cluster, recording.namespace)
    assert Recorder(tmp_path).log(found, "agent-1").line_count() > 0
    assert Recorder(tmp_path).damage(found) == ("whose it is tells its folder alone",)
    (told,) = archive_in(tmp_path).entries()
    assert told.row is not None


def test_a_folder_that_holds_no_recording_is_none(tmp_path: Path) -> None:
    for place in ("prod/races/empty-0123", ".removed/demo-0123/agent-1", "prod/races/nodash"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / ".removed/demo-0123/agent-1/journal.jsonl").write_text("")
    assert Recorder(tmp_path).recordings() == ()


def newer(root: Path, recording: Recording) -> Path:
    """As a console of a later version would have left it."""
    folder = folder_of(root)
    told = json.loads((folder / "recording.json").read_text())
    assert told["format"] == journal.VERSION
    told["format"] = journal.VERSION + 1
    (folder / "recording.json").write_text(json.dumps(told))
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(b'{"v":%d,"kind":"JobSeen","event":{"new":1}}\n' % (journal.VERSION + 1))
    return folder


def test_one_of_a_newer_console_is_named_as_such_and_read(tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    before = list(Recorder(tmp_path).history(recording))
    newer(tmp_path, recording)
    assert list(Recorder(tmp_path).history(recording)) == before
    version = journal.VERSION
    assert Recorder(tmp_path).damage(recording) == (
        f"it was written by a newer console (format {version + 1}, known is {version})",
        "entries of its journal that a newer console wrote: 1",
    )


def test_one_of_a_newer_console_is_not_written_and_changes_in_no_byte(tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    folder = newer(tmp_path, recording)
    before = {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    for _ in range(2):
        with pytest.raises(RecorderFailed, match="was written by a newer console"):
            Recorder(tmp_path).claim(recording)
    read_all(tmp_path)
    after = {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    lock = folder / "writer.lock"
    assert {**after, lock: b""} == {**before, lock: b""}


def test_one_of_an_earlier_console_is_written_on_and_has_todays_format(tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    path = folder_of(tmp_path) / "recording.json"
    told = json.loads(path.read_text())
    del told["format"]
    path.write_text(json.dumps(told))
    writer = Recorder(tmp_path).claim(recording)
    assert writer is not None
    writer.release()
    assert json.loads(path.read_text())["format"] == journal.VERSION


def test_a_claim_that_fails_leaves_the_recording_free(tmp_path: Path, monkeypatch) -> None:
    """On a full disk it is tried again and again: the first try must not exclude the next."""
    recorder, where = Recorder(tmp_path), Recording("prod", "races", "new", "0123")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("console.results.files.replace", full)
        with pytest.raises(RecorderFailed):
            recorder.claim(where)
    assert recorder.claim(where) is not None


def test_a_journal_that_cannot_be_opened_is_an_error_of_ours(tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    path = folder_of(tmp_path) / "journal.jsonl"
    path.unlink()
    path.mkdir()
    with pytest.raises(ConsoleError, match="cannot be"):
        list(Recorder(tmp_path).history(recording))
    with pytest.raises(ConsoleError):
        damage_words(Services(None, Recorder(tmp_path), None), recording)
