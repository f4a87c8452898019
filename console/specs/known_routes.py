"""What is known of the routes beside the values of a launch. Reads no file itself."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class KnownRoutes(msgspec.Struct, frozen=True):
    """Of the routes file that the evaluators will read."""

    ids: tuple[str, ...] | None = None
    """In the file's order; None where nobody has seen it."""
    seconds: Mapping[str, float] = {}
    """What a route usually takes, by its id."""


NOTHING_KNOWN = KnownRoutes()
