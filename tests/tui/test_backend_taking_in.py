"""The live backend at EvalAI's queue: what the screen asks is done by the use cases, on the cluster."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.cluster import FakeCluster
from fakes.evalai_rules import EvalAiRules
from fakes.following import until
from fakes.intake_files import IMAGE
from fakes.intake_runs import QueueInMemory, SettingsInMemory

from console.errors import Conflict, NotFound
from console.operations.ports.cluster import Kind
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.tui.aims import Ways
from console.tui.backend import Link
from console.tui.live import LiveBackend


class AtTheQueue:
    """A backend on a cluster, and EvalAI with submissions 1 to 3, the last one cancelled."""

    def __init__(self, folder: Path) -> None:
        self.cluster, self.rules = FakeCluster(), EvalAiRules()
        self.settings = SettingsInMemory()
        self._recorder = Recorder(folder / "recordings")
        for number in (1, 2, 3):
            self.rules.add(number)
            self.rules.wait_for_host(number, IMAGE)
        self.rules.cancel(3)
        self.backend: LiveBackend[str] = LiveBackend(self._connect, "lab", Ways())

    @contextlib.asynccontextmanager
    async def _connect(self, _: str) -> AsyncIterator[Services]:
        yield Services(
            self.cluster,
            self._recorder,
            lambda: datetime.now(UTC),
            publishing=self.settings,
            queues=lambda _server: QueueInMemory(self.rules),
        )


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[AtTheQueue]:
    found = AtTheQueue(tmp_path)
    found.backend.start()
    await until(lambda: found.backend.connection().link is Link.CONNECTED)
    try:
        yield found
    finally:
        found.backend.close()


async def test_what_waits_is_taken_launched_by_hand_or_in_its_turn_and_refused(
    there: AtTheQueue,
) -> None:
    first, second, third = await there.backend.waiting()
    assert (await there.backend.take_in(first)).job == "submission-1"
    assert (await there.backend.take_in(second, 1)).launched
    assert await there.backend.refuse(third) == ""
    assert there.rules.messages == []
    by_hand = await there.cluster.job("default", "submission-1")
    in_turn = await there.cluster.job("default", "submission-2")
    assert by_hand.turn is None
    assert in_turn.turn is not None
    assert (in_turn.turn.batch, in_turn.turn.at_most) == ("evalai-carla-queue", 1)


async def test_what_cannot_be_launched_is_an_error_and_changes_nothing(there: AtTheQueue) -> None:
    *_, third = await there.backend.waiting()
    with pytest.raises(Conflict, match="Submission 3 is not launched"):
        await there.backend.take_in(third)
    assert (Kind.JOB, "default", "submission-3") not in there.cluster.objects
    assert len(there.rules.messages) == 3


async def test_without_settings_of_it_nothing_is_taken(there: AtTheQueue) -> None:
    there.settings.evalai = None
    with pytest.raises(NotFound, match="Nothing is launched for EvalAI's messages"):
        await there.backend.waiting()
    assert all(each.hidden_until == 0.0 for each in there.rules.messages)
