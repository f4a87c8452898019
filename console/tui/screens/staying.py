"""Leaving what was typed somewhere: asked first, wherever the way leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.tui.screens.dialogs import ConfirmDialog, Question

if TYPE_CHECKING:
    from console.tui.screens.screen import ConsoleScreen


def leaving(lost: tuple[str, ...]) -> Question:
    """What is asked of who leaves that."""
    return Question("Leave the form?", lost, "", "Leave it", "Stay")


async def may_leave(screen: ConsoleScreen) -> bool:
    """Whether the screen may go: nothing was typed in it, or the user says so."""
    lost = screen.unsaved()
    if not lost:
        return True
    answer = await screen.host.push_screen_wait(ConfirmDialog(leaving(lost)))
    return bool(answer)
