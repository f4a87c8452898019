"""Who collects garbage: the console while it has the process for itself, else nobody but Python."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from console.tui import garbage


@pytest.fixture(autouse=True)
def own_policy() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_an_app_inside_another_program_leaves_its_policy_alone() -> None:
    frozen = gc.get_freeze_count()
    garbage.settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen


def test_the_console_freezes_what_it_has_built_and_gives_the_policy_back() -> None:
    garbage.hold()
    garbage.settle()
    assert not gc.isenabled()
    assert gc.get_freeze_count() > 0
    garbage.release()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
