"""What is known of the routes beside the values of a launch. Reads no file itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from console.domain.submission import LOGCOPY
from console.results.leaderboard import find
from console.specs import pod


class KnownRoutes(msgspec.Struct, frozen=True):
    """Of the routes file that the evaluators will read."""

    ids: tuple[str, ...] | None = None
    """In the file's order; None where nobody has seen it."""
    seconds: Mapping[str, float] = {}
    """What a route usually takes, by its id."""


NOTHING_KNOWN = KnownRoutes()


def public_routes(job: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The ids of a public file that nobody has to show us, where the Job drives that one."""
    told = next((each.env for each in pod.containers(job) if each.name == LOGCOPY), {})
    version = find(told.get("LEADERBOARD", ""))
    if version is None or not version.counts_successes:
        return None
    if told.get("ROUTES", "").rpartition("/")[2] != version.routes_file:
        return None
    from console.results import bench2drive_routes  # late: most Jobs drive other routes

    return tuple(route.id for route in bench2drive_routes.routes())
