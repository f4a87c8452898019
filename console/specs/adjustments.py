"""Changes to the numbers that a template writes out: the restart budget, the repetitions."""

from __future__ import annotations

from typing import Any

from console.specs import pod

LARGEST_LIMIT = 2**31 - 1


def whole_number(value: Any, *, least: int) -> int | None:
    """`value` as a number if it is one, also written as text; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if least <= value <= LARGEST_LIMIT else None


def set_backoff_limit(manifest: dict[str, Any], limit: int) -> None:
    """The sum of container restarts at which Kubernetes fails the Job."""
    manifest["spec"]["backoffLimit"] = limit


def set_repetitions(manifest: dict[str, Any], repetitions: int) -> None:
    """How often each route is driven, in every container that has to know."""
    for container in pod.containers(manifest):
        for variable in pod.items(container.content.get("env")):
            if variable.get("name") == "REPETITIONS":
                variable["value"] = str(repetitions)
