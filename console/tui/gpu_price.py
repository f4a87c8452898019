"""What an hour of a GPU costs, for the screens. Knows no hours."""

from __future__ import annotations

from functools import lru_cache

from console import paths
from console.domain.prices import GpuPrice, gpu_price
from console.errors import InvalidInput


def price() -> GpuPrice | None:
    """As it is set. What is written wrong the commands tell: of hours one knows without it."""
    return _read(paths.gpu_hour())


@lru_cache(1)
def _read(written: str) -> GpuPrice | None:
    try:
        return gpu_price(written)
    except InvalidInput:
        return None
