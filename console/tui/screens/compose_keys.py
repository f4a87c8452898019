"""The keys of the compose form, as commands. What the form says is the screen's business."""

from __future__ import annotations

from typing import Any

from console.tui.commands import Command
from console.tui.places import Destination, Place
from console.tui.screens.staying import may_leave
from console.tui.widgets.form import Field, Form
from console.tui.widgets.line_pane import LinePane

Screen = Any
"""The one of the form, which knows this module."""


def _not_ready(screen: Screen) -> str:
    return str(screen.why_not)


async def _launch(screen: Screen) -> None:
    report = await screen.send(dry_run=False)
    if report:
        screen.launched = True
        screen.go(Destination(Place.MONITOR, (report.namespace, report.name), from_list=True))


async def _dry_run(screen: Screen) -> None:
    await screen.send(dry_run=True)


def _preflight(screen: Screen) -> None:
    if screen.composition is not None:
        screen.go(Destination(Place.PREFLIGHT, composition=screen.composition))


def _not_composed(screen: Screen) -> str:
    """A look needs the manifest of what the form says now."""
    found = screen.composition
    if found is None or found.draft != screen.draft():
        return screen.why_not or "The form is being composed; try again in a moment."
    return str(screen.why_not)


def _preview(screen: Screen) -> None:
    screen.toggle_class("preview")
    if screen.has_class("preview"):
        screen.query_one(LinePane).focus()
    else:
        screen.query_one(Form).query(Field).first().query("Input, Choice").first().focus()


async def _back(screen: Screen) -> None:
    if screen.has_class("preview") and screen.has_class("-narrow"):
        _preview(screen)
    elif await may_leave(screen):
        screen.dismiss()


async def _keep(screen: Screen) -> None:
    from console.tui.screens.keeping_preset import ask_to_keep

    draft = screen.draft()
    if draft is not None and (name := await ask_to_keep(screen, draft)):
        await screen.choose_preset(name)


def _not_complete(screen: Screen) -> str:
    return "" if screen.draft() else screen.why_not


LAUNCH = Command(
    "launch",
    "ctrl+l",
    "Launch",
    "Create the Job now",
    _launch,
    _not_ready,
    priority=True,
    dangerous=True,
)
COMPOSE_KEYS = (
    LAUNCH,
    Command(
        "dry_run",
        "ctrl+t",
        "Server dry run",
        "Let the server judge it; nothing is created",
        _dry_run,
        _not_ready,
        priority=True,
    ),
    Command(
        "preflight",
        "ctrl+k",
        "Preflight",
        "Look at the node with these images: GPUs, graphics, ports, towns, the team's image",
        _preflight,
        _not_composed,
        priority=True,
        dangerous=True,
    ),
    Command("preview", "ctrl+y", "Manifest", "To the manifest and back", _preview, priority=True),
    Command(
        "keep",
        "ctrl+s",
        "Keep",
        "Keep what the form says as a preset, to be chosen here and by launch --preset",
        _keep,
        _not_complete,
        priority=True,
    ),
    Command("back", "escape", "Back", "Leave without launching", _back, key_display="esc"),
)
