"""One key writes an incident bundle, on every screen about a submission, live or recorded."""

from __future__ import annotations

import asyncio
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.pilots import opened, shows, until
from fakes.recordings import archive_in, recorded
from fakes.screens import FakeBackend
from textual.pilot import Pilot

from console.domain.board import BoardSnapshot
from console.operations.ports.recorder import Recording
from console.recorder.recorder import Recorder
from console.tui.places import Destination, Place
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens.exporting import NO_RECORDINGS, NOT_SEEN, PLAYED

SUBJECT = ("races", "demo")
NAME = "demo-demo-uid.bundle.tgz"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def written(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def recordings(root: Path) -> RecordedSubmissions:
    return RecordedSubmissions(lambda: archive_in(root))


@asynccontextmanager
async def on_recording(
    backend: FakeBackend, root: Path, place: Place = Place.MONITOR
) -> AsyncIterator[Pilot[None]]:
    """That screen shows a recording, and knows of what Job."""
    own = recordings(root)
    recording = recorded(root)
    async with opened(backend, recordings=own) as (app, pilot):
        app.go(Destination(place, SUBJECT, own.open(recording)))
        await until(pilot, lambda: app.screen.source().board().job)
        yield pilot


@pytest.mark.parametrize(
    "place", [Place.MONITOR, Place.LOGS, Place.RESULTS, Place.EVENTS, Place.MANIFEST]
)
async def test_x_writes_a_bundle_of_the_recording_that_is_shown(
    backend: FakeBackend, tmp_path: Path, here: Path, place: Place
) -> None:
    async with on_recording(backend, tmp_path, place) as pilot:
        await pilot.press("x")
        await shows(pilot, "Saved to")
    assert tarfile.is_tarfile(here / NAME)


async def test_the_teams_bundle_has_a_key_of_its_own(
    backend: FakeBackend, tmp_path: Path, here: Path
) -> None:
    async with on_recording(backend, tmp_path) as pilot:
        await pilot.press("X")
        await shows(pilot, "Saved to")
    assert written(here) == ["demo-demo-uid.team-bundle.tgz"]


async def test_x_on_a_live_submission_writes_what_is_recorded_of_it(
    backend: FakeBackend, tmp_path: Path, here: Path
) -> None:
    job = backend.board(*SUBJECT).job
    where = backend.connection().description
    assert job is not None
    assert where is not None
    live = Recording(where.context, job.namespace, job.name, job.uid)
    source = recorded(tmp_path)
    kept = Recorder(tmp_path).manifest(source)
    writer = Recorder(tmp_path).claim(live)
    assert kept is not None
    assert writer is not None
    writer.keep(kept)
    writer.release()
    async with opened(backend, recordings=recordings(tmp_path)) as (app, pilot):
        app.go(Destination(Place.MONITOR, SUBJECT))
        await until(pilot, lambda: app.screen.TITLE_WORD == "Monitor")
        await pilot.press("x")
        await shows(pilot, "Saved to")
    (name,) = written(here)
    with tarfile.open(here / name) as archive:
        assert live.uid in str(archive.extractfile("bundle.json").read())  # type: ignore[union-attr]


async def test_what_cannot_be_exported_says_why(
    backend: FakeBackend, tmp_path: Path, here: Path
) -> None:
    own = recordings(tmp_path)
    recording = recorded(tmp_path)
    async with opened(backend, recordings=own) as (app, pilot):
        app.go(Destination(Place.MONITOR, SUBJECT, own.replay(recording)))
        await until(pilot, lambda: app.screen.TITLE_WORD == "Monitor")
        await pilot.press("x")
        await shows(pilot, PLAYED)
        backend.shown_board = BoardSnapshot("races", "nobody")
        app.go(Destination(Place.MONITOR, ("races", "nobody")))
        await until(pilot, lambda: app.screen.subject() == ("races", "nobody"))
        await pilot.press("x")
        await shows(pilot, NOT_SEEN)
    async with opened(backend) as (app, pilot):
        app.go(Destination(Place.MONITOR, SUBJECT))
        await until(pilot, lambda: app.screen.TITLE_WORD == "Monitor")
        await pilot.press("x")
        await shows(pilot, NO_RECORDINGS)
    assert written(here) == []


async def test_a_disk_that_takes_nothing_is_told_and_the_screen_stays(
    backend: FakeBackend, tmp_path: Path, here: Path
) -> None:
    async with on_recording(backend, tmp_path) as pilot:
        await asyncio.to_thread(here.rmdir)
        await pilot.press("x")
        await shows(pilot, "cannot be written")
