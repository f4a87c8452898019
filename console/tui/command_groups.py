"""In which group help and palette tell of a command: one table for both. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from console.tui.commands import Command
from console.tui.places import Place
from console.tui.user_keys import OF_HOTKEYS, OF_PLUGINS

_PLACES = {place.value for place in Place}


class Group(StrEnum):
    """In the order in which they are told."""

    GO_TO = "Go to"
    SUBMISSION = "Submission"
    HERE = "This screen"
    REPLAY = "Replay"
    YOURS = "Yours"
    CONSOLE = "Console"


def group_of(command: Command) -> Group:
    """Of a command of a screen."""
    if command.name.startswith((OF_HOTKEYS, OF_PLUGINS)):
        return Group.YOURS
    if command.name.startswith("replay"):
        return Group.REPLAY
    if command.name in _PLACES:
        return Group.GO_TO
    return Group.SUBMISSION if command.dangerous or command.name in _OF_ONE else Group.HERE


_OF_ONE = (
    "launch_again",
    "copy_name",
    "bundle",
    "team_bundle",
    "previous_log",
    "dry_run",
    "publish",
)
"""What is done with a submission and changes nothing."""


def grouped(commands: Iterable[Command]) -> dict[Group, list[Command]]:
    """Those of a screen, by group, in the groups' order; without empty ones."""
    found: dict[Group, list[Command]] = {}
    for command in commands:
        found.setdefault(group_of(command), []).append(command)
    return {group: found[group] for group in Group if group in found}
