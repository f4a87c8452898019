"""The recorder process: what the containers wrote is kept whole, though no console is open."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.embedded import Embedded, embedded_cluster
from fakes.measuring import measured

from console import paths, wiring
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.operations.outcome.view import results
from console.operations.services import Services
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder
from tests.contract.test_two_consoles import as_recorded_as_told

SET = (
    *("--set", "submission.submitted_image_uri=console.local/team-agent:quick"),
    *("--leaderboard", "2.0", "--profile", "embedded", "--repetitions", "1"),
)


class Console:
    """Commands as processes on one cluster, of a user who has a recorder."""

    def __init__(self, kubeconfig: Path) -> None:
        own = {"CARLA_CONSOLE_RECORDER": "on", "KUBECONFIG": str(kubeconfig)}
        self._environment = {**os.environ, **own, **measured()}

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "console", *words, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            env=self._environment, start_new_session=True,
        )  # fmt: skip

    async def run(self, *words: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "console", *words,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env=self._environment, start_new_session=True,
        )  # fmt: skip
        out, told = await process.communicate()
        return process.returncode or 0, out.decode(), told.decode()

    async def rows(self) -> Any:
        code, out, told = await self.run("list", "-o", "json")
        assert code == 0, told
        return json.loads(out)


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Embedded]:
    async with embedded_cluster(tmp_path / "cluster") as found:
        yield found
        for state in await asyncio.to_thread(wiring.recorders):
            os.kill(state.pid, signal.SIGKILL)


def services(embedded: Embedded) -> Services:
    recorder = Recorder(paths.state() / "recordings")
    return Services(embedded.cluster, recorder, lambda: datetime.now(UTC))


async def ended(services: Services, name: str) -> BoardSnapshot:
    """By what the cluster and the recording tell; looks, and follows nothing."""
    async with asyncio.timeout(180):
        while not (board := await board_once(services, "default", name)).settled:  # noqa: ASYNC110
            await asyncio.sleep(0.3)
    return board


async def recorded(services: Services, board: BoardSnapshot) -> None:
    """Waits until the recorder has let go of it: the last lines may come after the Job's end."""
    assert board.job is not None
    recording = services.recording_of(board.job)
    async with asyncio.timeout(30):
        while (writer := services.recorder.claim(recording)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    writer.release()


async def caught_up(services: Services, board: BoardSnapshot) -> None:
    """Waits for the last recorder, which may not even have begun; what is lost or doubled stays so,
    and is left to whoever compares."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60):
            while True:
                try:
                    return await as_recorded_as_told(services, board)
                except AssertionError:
                    await asyncio.sleep(0.2)


@pytest.mark.slow
async def test_a_launch_without_any_console_is_recorded_to_its_last_line(
    embedded: Embedded,
) -> None:
    console, looks = Console(embedded.kubeconfig), services(embedded)
    code, out, told = await console.run("launch", *SET, "--set", "submission.name=headless")
    assert (code, out) == (0, "job.batch/headless created\n"), told
    assert "the recorder keeps what headless says; this terminal may be closed" in told
    assert [row["name"] for row in await console.rows()] == ["headless"]

    board = await ended(looks, "headless")
    await recorded(looks, board)
    assert board.status is SubmissionStatus.COMPLETE
    await as_recorded_as_told(looks, board)
    assert looks.recorder.merged_text(looks.recording_of(board.job)) is not None

    # What the recorder tells is what a look of our own tells, word by word.
    told_by_recorder = await console.rows()
    console._environment["CARLA_CONSOLE_RECORDER"] = "off"
    assert told_by_recorder == await console.rows()

    await console.run("delete", "headless", "--yes")
    code, out, _ = await console.run("status", "headless", "--recorded", "-o", "json")
    assert (code, json.loads(out)["status"]) == (0, "Complete")


KILLS = int(os.environ.get("KILLS", "10"))
"""How many at the least: `make kills` asks for more than a test of some seconds can have."""
REPETITIONS = 1 if KILLS <= 20 else 4
FLOODS = 5 * REPETITIONS
LINES = 60_000 // FLOODS
"""That an agent prints at once in each of its drives; all together are less than a node keeps."""
SECONDS = max(20.0, 2.5 * KILLS)
NUMBERED = f"""\
description: Numbered lines, many at once.
pair_seconds: {SECONDS}
every_route: {{log_lines: {LINES}}}
"""


class Killed:
    """A recorder and a console that are killed at any instant, alone or both, and begun again."""

    def __init__(self, console: Console, name: str) -> None:
        self._console, self._name = console, name
        self._chance = random.Random(os.environ.get("KILLS_SEED", "12"))
        self._follower: asyncio.subprocess.Process | None = None
        self.kills = 0

    async def once(self) -> None:
        """Some life of one or of both, and its end."""
        if self._chance.random() < 0.7:
            assert (await self._console.run("record", "start"))[0] == 0
        if self._follower is None or self._chance.random() < 0.5:
            await self._end_follower()
            self._follower = await self._console.start("status", self._name, "--watch")
        await asyncio.sleep(self._chance.uniform(0.0, 1.2))
        for state in await asyncio.to_thread(wiring.recorders):
            os.kill(state.pid, signal.SIGKILL)
            self.kills += 1

    async def _end_follower(self) -> None:
        if self._follower is not None and self._follower.returncode is None:
            self._follower.kill()
            self.kills += 1
            await self._follower.wait()

    async def last(self) -> None:
        """One recorder alone reads what is left."""
        await self._end_follower()
        assert (await self._console.run("record", "start"))[0] == 0


@pytest.mark.slow
async def test_recorder_and_console_killed_again_and_again_lose_and_double_no_line(
    embedded: Embedded,
) -> None:
    """Whichever comes next goes on where the files end, in the middle of a flood too."""
    scenarios = paths.state() / "scenarios"
    scenarios.mkdir(parents=True)
    (scenarios / "numbered.yaml").write_text(NUMBERED)
    console, looks = Console(embedded.kubeconfig), services(embedded)
    image = "submission.submitted_image_uri=console.local/team-agent:numbered"
    more = ("--set", image, "--set", "submission.name=killed", "--repetitions", str(REPETITIONS))
    launched = await console.run("launch", *SET, *more)
    assert launched[0] == 0, launched[2]
    killed = Killed(console, "killed")
    async with asyncio.timeout(200 + 2 * SECONDS):
        while not (board := await board_once(looks, "default", "killed")).settled:
            await killed.once()
    await killed.last()
    await caught_up(looks, board)
    await recorded(looks, board)
    print(f"{killed.kills} kills of recorder and console")
    assert killed.kills >= KILLS
    assert results(board).final
    await as_recorded_as_told(looks, board)
    for agent in ("agent-1", "agent-2", "agent-3", "agent-4"):
        view = looks.recorder.log(looks.recording_of(board.job), agent)
        texts = (each.text for each in view.lines(0, view.line_count()))
        frames = [
            int(text.split("frame ")[1].split(":")[0]) for text in texts if "[agent] frame " in text
        ]
        assert frames == [*range(LINES)] * FLOODS, agent
