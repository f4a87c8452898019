"""Changes to the numbers that a template writes out: the budgets, the repetitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from console.domain.submission import Layout
from console.specs import pod
from console.specs.plan import layout_of
from console.specs.pods_apart import set_limit_of_each

LARGEST_LIMIT = 2**31 - 1


def whole_number(value: Any, *, least: int) -> int | None:
    """`value` as a number if it is one, also written as text; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if least <= value <= LARGEST_LIMIT else None


def set_backoff_limit(manifest: dict[str, Any], limit: int) -> None:
    """The sum of container restarts at which Kubernetes fails the Job; with a pod for each pair, as
    many resumes of each as it allows."""
    if layout_of(manifest) is Layout.POD_PER_PAIR:
        set_limit_of_each(manifest, limit)
    else:
        manifest["spec"]["backoffLimit"] = limit


def set_repetitions(manifest: dict[str, Any], repetitions: int) -> None:
    """How often each route is driven, in every container that has to know."""
    _set_everywhere(manifest, "REPETITIONS", repetitions)


def set_route_attempts(manifest: dict[str, Any], attempts: int) -> None:
    """Crashes at one route until it is recorded as failed; 0: it is tried until the budget ends."""
    _set_everywhere(manifest, "ROUTE_ATTEMPTS", attempts)


def set_logs_period(manifest: dict[str, Any], seconds: int) -> None:
    """Seconds between two looks of logcopy at what the pairs have written."""
    _set_everywhere(manifest, "LOGS_PERIOD", seconds)


def _set_everywhere(manifest: dict[str, Any], name: str, number: int) -> None:
    for container in pod.containers(manifest):
        for variable in pod.items(container.content.get("env")):
            if variable.get("name") == name:
                variable["value"] = str(number)


class Adjustment(NamedTuple):
    """A number of the manifest that a value under `job` replaces."""

    least: int
    change: Callable[[dict[str, Any], int], None]


ADJUSTMENTS = {
    "backoff_limit": Adjustment(0, set_backoff_limit),
    "repetitions": Adjustment(1, set_repetitions),
    "route_attempts": Adjustment(0, set_route_attempts),
    "logs_period": Adjustment(1, set_logs_period),
}
