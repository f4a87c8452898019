"""Reading a recording while it grows: each line once, and of each container its newest words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.boards import board
from fakes.documents import plan_for
from fakes.following import line

from console.domain.events import Event, LastLine, ProgressReported
from console.domain.facts import JobFacts
from console.errors import NotFound
from console.operations.ports.recorder import Recording
from console.operations.recording.log_view import containers_of, log_view
from console.operations.recording.progress import ProgressReader
from console.operations.recording.tail import (
    LAST_LINE_WIDTH,
    RecordingTail,
    moment_of,
    shortened,
)
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.workers import protocol

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
PLAN = plan_for("2.0")
RECORDING = Recording("fake", "x", "demo", "u1")


class Growing:
    """A recording to which lines are added, and what its tail has told."""

    def __init__(self, folder: Path) -> None:
        recorder = Recorder(folder)
        writer = recorder.claim(RECORDING)
        assert writer is not None
        self.writer = writer
        self.told: list[Event] = []
        services = Services(None, recorder, lambda: AT)  # type: ignore[arg-type]
        self.tail = RecordingTail(services, RECORDING, ProgressReader(PLAN), self.told.append)

    def add(self, container: str, *texts: str) -> None:
        spool = self.writer.open_spool(container, 0, pod="pod-1")
        for second, text in enumerate(texts):
            spool.write(line(second, text))
        spool.close()

    async def news(self, *containers: str) -> list[Event]:
        self.told.clear()
        await self.tail.catch_up(containers)
        return list(self.told)


@pytest.fixture
def growing(tmp_path: Path) -> Growing:
    return Growing(tmp_path / "recordings")


def snapshot(sequence: int, done: int) -> str:
    payload = {"v": 1, "t": 1, "status": "running", "done": done, "total": 4, "pairs": []}
    return protocol.format_line("n0nce", sequence, "snapshot", payload)


async def test_progress_that_is_new_on_disk_is_told_once(growing: Growing) -> None:
    growing.add("logcopy", snapshot(1, 1))
    (first,) = await growing.news()
    assert isinstance(first, ProgressReported)
    assert await growing.news() == []
    growing.add("logcopy", snapshot(2, 2))
    assert len(await growing.news()) == 1


async def test_other_words_of_logcopy_are_no_progress(growing: Growing) -> None:
    growing.add("logcopy", "hello", "@leaderboard other 1 snapshot {}")
    assert await growing.news() == []


async def test_of_a_container_the_newest_line_is_told(growing: Growing) -> None:
    growing.add("agent-1", "one", "two")
    (told,) = await growing.news("agent-1")
    assert isinstance(told, LastLine)
    assert (told.container, told.text) == ("agent-1", "two")


async def test_a_line_that_was_told_is_not_told_again(growing: Growing) -> None:
    growing.add("agent-1", "one")
    await growing.news("agent-1")
    assert await growing.news("agent-1") == []
    growing.add("agent-1", "two")
    (told,) = await growing.news("agent-1")
    assert isinstance(told, LastLine)
    assert told.text == "two"


async def test_progress_lines_are_not_shown_as_last_words(growing: Growing) -> None:
    growing.add("logcopy", "merging", snapshot(1, 1))
    told = [each for each in await growing.news("logcopy") if isinstance(each, LastLine)]
    assert [each.text for each in told] == ["merging"]


async def test_only_who_was_asked_for_is_looked_at(growing: Growing) -> None:
    growing.add("agent-1", "one")
    growing.add("agent-2", "two")
    told = await growing.news("agent-2")
    assert [each.container for each in told if isinstance(each, LastLine)] == ["agent-2"]


@pytest.mark.parametrize(
    ("stamp", "known"),
    [
        ("2026-11-22T10:00:00.123456789Z", True),
        ("2026-11-22T10:00:00", False),
        ("", False),
        ("soon", False),
    ],
)
def test_a_time_without_a_zone_is_no_time_of_a_line(stamp: str, known: bool) -> None:
    assert (moment_of(stamp) is not None) is known


def test_a_last_line_is_short_and_harmless() -> None:
    assert len(shortened("x" * 10_000)) == LAST_LINE_WIDTH
    assert shortened("\x1b[31mred\x1b[0m  ") == "red"


def planned() -> JobFacts:
    return JobFacts("demo", "x", "u1", AT, 8, plan=PLAN)


def test_containers_are_the_pods_while_it_is_there_else_the_plans() -> None:
    assert containers_of(board())[0] == "private-contents"
    without = containers_of(board(pod=None, job=planned()))
    assert without == ("private-contents", *PLAN.containers)
    assert containers_of(board(pod=None, job=None)) == ()


def test_a_log_of_an_unknown_container_is_not_found_with_those_that_are(growing: Growing) -> None:
    services = growing.tail._services
    with pytest.raises(NotFound, match="demo has no container agent-9") as missing:
        log_view(services, board(pod=None, job=planned()), "agent-9")
    assert "agent-1" in missing.value.fix


def test_of_a_submission_that_nobody_has_seen_there_is_no_log(growing: Growing) -> None:
    with pytest.raises(NotFound, match="Nothing is known of demo yet"):
        log_view(growing.tail._services, board(job=None), "agent-1")
