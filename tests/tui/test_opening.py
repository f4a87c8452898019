"""What happens while the screens are loaded, and that nothing of it is left where they cannot be."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from console.errors import ClusterUnreachable, InvalidInput
from console.operations.services import Services
from console.tui import garbage, opening
from console.tui.aims import Aims, Ways
from console.wiring.wanted import WantedCluster


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    interval = sys.getswitchinterval()
    with Path("/dev/null").open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        monkeypatch.setattr("sys.stderr", nothing)
        yield
    garbage.release()
    sys.setswitchinterval(interval)


@pytest.mark.parametrize(("local", "asked"), [(False, True), (True, False)])
def test_a_cluster_is_asked_while_the_screens_are_loaded_and_none_is_started(
    monkeypatch: pytest.MonkeyPatch, local: bool, asked: bool
) -> None:
    begun = threading.Event()

    @contextlib.asynccontextmanager
    async def connect(_wanted: WantedCluster) -> AsyncIterator[Services]:
        begun.set()
        raise ClusterUnreachable("There is none.")
        yield

    def load(*_: object) -> None:
        assert begun.wait(10 if asked else 0) is asked
        raise InvalidInput("There is no theme 'nope'.")

    monkeypatch.setattr(opening, "_app", load)
    aims: Aims[WantedCluster] = Aims(lambda _: (), lambda wanted, *_: wanted, lambda _: None)
    with pytest.raises(InvalidInput, match="nope"):
        opening.open_screens(
            connect,
            WantedCluster(local=local),
            Ways(),
            aims,
            archive=lambda: pytest.fail("nothing is read"),
            looks=opening.Looks(),
        )
    assert not [each for each in threading.enumerate() if each.name == "net"]
