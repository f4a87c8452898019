"""Threads beside the screens: none computes for long while a key waits."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from console.tui import thread_turns


@pytest.fixture(autouse=True)
def own_interval() -> Iterator[None]:
    usual = sys.getswitchinterval()
    yield
    sys.setswitchinterval(usual)


def test_a_thread_gives_way_to_the_screens_sooner_than_python_has_it() -> None:
    usual = sys.getswitchinterval()
    thread_turns.shorten()
    assert sys.getswitchinterval() < usual
