"""The fake backend that every screen test shows, and two contexts, in themes that are read once."""

from __future__ import annotations

from functools import cache

import pytest
from fakes.contexts import FakeContexts, backend_in
from fakes.screens import FakeBackend

from console import paths
from console.tui import meant_input, theming

_read, _read_once, _OURS = theming.load, cache(theming.load), paths.themes()
theming.load = lambda path: (_read_once if path.parent == _OURS else _read)(path)


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture(autouse=True)
def each_yes_is_a_press_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests answer sooner than anybody could."""
    monkeypatch.setattr(meant_input, "SAME_PRESS", 0.0)


@pytest.fixture
def lab() -> FakeBackend:
    return backend_in("lab", "leaderboard", "of-lab")


@pytest.fixture
def prod() -> FakeBackend:
    return backend_in("prod", "races", "of-prod")


@pytest.fixture
def contexts(lab: FakeBackend, prod: FakeBackend) -> FakeContexts:
    return FakeContexts(lab=lab, prod=prod)
