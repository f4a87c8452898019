"""What stands between two runs of a container, wherever its log is read. Pure."""

from __future__ import annotations

from console.domain.facts import attempt_of


def run_border(run: int, pod: str, pod_before: str) -> str:
    """`run` begins, in the pod of that key; the run before was in `pod_before`."""
    attempt = f"attempt {attempt_of(run)}"
    if pod != pod_before:
        return f"another pod{f' ({pod})' if pod else ''} took over ({attempt})"
    return f"the container started again ({attempt})"
