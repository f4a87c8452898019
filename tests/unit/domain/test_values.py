"""What all values of the domain have in common."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from collections.abc import Iterator

import msgspec
import pytest
from fakes.boards import board
from msgspec.structs import replace

from console import domain
from console.domain.board import BoardSnapshot


def _values() -> Iterator[type[msgspec.Struct]]:
    for found in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        for each in vars(importlib.import_module(found.name)).values():
            if isinstance(each, type) and issubclass(each, msgspec.Struct):
                yield each


VALUES = sorted(
    {each for each in _values() if each.__module__.startswith("console.domain")}, key=str
)


@pytest.mark.parametrize("value", VALUES, ids=lambda each: each.__name__)
def test_a_value_cannot_change_and_is_nothing_for_the_garbage_collector(
    value: type[msgspec.Struct],
) -> None:
    """Only what can change can come to hold itself."""
    assert value.__struct_config__.frozen
    assert not value.__struct_config__.gc


def test_a_collection_walks_through_none_of_a_long_list() -> None:
    boards: list[BoardSnapshot] = [replace(board(), name=f"job-{number}") for number in range(50)]
    gc.collect(0)
    pods = [pod for each in boards if (pod := each.pod)]
    assert len(pods) == len(boards)
    walked = (*boards, *pods, *(each.job for each in boards), *(pod.containers for pod in pods))
    assert not any(gc.is_tracked(each) for each in walked)
