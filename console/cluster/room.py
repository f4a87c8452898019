"""How much is remembered of what a watch has told, so that no memory grows for ever. Pure."""

from __future__ import annotations

from typing import Any

PODS_KEPT = 512
"""As many as may run at a time. The texts of one have some 12 KB."""


def make_room(known: dict[Any, Any], most: int) -> None:
    """For one more; the oldest goes."""
    if len(known) >= most:
        del known[next(iter(known))]
