"""Screens about a submission that only a recording tells of: no cluster is reachable, or none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.recordings import CONTEXT, ENDED, archive_in, recorded
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.pilot import Pilot

from console.domain.board import SubmissionStatus
from console.errors import ClusterUnreachable, ConsoleError, NotFound
from console.operations.bundling.export import WantedBundle, export
from console.operations.bundling.trust import verified
from console.operations.ports.recorder import Recording
from console.presentation.bundle_report import report
from console.recorder.recorder import Recorder
from console.tui.app import ConsoleApp
from console.tui.backend import ClusterLink, Link
from console.tui.places import Destination, Place
from console.tui.recorded_source import READING, WITHOUT_CLUSTER, RecordedSource
from console.tui.widgets.key_line import KeyLine

SUBJECT = ("races", "demo")


@pytest.fixture
def nowhere(backend: FakeBackend) -> FakeBackend:
    """Whatever is asked of the cluster fails, and the list knows nothing."""
    problem = ClusterUnreachable("No kubeconfig names a cluster.")
    backend.shown_connection = ClusterLink(Link.UNREACHABLE, problem=problem)
    backend.shown_fleet = replace(backend.shown_fleet, rows=(), live=False)
    backend.raises = problem
    return backend


@asynccontextmanager
async def on_recording(
    backend: FakeBackend, root: Path
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None], RecordedSource]]:
    """The console without a cluster, and a recording to go to."""
    recording = recorded(root)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "No kubeconfig names a cluster.")
        yield app, pilot, RecordedSource(archive_in(root), recording)


async def read(source: RecordedSource) -> RecordedSource:
    assert source.board().stale_why == READING
    with pytest.raises(NotFound, match=READING):
        source.log_view("agent-1")
    await source.manifest()
    return source


async def test_a_recording_is_a_source_as_the_cluster_is_one(tmp_path: Path) -> None:
    source = await read(RecordedSource(archive_in(tmp_path), recorded(tmp_path)))
    board = source.board()
    assert (board.status, board.done, board.live) == (SubmissionStatus.FAILED, 2, False)
    assert board.pairs[0].agent_line == "agent one says hello"
    assert [line.text for line in source.log_view("agent-1").lines(0, 9)] == [
        "agent one says hello"
    ]
    assert "kind: Job" in await source.manifest()
    with pytest.raises(NotFound, match="no container agent-9"):
        source.log_view("agent-9")


async def test_a_recording_that_cannot_be_read_says_why_on_its_screens(
    nowhere: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise ConsoleError("The recording cannot be read.", why="The disk does not answer.")

    monkeypatch.setattr(Recorder, "manifest", refused)
    async with on_recording(nowhere, tmp_path) as (app, pilot, source):
        app.go(Destination(Place.MANIFEST, SUBJECT, source))
        await shows(pilot, "The recording cannot be read.", "The disk does not answer.")
        assert source.board().stale_why.endswith("The disk does not answer.")


async def test_time_stands_still_in_a_recording(tmp_path: Path) -> None:
    source = await read(RecordedSource(archive_in(tmp_path), recorded(tmp_path)))
    assert source.now() == source.board().stale_since
    assert source.now() >= ENDED


async def test_a_recording_without_its_job_says_so_and_still_has_its_logs(tmp_path: Path) -> None:
    recording = Recording("lab", "races", "bare", "bare-uid")
    writer = Recorder(tmp_path).claim(recording)
    assert writer is not None
    spool = writer.open_spool("agent-1", 0)
    spool.write(b"2026-11-22T10:00:05.000000000Z still here\n")
    spool.close()
    writer.release()
    source = RecordedSource(archive_in(tmp_path), recording)
    with pytest.raises(NotFound, match="does not hold its Job"):
        await source.manifest()
    assert "does not hold the Job" in source.board().stale_why
    assert source.log_view("agent-1").lines(0, 9)[0].text == "still here"


SHOWN = {
    Place.MONITOR: ("✗ Failed", "2/20", "BackoffLimitExceeded"),
    Place.RESULTS: ("RouteScenario_0", "RouteScenario_1", "GPU HOURS", "2.00"),
    Place.EVENTS: ("too many restarts",),
    Place.MANIFEST: ("kind: Job", "name: demo"),
}


async def test_every_screen_opens_on_a_recording_with_no_cluster(
    nowhere: FakeBackend, tmp_path: Path
) -> None:
    async with on_recording(nowhere, tmp_path) as (app, pilot, source):
        for place, words in SHOWN.items():
            app.go(Destination(place, SUBJECT, source))
            title = f"▌{place.value.capitalize()}  demo"
            recorded_words = f"recording of {CONTEXT}, to 2026-11-22 10:3"
            await shows(pilot, title, *words, recorded_words, "ns races")
            assert "no cluster" not in seen(app)


async def test_a_recorded_log_opens_and_a_screen_opened_from_there_is_of_the_same_recording(
    nowhere: FakeBackend, tmp_path: Path
) -> None:
    async with on_recording(nowhere, tmp_path) as (app, pilot, source):
        app.go(Destination(Place.MONITOR, SUBJECT, source))
        await shows(pilot, "✗ Failed")
        await pilot.press("l")
        await shows(pilot, "agent one says hello", "recording of")
        await pilot.press("colon", *"events", "enter")
        await shows(pilot, "too many restarts", "recording of")


async def test_what_needs_the_cluster_says_why_it_cannot_be_done_on_a_recording(
    nowhere: FakeBackend, tmp_path: Path
) -> None:
    async with on_recording(nowhere, tmp_path) as (app, pilot, source):
        app.go(Destination(Place.MONITOR, SUBJECT, source))
        await shows(pilot, "✗ Failed")
        for key in ("ctrl+k", "R", "ctrl+d"):
            app.clear_notifications()
            await pilot.press(key)
            await until(pilot, lambda: WITHOUT_CLUSTER[:30] in seen(app))
        shown = {key.label for key in app.screen.query_one(KeyLine).keys}
        assert "Logs" in shown
        assert not shown & {"Cancel", "Delete"}, "nothing makes them run there"
        assert nowhere.asked == [("start",)]


async def test_the_first_row_tells_that_a_recording_was_imported(tmp_path: Path) -> None:
    own = archive_in(tmp_path / "here")
    recording = recorded(tmp_path / "here")
    exported = export(own.services, WantedBundle(recording, file=f"{tmp_path}/b.tgz"), report)
    away = archive_in(tmp_path / "away")
    away.recorder.unpack(exported.file, verified)
    here = await read(RecordedSource(own, recording))
    there = await read(RecordedSource(away, recording))
    assert here.origin.told.startswith("recording of gone-cluster")
    assert there.origin.told.startswith("imported recording of gone-cluster")
