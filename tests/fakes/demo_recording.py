"""What the recorder kept of `make demo`: 20 routes of the Leaderboard 2.0, pair 2 crashes once.

Its fixtures are every test's: `tests/conftest.py` names this module as a plugin.
"""

from __future__ import annotations

import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.operations.ports.recorder import Recording
from console.operations.replay.player import Player
from console.operations.services import Services
from console.recorder.recorder import Recorder

ARCHIVE = Path(__file__).resolve().parents[1] / "data" / "recordings" / "demo.tar.xz"
DEMO = Recording("carla-console-local", "default", "demo", "ad47f5e3-dc4b-4b48-8fbe-9d32c47481c3")
BEGIN = datetime(2026, 11, 29, 13, 44, 49, tzinfo=UTC)
"""When the Job was created; 74 seconds later the last line was written."""
CRASH = datetime(2026, 11, 29, 13, 45, 22, 919012, tzinfo=UTC)
"""When logcopy told of it."""


def unpacked(root: Path) -> Services:
    """Services whose recordings are the demo's, and that have no cluster."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(root, filter="data")
    return services_of(root)


def services_of(root: Path) -> Services:
    """Services for the recordings of that folder alone."""
    return Services(None, Recorder(root), lambda: datetime.now(UTC))  # type: ignore[arg-type]


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now, self.asked = 100.0, False

    def __call__(self) -> float:
        self.asked = True
        return self.now


@pytest.fixture(scope="session")
def demo_services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The demo's recording, to be read only."""
    return unpacked(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def player(demo_services: Services, clock: Seconds) -> Player:
    return player_of(demo_services, clock)


def player_of(services: Services, clock: Seconds, speed: float = 1.0) -> Player:
    """The demo, at its begin."""
    return Player(services.recorder, DEMO, clock, speed)
