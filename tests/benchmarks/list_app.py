"""The real console over a cluster in memory: many Jobs that have ended, and updates of them.

Run by `list_figures` in a terminal of its own: `python list_app.py ROWS UPDATES_A_SECOND`.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from fakes.cluster import FakeCluster
from fakes.jobs import composed_with
from fakes.publications import PLACE, published
from msgspec.structs import replace

from console.cluster import decoding
from console.domain.events import ConnectionChanged, Event, JobSeen
from console.domain.facts import JobCondition, JobFacts
from console.operations.ports.publications import Publication
from console.operations.ports.recorder import Recording
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.tui import garbage
from console.tui.app import ConsoleApp
from console.tui.live import LiveBackend

NEWEST = datetime(2026, 11, 20, tzinfo=UTC)


def ended_jobs(count: int) -> list[JobFacts]:
    """All of them failed days ago."""
    manifest = composed_with({}, namespace="default").manifest
    job = decoding.Jobs().one(msgspec.json.encode(manifest))
    failed = JobCondition("Failed", True, "BackoffLimitExceeded", "", NEWEST)
    return [
        replace(
            job,
            name=f"job-{number:05}",
            uid=f"u{number}",
            created_at=NEWEST - timedelta(minutes=number),
            conditions=(failed,),
        )
        for number in range(count)
    ]


class AllPublished:
    """A ledger with a result of each of them at EvalAI, of which nothing changes."""

    def __init__(self, context: str, count: int) -> None:
        self._known = {
            f"{number}": published(
                place=replace(PLACE, submission=1 + number),
                recording=Recording(context, "default", f"job-{number:05}", f"u{number}"),
            )
            for number in range(count)
        }

    def look(self) -> Mapping[str, Publication]:
        return self._known


class ManyJobs(FakeCluster):
    """Tells of its Jobs, then of each in turn again, with another team: that is seen of its row."""

    def __init__(self, jobs: list[JobFacts], rate: int) -> None:
        super().__init__()
        self._all_jobs, self._rate = jobs, rate

    async def watch_submissions(
        self, namespace: str | None
    ) -> AsyncIterator[tuple[str, str, Event]]:
        for job in self._all_jobs:
            yield job.namespace, job.name, JobSeen(datetime.now(UTC), job)
        yield "", "", ConnectionChanged(datetime.now(UTC), True)
        loop, done = asyncio.get_running_loop(), 0
        began = loop.time()
        while True:
            await asyncio.sleep(0.01)
            while done < (loop.time() - began) * self._rate:
                job = self._all_jobs[done * 997 % len(self._all_jobs)]
                seen = JobSeen(datetime.now(UTC), replace(job, team=f"team {done % 7}"))
                yield job.namespace, job.name, seen
                done += 1


def main(rows: int, rate: int) -> None:
    garbage.hold()
    cluster = ManyJobs(ended_jobs(rows), rate)

    ledger = AllPublished(cluster.description.context, rows)

    @contextlib.asynccontextmanager
    async def connect(_wanted: str) -> AsyncIterator[Services]:
        recorder = Recorder(Path(folder))
        yield Services(cluster, recorder, lambda: datetime.now(UTC), publications=ledger)

    with tempfile.TemporaryDirectory() as folder:
        ConsoleApp(LiveBackend(connect, "bench")).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
