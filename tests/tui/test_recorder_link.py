"""Beside the screens a recorder runs: begun before a launch, asked after it, never in its way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.cluster import FakeCluster
from fakes.following import until
from fakes.publications import published
from fakes.recorders import FakeRecorder
from msgspec.structs import replace

from console.errors import ConsoleError, InvalidInput
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.publications import Publication
from console.operations.ports.recording_store import Room
from console.operations.publishing.nobody_looks import RESUMES_UNSEEN
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.recorder.recording_store import StoreOnDisk
from console.tui.backend import ClusterLink, Link
from console.tui.recorder_link import UNSEEN, RecorderLink

JOB = {"metadata": {"namespace": "races", "name": "demo", "uid": "u"}}


async def test_what_it_has_seen_is_worth_no_word() -> None:
    recorder = FakeRecorder("demo")
    link = RecorderLink[str](lambda wanted: recorder)
    assert await link.begin("lab", "races") == ""
    assert await link.saw(JOB) == ""
    assert recorder.asked == ["races", ("races", "demo", "u")]


async def test_what_it_has_not_seen_is_a_warning_of_the_launch() -> None:
    link = RecorderLink[str](lambda wanted: FakeRecorder())
    await link.begin("lab", "races")
    assert await link.saw(JOB) == UNSEEN


async def test_why_it_does_not_start_is_told_and_nothing_is_asked_of_it() -> None:
    recorder = FakeRecorder("demo", fault=ConsoleError("It did not start.", why="No room."))
    link = RecorderLink[str](lambda wanted: recorder)
    assert await link.begin("lab", "races") == "It did not start. No room."
    assert await link.saw(JOB) == ""
    assert recorder.asked == ["races"]


@pytest.mark.parametrize("wanted", ["lab", "elsewhere"])
async def test_where_none_is_wanted_or_meant_a_launch_goes_on(wanted: str) -> None:
    def find(asked: str) -> FakeRecorder | None:
        if asked == "elsewhere":
            raise InvalidInput("There is no such context.")
        return None

    link = RecorderLink[str](find)
    assert (await link.begin(wanted, "races") == "") is (wanted == "lab")
    assert await link.saw(JOB) == ""


async def test_what_is_to_be_said_of_the_disk_is_noted_with_the_connection(tmp_path: Path) -> None:
    class Full(StoreOnDisk):
        def room(self) -> Room:
            return Room(0, 10**12)

    disk = Full(tmp_path / "recordings", tmp_path, {})
    services = Services(FakeCluster(), Recorder(tmp_path), lambda: datetime.now(UTC), store=disk)
    link = RecorderLink[str](lambda wanted: None)
    connected = ClusterLink(Link.CONNECTED)
    assert link.noted(connected) is connected
    watch = asyncio.create_task(link.look_after(services))
    await until(lambda: link.noted(connected).notice == "disk full: nothing is recorded")
    assert link.noted(connected).link is Link.CONNECTED
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)


async def test_what_nobody_publishes_while_no_recorder_runs_stands_in_the_heading(
    tmp_path: Path,
) -> None:
    runs: list[bool] = []

    class Ledger:
        def look(self) -> dict[str, Publication]:
            failed = published(final=RemoteOutcome.FAILED)
            here = replace(failed.recording, cluster="fake")
            return {"one": replace(failed, recording=here, changed=datetime.now(UTC))}

    services = Services(
        FakeCluster(),
        Recorder(tmp_path / "recordings"),
        lambda: datetime.now(UTC),
        attended=lambda: bool(runs),
        publications=Ledger(),
    )
    link = RecorderLink[str](lambda wanted: None)
    connected = ClusterLink(Link.CONNECTED)
    for notice in (RESUMES_UNSEEN, ""):
        work = asyncio.create_task(link.look_after(services))
        await until(lambda notice=notice: link.noted(connected).notice == notice)
        work.cancel()
        runs.append(True)
