"""A recorder's machine that brings files and tells a table, with both beyond it, for their tests."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.documents import merged_lines, whole_document
from fakes.evalai_model import BEGIN
from fakes.running_job import LoopClock, RunningJob
from msgspec.structs import replace

from console.errors import Forbidden
from console.operations.delivering.deliverer import Deliverer
from console.operations.delivering.errands import Errands
from console.operations.delivering.standing import Standing, standing_of
from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryStage, TableMark
from console.operations.ports.object_place import (
    Blocks,
    Measure,
    ObjectPlace,
    PlaceFailed,
    PlaceWriter,
)
from console.operations.ports.publishing_settings import PublishingSettings, StorageSettings
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.telling.seen_here import SeenHere
from console.operations.watching.unattended import Unattended
from console.publish.deliveries import DeliveriesOnDisk
from console.publish.folder_place import FolderPlace
from console.specs.compose import Composed
from console.specs.validation import Judged

TEXT = json.dumps(whole_document(), indent=4)
LAST = "containers-status/logcopy.done"
PodOf = Callable[..., dict[str, Any]]


class WatchedPlace(FolderPlace):
    """A folder that remembers which files were sent to it, and fails when it is told to."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.sent: list[str] = []
        self.asked = 0
        self.fails = False
        self.silent = threading.Event()
        self.silent.set()

    def read(self, key: str, limit: int) -> bytes | None:
        self.asked += 1
        self.silent.wait()
        if self.fails:
            raise Forbidden("It may not be written by this login.", why="403 AccessDenied.")
        return super().read(key, limit)

    def put(self, key: str, blocks: Blocks, measure: Measure) -> None:
        super().put(key, blocks, measure)
        if not key.endswith("console/writer.json"):
            self.sent.append(key)


class Settings:
    """As a user would set them."""

    file = Path("publishing.yaml")

    def __init__(self, to: str) -> None:
        self.to, self.table = to, ""

    def settings(self) -> PublishingSettings:
        storage = StorageSettings(self.to) if self.to else None
        return PublishingSettings(storage=storage, table=self.table)


class Rows:
    """A table that keeps what it was told; conditions are a real server's business."""

    def __init__(self) -> None:
        self.told: list[TableMark] = []
        self.down = False

    def update(self, mark: TableMark) -> bool:
        if self.down:
            raise PlaceFailed("The table cannot be written.")
        self.told.append(mark)
        return True

    def row_of(self, team: str, submission: str) -> Mapping[str, str]:
        return {}

    @property
    def statuses(self) -> list[str]:
        return [dict(mark.fields)["submission_status"] for mark in self.told]


class House(RunningJob):
    """A recorder's machine, and the place beyond."""

    period = timedelta(seconds=60)
    writer = PlaceWriter("1", "alice@laptop")

    def __init__(self, services: Services, cluster: FakeCluster, folder: Path) -> None:
        super().__init__(cluster)
        self.clock, self.cluster, self.folder = LoopClock(), cluster, folder
        self.rows = Rows()
        self.there = WatchedPlace(folder / "bucket")
        self.settings = Settings(str(folder / "bucket"))
        self.services = replace(services, clock=self.clock, publishing=self.settings)
        self.ledger = DeliveriesOnDisk(folder / "deliveries")

    @property
    def table(self) -> str:
        return self.settings.table

    @property
    def storage(self) -> str:
        return self.settings.to

    def open_table(self, target: str) -> Rows | None:
        return self.rows if target == self.settings.table else None

    def place(self, target: str) -> ObjectPlace | None:
        return self.there if target == self.settings.to else None

    @contextlib.asynccontextmanager
    async def recorder(self) -> AsyncIterator[Deliverer]:
        ledger = DeliveriesOnDisk(self.folder / "deliveries")
        deliverer = Deliverer(self.services, self, ledger)
        following = Unattended(self.services, idle_seconds=900, beside=deliverer)
        task = asyncio.create_task(following.run("races"))
        try:
            yield deliverer
        finally:
            self.there.silent.set()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def completes(self, pod_of: PodOf) -> None:
        self.drives(*range(20))
        self.tells(*merged_lines(TEXT, 100))
        await self.ends(pod_of("Succeeded", logcopy=("ended", 0)), "Complete")

    def has(self, name: str) -> bool:
        return (self.folder / "bucket" / "1" / name).exists()

    def says(self, text: str) -> bool:
        stdout = self.folder / "bucket/1/evalai/stdout.txt"
        return stdout.exists() and text in stdout.read_text()

    @property
    def known(self) -> Delivery | None:
        return next(iter(self.ledger.all()), None)

    def stage(self) -> DeliveryStage | None:
        return self.known.stage if self.known else None


@pytest.fixture
async def house(
    services: Services, cluster: FakeCluster, composed: Composed, pod_of: PodOf, tmp_path: Path
) -> House:
    """With a submission that runs, launched with a place in the settings."""
    made = House(services, cluster, tmp_path)
    await launch(made.services, Judged(composed).valid)
    cluster.put(pod_of(logcopy=("running", 0)))
    return made


async def sees(true: Callable[[], object]) -> None:
    for _ in range(300):
        if true():
            return
        await asyncio.sleep(1)
    raise AssertionError("nobody sees it in five minutes")


@contextlib.asynccontextmanager
async def recorded_alone(house: House) -> AsyncIterator[None]:
    """What a thread still brings at the end of that recorder comes to no place of ours."""
    house.there = WatchedPlace(house.folder / "elsewhere")
    house.there.fails = True
    async with house.recorder():
        yield


def advanced(house: House, known: Delivery, here: Standing) -> Delivery:
    """As far as a recorder would take it that sees it so."""
    errands = Errands(house.services, house)
    for _ in range(5):
        known = errands.advance(known, here)
        if known.closed or known.failing_since:
            break
    return known


def as_recorded(house: House) -> tuple[Delivery, Standing]:
    """One that begins, and how it stands by its recording."""
    (kept,) = house.services.recorder.recordings()
    recording, kind, target = kept, DeliveryKind.FILES, house.storage
    if house.table:
        kind, target = DeliveryKind.TABLE, house.table
    board = recorded_board(house.services, recording)
    assert board is not None
    return Delivery(kind, target, recording, BEGIN), standing_of(SeenHere(board, heard=True))
