"""One command on all that are marked in a list: asked once, done to each, told of each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from console.domain.hostile_text import neutralise
from console.presentation.ending_many import Fared, done_well, lost_with_each, not_all_done
from console.tui import boundary

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.tui.places import Subject
    from console.tui.screens.screen import ConsoleScreen

AT_ONCE = 4
"""Requests under way: a server that is asked for a hundred at once refuses some."""
Work = Callable[["Subject"], Awaitable[object]]


async def done_to_each(subjects: Sequence[Subject], work: Work) -> list[Fared]:
    """What fails for one fails for no other."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(subject: Subject) -> Fared:
        async with room:
            try:
                await work(subject)
            except Exception as error:  # noqa: BLE001 - told of its submission
                return Fared(*subject, boundary.explained(error))
        return Fared(*subject)

    return list(await asyncio.gather(*(one(subject) for subject in subjects)))


def tell(screen: ConsoleScreen, fared: Sequence[Fared], undone: str, done: str) -> None:
    """One notice where all went well; else a dialog, and only what failed stays marked."""
    screen.keep_marked([(each.namespace, each.name) for each in fared if each.error])
    if (error := not_all_done(fared, undone, done)) is not None:
        screen.host.show_error(error)
    else:
        screen.notify(neutralise(done_well(fared, done)), markup=False)


async def confirmed(screen: ConsoleScreen, verb: str, boards: Sequence[BoardSnapshot]) -> bool:
    """Whether somebody wants that, knowing what is lost. What is recorded is read in a thread."""
    from console.tui.screens.dialogs import ConfirmDialog, Question

    def each() -> list[tuple[BoardSnapshot, tuple[str, ...]]]:
        return [(b, screen.backend.consequences(b, verb, brief=True)) for b in boards]

    found = await asyncio.to_thread(each)
    of_all = sum(bool(told) for _, told in found)
    count = f"{of_all}" if of_all == len(boards) else f"{of_all} of {len(boards)}"
    question = Question(
        title=f"{verb.capitalize()} {count} submissions?",
        consequences=lost_with_each(found),
        command="",
        confirm=f"{verb.capitalize()} {of_all}",
        keep="Keep them",
    )
    return await screen.host.push_screen_wait(ConfirmDialog(question)) is True
