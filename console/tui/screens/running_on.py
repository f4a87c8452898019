"""A Job that somebody has suspended: what it costs to let it run, and what goes on for less."""

from __future__ import annotations

import asyncio

from console.domain.board import BoardSnapshot
from console.operations.submitting.running_on import by_kubectl, what_it_costs
from console.tui.screens.dialogs import ConfirmDialog, Question
from console.tui.screens.screen import ConsoleScreen


async def ask_to_let_run_on(screen: ConsoleScreen, board: BoardSnapshot) -> None:
    """Ask, and let it run."""
    where, namespace, name = screen.backend.connection().description, board.namespace, board.name
    sent = await asyncio.to_thread(screen.backend.sent_elsewhere, board)
    question = Question(
        title=f"Let {namespace}/{name} run on?",
        consequences=(*what_it_costs(board), *sent),
        command=by_kubectl(where, namespace, name) if where else "",
        confirm="Let it run",
        keep="Not now",
    )
    if await screen.host.push_screen_wait(ConfirmDialog(question)):
        await screen.backend.let_run_on(namespace, name)
        screen.notify(f"{name} runs on.")
