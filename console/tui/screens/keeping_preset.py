"""Keeping what a form says as a preset: a name is asked, and whether another may go for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.specs.presets import preset_names
from console.tui import fillings
from console.tui.screens.dialogs import AskLine, ConfirmDialog, Question

if TYPE_CHECKING:
    from console.tui.drafts import Draft
    from console.tui.screens.screen import ConsoleScreen

_ASKED = "keep as a preset, without the submission's name; a name for it:"


async def ask_to_keep(screen: ConsoleScreen, draft: Draft) -> str:
    """The name it was kept under; empty where the user thought better of it."""
    name = (await screen.host.push_screen_wait(AskLine(_ASKED)) or "").strip()
    if not name or (name in preset_names() and not await _may_replace(screen, name)):
        return ""
    await asyncio.to_thread(fillings.keep_preset, name, draft)
    screen.notify(f"Kept. From a shell: carla-console launch --preset {name}")
    return name


async def _may_replace(screen: ConsoleScreen, name: str) -> bool:
    lost = ("What it said before is lost.",)
    question = Question(f"Replace the preset {name}?", lost, "", "Replace it")
    answer = await screen.host.push_screen_wait(ConfirmDialog(question))
    return bool(answer)
