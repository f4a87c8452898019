"""Logs of what is over become small in the background, whatever else goes on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.cluster import FakeCluster
from fakes.following import line

from console.operations.ports.recorder import Recording
from console.operations.recording.settling import SETTLED_AFTER, Settling
from console.operations.services import Services
from console.recorder import settling as files
from console.recorder.recorder import Recorder


def recorded(recorder: Recorder, name: str) -> Recording:
    """With one log that nobody writes any more."""
    recording = Recording("lab", "races", name, f"{name}-uid")
    writer = recorder.claim(recording)
    assert writer is not None
    spool = writer.open_spool("agent-1", 0)
    spool.write(line(1, "spoken"))
    spool.close()
    writer.release()
    return recording


def services(recorder: Recorder, minutes: float) -> Services:
    """As that long after now."""
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    return Services(FakeCluster(), recorder, lambda: at)


def forms(root: Path) -> dict[str, str]:
    """By recording, how its log's name ends."""
    return {path.parts[-3].split("-")[0]: path.suffix for path in root.rglob("agent-1/*")}


def test_all_that_nobody_has_written_for_some_minutes_is_compressed(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    for name in ("one", "two"):
        recorded(recorder, name)
    wait = SETTLED_AFTER.total_seconds() / 60
    assert Settling(services(recorder, wait / 2)).once(lambda: False) == 0
    assert forms(tmp_path) == {"one": ".log", "two": ".log"}
    assert Settling(services(recorder, wait + 1)).once(lambda: False) == 2
    assert forms(tmp_path) == {"one": ".gz", "two": ".gz"}


def test_one_that_cannot_be_compressed_keeps_its_log_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recorder, compress = Recorder(tmp_path), files.compress
    for name in ("one", "two"):
        recorded(recorder, name)

    def refuse(log: Path, stop: object) -> None:
        if "one-one-uid" in str(log):
            raise OSError(5, "Input/output error")
        compress(log, lambda: False)

    monkeypatch.setattr(files, "compress", refuse)
    assert Settling(services(recorder, 60)).once(lambda: False) == 1
    assert forms(tmp_path) == {"one": ".log", "two": ".gz"}
    assert "Input/output error" in caplog.text


async def test_it_goes_on_in_its_own_thread_and_ends_in_the_middle_of_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path)
    recorded(recorder, "one")
    begun, threads = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def long(recording: Recording, before: datetime, stop: object) -> int:
        threads.append(threading.current_thread().name)
        loop.call_soon_threadsafe(begun.set)
        while not stop():  # type: ignore[operator]
            threading.Event().wait(0.01)
        return 0

    monkeypatch.setattr(recorder, "settle", long)
    task = asyncio.create_task(Settling(services(recorder, 60)).run())
    await asyncio.wait_for(begun.wait(), 30)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert threads == ["settling_0"]
    assert forms(tmp_path) == {"one": ".log"}
