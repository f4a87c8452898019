"""What takes part in a comparison on a screen: read where it is, made anew only where it changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.boards import board, record
from fakes.documents import document
from fakes.recordings import archive_in, recorded
from fakes.screens import FakeBackend

from console.domain.board import BoardSnapshot
from console.errors import InvalidInput
from console.operations.ports.recorder import Recording
from console.tui.compared_sources import ComparedSources
from console.tui.places import Contender
from console.tui.recorded_source import RecordedSource

DEMO = Contender(("leaderboard", "demo"))
OTHER = Contender(("leaderboard", "other"))


def file_in(folder: Path) -> Contender:
    path = folder / "result.json"
    path.write_text(json.dumps(document("2.0")))
    return Contender(file=str(path))


def names(sources: ComparedSources) -> list[str]:
    return [each.name for each in sources.results() or ()]


def test_submissions_of_the_cluster_are_known_at_once(backend: FakeBackend) -> None:
    sources = ComparedSources(backend, (DEMO, OTHER))
    assert names(sources) == ["demo", "other"]
    assert [each.origin for each in sources.results() or ()] == ["", ""]


def test_nothing_is_told_while_the_cluster_has_not_shown_a_job(backend: FakeBackend) -> None:
    backend.shown_board = board(job=None)
    assert ComparedSources(backend, (DEMO, OTHER)).results() is None


async def test_nothing_is_told_before_a_file_is_read(backend: FakeBackend, tmp_path: Path) -> None:
    sources = ComparedSources(backend, (DEMO, file_in(tmp_path)))
    assert sources.results() is None
    await sources.read()
    assert names(sources) == ["demo", "result.json"]


async def test_a_file_is_read_once_and_stays_as_it_was(
    backend: FakeBackend, tmp_path: Path
) -> None:
    other = file_in(tmp_path)
    sources = ComparedSources(backend, (DEMO, other))
    await sources.read()
    first = sources.results()
    Path(other.file).write_text("gone bad")  # noqa: ASYNC240
    assert sources.results() == first


async def test_a_file_that_is_no_result_is_an_error_of_ours(
    backend: FakeBackend, tmp_path: Path
) -> None:
    path = tmp_path / "x.json"
    path.write_text("[]")
    with pytest.raises(InvalidInput, match="no result file"):
        await ComparedSources(backend, (DEMO, Contender(file=str(path)))).read()


async def test_a_recording_tells_where_it_is_from_once_it_is_read(
    backend: FakeBackend, tmp_path: Path
) -> None:
    recording = recorded(tmp_path, "heron")
    source = RecordedSource(archive_in(tmp_path), recording)
    sources = ComparedSources(backend, (Contender(("races", "heron"), source), DEMO))
    assert sources.results() is None
    await source.manifest()
    told = sources.results()
    assert told is not None
    assert told[0].origin.startswith("recording of gone-cluster")
    assert (len(told[0].view.rows), told[0].track) == (2, "SENSORS")


async def test_a_recording_that_is_not_there_is_compared_as_what_nobody_knows(
    backend: FakeBackend, tmp_path: Path
) -> None:
    source = RecordedSource(archive_in(tmp_path), Recording("lab", "races", "gone", "u"))
    sources = ComparedSources(backend, (Contender(("races", "gone"), source), DEMO))
    await source._reading
    told = sources.results()
    assert told is not None
    assert (told[0].view.rows, told[0].may_be) == ((), frozenset())


def test_a_board_that_did_not_change_gives_the_very_same_result() -> None:
    class Still(FakeBackend):
        """Its boards are the same ones until something is told."""

        def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
            return self.shown_board

    sources = ComparedSources(Still(), (DEMO, OTHER))
    first, again = sources.results(), sources.results()
    assert first is not None
    assert again is not None
    assert all(one is other for one, other in zip(first, again, strict=True))


def test_a_new_record_gives_a_new_result_of_that_one(backend: FakeBackend) -> None:
    sources = ComparedSources(backend, (DEMO, OTHER))
    assert [len(each.view.rows) for each in sources.results() or ()] == [12, 12]
    backend.shown_board = board(records=(record(1, 0),))
    assert [len(each.view.rows) for each in sources.results() or ()] == [1, 1]
