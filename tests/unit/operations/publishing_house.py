"""A recorder's machine that publishes, with EvalAI beyond it, for the tests of both."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.documents import whole_document
from fakes.evalai_model import PLACE, EvalAiModel
from fakes.following import until
from fakes.running_job import LoopClock, RunningJob
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.operations.ports.cluster import Kind
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.publications import PublicationStage
from console.operations.publishing.publisher import Publisher
from console.operations.publishing.sole_sender import SoleSender
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.unattended import Unattended
from console.publish.ledger import LedgerOnDisk
from console.specs.compose import Composed
from console.specs.publishing_annotations import to_be_published
from console.specs.validation import Judged

PERIOD = timedelta(seconds=5)
TEXT = json.dumps(whole_document(), indent=4)
PodOf = Callable[..., dict[str, Any]]


class House(RunningJob):
    """A recorder's machine: its disk, its cluster, and EvalAI beyond."""

    def __init__(self, services: Services, cluster: FakeCluster, folder: Path) -> None:
        super().__init__(cluster)
        self.clock = LoopClock()
        self.services = replace(services, clock=self.clock)
        self.cluster, self.folder = cluster, folder
        self.there = EvalAiModel(self.clock, Random(0))
        self.on = True
        self.sole: SoleSender | None = None

    period = PERIOD
    challenges = frozenset({PLACE.challenge})

    def allows(self, place: EvalAiPlace) -> bool:
        return place.challenge in self.challenges

    def evalai(self, server: str) -> EvalAiModel | None:
        assert server == PLACE.server
        return self.there if self.on else None

    @property
    def ledger(self) -> LedgerOnDisk:
        return LedgerOnDisk(self.folder / "publications")

    @contextlib.asynccontextmanager
    async def recorder(self, *namespaces: str | None) -> AsyncIterator[Publisher]:
        publisher = Publisher(self.services, self, self.ledger, self.sole)
        following = Unattended(self.services, idle_seconds=900, beside=publisher)
        task = asyncio.create_task(following.run(*(namespaces or ("races",))))
        try:
            yield publisher
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def deleted(self) -> None:
        self.cluster.drop(Kind.POD, "races", "demo-abcde")
        self.cluster.drop(Kind.JOB, "races", "demo")

    @property
    def shown(self) -> tuple[RemoteStatus, str]:
        """What a participant sees: the status, and the last line of the beginning of stdout."""
        told = self.there.shown
        return self.there.status, told.stdout if told else ""

    @property
    def outcomes(self) -> list[RemoteOutcome]:
        return [update.outcome for _, update in self.there.taken]

    def stage(self) -> PublicationStage | None:
        known = self.ledger.read(PLACE)
        return known.stage if known else None


@pytest.fixture
async def house(
    services: Services, cluster: FakeCluster, composed: Composed, pod_of: PodOf, tmp_path: Path
) -> House:
    """With a submission that runs and whose results go to EvalAI."""
    made = House(services, cluster, tmp_path)
    published = to_be_published(composed, PLACE)
    await launch(made.services, Judged(published).valid)
    cluster.put(pod_of(logcopy=("running", 0)))
    return made


async def sees(true: Callable[[], object]) -> None:
    await until(true, seconds=1200)


async def passes(seconds: float) -> None:
    await asyncio.sleep(seconds)
