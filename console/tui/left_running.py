"""What ends with a console that is left, and what goes on. Asks its session; knows no screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from console.domain.board import SubmissionStatus, tally
from console.domain.fleet import FleetSnapshot
from console.paths import to_type
from console.tui.backend import Link
from console.tui.session import ClusterSession

STILL_RUNNING = (
    *(SubmissionStatus.QUEUED, SubmissionStatus.PENDING, SubmissionStatus.RUNNING),
    *(SubmissionStatus.BLOCKED, SubmissionStatus.FAILING),
)


def ends(
    session: ClusterSession[Any], fleet: FleetSnapshot, ends_local: Callable[[], bool]
) -> tuple[str, ...]:
    """Only what runs on an embedded cluster that this console started or joined.

    `ends_local`: whether that cluster ends with this console; it costs more to ask than the rest.
    """
    told = ", ".join(_running(fleet)) if session.owns_local else ""
    if not told or not ends_local():
        return ()
    from console.tui.leaving_words import ends_with_it

    return ends_with_it(told)


def goes_on(
    session: ClusterSession[Any], fleet: FleetSnapshot, ends_local: Callable[[], bool]
) -> tuple[str, ...]:
    """What this console started and does not end with it; nothing of who never connected."""
    link, running, own = session.link, _running(fleet), session.owns_local
    if not running or (own and ends_local()):
        return ()
    from console.operations.shell_commands import console_again
    from console.tui.leaving_words import goes_on, goes_on_without_it

    if own:
        again, told = to_type("--local"), goes_on_without_it
    elif link.link is Link.CONNECTED and link.description is not None:
        again, told = console_again(link.description, everywhere=link.everywhere), goes_on
    else:
        return ()
    return (told(running, session.attended, again),)


def _running(fleet: FleetSnapshot) -> list[str]:
    """What has its final result loses nothing, even if its Job is still ending."""
    running = (r for r in fleet.rows if r.status in STILL_RUNNING and r.driving_score is None)
    return [f"{row.name} ({tally(row.done, row.total)})" for row in running]
