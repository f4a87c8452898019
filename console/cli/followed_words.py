"""What is said beside a followed log of what becomes of its container, its pod, its Job. Pure."""

from __future__ import annotations

from collections.abc import Callable

from console.domain.board import BoardSnapshot
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState, PodFacts, attempt_of


def becomes(old: ContainerFacts | None, new: ContainerFacts) -> str:
    """Of a container as the watch told it before and tells it now; empty where that is no news."""
    if new.state is ContainerState.RUNNING:
        return ""
    if old is None or old.state is not ContainerState.RUNNING:
        return ""
    run = old.restart_count
    how = new.exit_of(run)
    ended = f"attempt {attempt_of(run)} has ended{with_exit(how)}"
    # A sidecar that has ended well is ended with its pod, as a rule.
    well = how is not None and how.exit_code == 0
    return ended if well else f"{ended}; its next one is waited for"


def not_begun(pod: PodFacts, wanted: Callable[[str], bool]) -> str:
    """Which containers of a pod that is new cannot say anything yet; empty where all can."""
    waiting = [e for e in pod.containers if wanted(e.name) and e.state is ContainerState.WAITING]
    if not waiting:
        return ""
    which = waiting[0].name if len(waiting) == 1 else f"{len(waiting)} containers"
    why = ", ".join(dict.fromkeys(each.reason for each in waiting if each.reason))
    verb = "has" if len(waiting) == 1 else "have"
    return f"{which} in {pod.name} {verb} not begun{f' ({why})' if why else ''}: waited for"


def with_exit(ended: ContainerExit | None) -> str:
    """Behind 'has ended' or 'ended': with which code, and why where the cluster has a word."""
    if ended is None:
        return ""
    usual = ended.reason in ("", "Error", "Completed")
    return f" with {ended.exit_code}" + ("" if usual else f" ({ended.reason})")


def whole_end(board: BoardSnapshot) -> str:
    """Why nothing more of it comes."""
    job = board.job
    if job is None or board.vanished:
        return "it has been deleted"
    if job.cancelled:
        return "it has been cancelled"
    failed = job.condition("Failed")
    if failed is None:
        return "its Job has completed"
    return f"its Job has failed ({failed.reason or '?'})"


def no_pod(board: BoardSnapshot) -> str:
    """Nothing of it runs as yet."""
    why = f": {board.reason.rstrip('.')}" if board.reason else ""
    return f"it has no pod yet, which is waited for{why}"
