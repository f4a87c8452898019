"""The fake backend that every screen test shows."""

from __future__ import annotations

import pytest
from fakes.screens import FakeBackend


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()
