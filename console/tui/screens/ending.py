"""Cancelling and deleting: the dialog says what is lost before anything happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.domain.fleet import MOST_ASKED
from console.errors import Conflict
from console.tui.places import Destination, Place

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.operations.ports.cluster import ClusterDescription
    from console.tui.places import Subject
    from console.tui.screens.screen import ConsoleScreen

End = Awaitable[None]


def command(where: ClusterDescription, verb: str, namespace: str, name: str) -> str:
    """The same with kubectl on the same cluster, for the dialog."""
    from console.operations.shell_commands import kubectl
    from console.operations.submitting.ending import cancelling

    if verb == "delete":
        return kubectl(where, "delete", "job", name, namespace=namespace)

    patch = json.dumps(cancelling(datetime.now(UTC)), separators=(",", ":"))
    return kubectl(where, "patch", "job", name, "--type=merge", "-p", patch, namespace=namespace)


def ended_reason(screen: ConsoleScreen) -> str:
    """Why there is nothing to cancel."""
    if marked := screen.marked():
        few = len(marked) <= MOST_ASKED
        going = not few or any(not screen.backend.listed_board(*each).ended for each in marked)
        return "" if going else "All that are marked have ended."
    board = screen.candidate_board()
    return f"{board.name} has ended: {board.status.value}." if board and board.ended else ""


async def ask_to_cancel(screen: ConsoleScreen) -> None:
    """Ask, then cancel the submission of this screen, or all that are marked."""
    if marked := screen.still_marked():
        await _end_each(screen, "cancel", marked, screen.backend.cancel)
        return
    chosen = screen.candidate()
    if chosen and await _end_one(screen, "cancel", chosen, screen.backend.cancel):
        screen.notify(
            f"{chosen[1]} is being cancelled. Once it has stopped, R goes on from what is finished."
        )


async def ask_to_delete(screen: ConsoleScreen) -> None:
    """Ask, then delete the submission of this screen and go back to the list, or all marked."""
    if marked := screen.still_marked():
        await _end_each(screen, "delete", marked, screen.backend.delete)
        return
    chosen = screen.candidate()
    if chosen and await _end_one(screen, "delete", chosen, screen.backend.delete):
        screen.notify(f"{chosen[1]} is being deleted.")
        if screen.subject():
            screen.go(Destination(Place.SUBMISSIONS))


def _those_asked_about(
    screen: ConsoleScreen, boards: Sequence[BoardSnapshot], end: Callable[[str, str], End]
) -> Callable[[Subject], End]:
    """The same of the Jobs that there are now, and of none that takes a name of theirs later."""
    uids = {(b.namespace, b.name): b.job and b.job.uid for b in boards}

    async def end_that(subject: Subject) -> None:
        job = screen.backend.listed_board(*subject).job
        if job is not None and job.uid != uids[subject]:
            raise Conflict(f"Another {subject[1]} was launched since it was asked.")
        await end(*subject)

    return end_that


async def _end_one(
    screen: ConsoleScreen, verb: str, chosen: Subject, end: Callable[[str, str], End]
) -> bool:
    """Whether somebody wants that."""
    end_that = _those_asked_about(screen, [screen.backend.listed_board(*chosen)], end)
    if wanted := await _confirmed(screen, verb, *chosen):
        await end_that(chosen)
    return wanted


async def _end_each(
    screen: ConsoleScreen,
    verb: str,
    marked: Sequence[Subject],
    end: Callable[[str, str], End],
) -> None:
    """What has ended already is not cancelled, and the question says so."""
    from console.tui.screens.marked import confirmed, done_to_each, tell

    boards = [screen.backend.listed_board(*each) for each in marked]
    if await confirmed(screen, verb, boards):
        chosen = [(b.namespace, b.name) for b in boards if verb == "delete" or not b.ended]
        done = {"cancel": "cancelled", "delete": "deleted"}[verb]
        fared = await done_to_each(chosen, _those_asked_about(screen, boards, end))
        tell(screen, fared, f"Not {done}", f"Being {done}")


async def _confirmed(screen: ConsoleScreen, verb: str, namespace: str, name: str) -> bool:
    from console.tui.screens.dialogs import ConfirmDialog, Question

    board = screen.backend.board(namespace, name)
    where = screen.backend.connection().description
    question = Question(
        title=f"{verb.capitalize()} {namespace}/{name}?",
        consequences=await asyncio.to_thread(screen.backend.consequences, board, verb),
        command=command(where, verb, namespace, name) if where else "",
        confirm=f"{verb.capitalize()} it",
    )
    answer = await screen.host.push_screen_wait(ConfirmDialog(question))
    return answer is True
