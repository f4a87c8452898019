"""Five submissions of one file, two at a time: in order, never a third, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.embedded import Embedded

from console import wiring
from console.domain.events import JobSeen
from console.domain.facts import JobFacts
from console.domain.turns import has_place
from tests.contract.test_recorder_outlives import SET, Console, embedded, ended, services

__all__ = ["embedded"]
NAMES = ("echo", "alpha", "delta", "bravo", "golf")


class Course:
    """What a watch tells of all Jobs: who was started after whom, and how many ran at once."""

    def __init__(self) -> None:
        self.jobs: dict[str, JobFacts] = {}
        self.order: list[str] = []
        self.most = 0

    def learn(self, job: JobFacts) -> None:
        self.jobs[job.name] = job
        if not job.suspended and job.name not in self.order:
            self.order.append(job.name)
        self.most = max(self.most, sum(map(has_place, self.jobs.values())))

    async def until_started(self, count: int) -> None:
        async with asyncio.timeout(180):
            while len(self.order) < count:  # noqa: ASYNC110 another task learns
                await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def watched(embedded: Embedded) -> AsyncIterator[Course]:
    course = Course()

    async def watch() -> None:
        async for _, _, event in embedded.cluster.watch_submissions("default"):
            if isinstance(event, JobSeen):
                course.learn(event.job)

    task = asyncio.create_task(watch())
    try:
        yield course
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def kill_recorders() -> None:
    for state in await asyncio.to_thread(wiring.recorders):
        os.kill(state.pid, signal.SIGKILL)


@pytest.mark.slow
async def test_five_of_a_file_run_two_at_a_time_in_order_though_the_recorder_is_killed(
    embedded: Embedded, tmp_path: Path
) -> None:
    file = tmp_path / "teams.csv"
    file.write_text("name,team\n" + "".join(f"{name},Team {name}\n" for name in NAMES))
    console = Console(embedded.kubeconfig)
    async with watched(embedded) as course:
        code, out, told = await console.run("launch", *SET, "-f", str(file), "--at-most", "2")
        assert code == 0, told
        assert out.splitlines()[-1].endswith("created, queued (5th of 5)")
        await course.until_started(2)
        statuses = {row["name"]: row["queuePlace"] for row in await console.rows()}
        assert statuses["golf"] == "5/5"

        await kill_recorders()
        await ended(services(embedded), "echo")
        await ended(services(embedded), "alpha")
        assert course.order == ["echo", "alpha"]  # nobody starts what waits, and nothing is lost
        code, _, told = await console.run("record", "start")
        assert code == 0, told
        await course.until_started(4)
        await kill_recorders()
        assert (await console.run("record", "start"))[0] == 0
        boards = [await ended(services(embedded), name) for name in NAMES]
    assert course.order == [*NAMES]
    assert course.most == 2
    assert {each.job.condition("Complete") is not None for each in boards if each.job} == {True}
