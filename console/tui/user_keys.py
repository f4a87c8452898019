"""Which keys the commands of a screen have for this user, and which of them are taken twice. Pure.

A key that the user has chosen wins over one of ours; of the user's own the first one wins. What is
added by hot keys and plugins takes a key of ours only where it says `override`, as in k9s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from console.tui.commands import Command
from console.tui.user_files.key_names import shown_key

OF_HOTKEYS, OF_PLUGINS = "hotkey_", "plugin_"
"""How the names of commands begin that a user's files add."""
MOVING = frozenset(
    ("j", "k", "g", "G", "up", "down", "pageup", "pagedown", "home", "end", "ctrl+c", "ctrl+q")
)
"""A pane takes these before any screen; the last two always leave."""


class Added(msgspec.Struct, frozen=True):
    """A command that a file of the user's adds to a screen."""

    command: Command
    override: bool
    """It may take a key of ours."""
    file: str


class KeyedCommands(msgspec.Struct, frozen=True):
    """The commands of one screen as the user has them."""

    changed: Mapping[str, Command] = msgspec.field(default_factory=dict)
    """Of ours, by name: those with other keys than by default, maybe none."""
    added: tuple[Command, ...] = ()
    collisions: tuple[str, ...] = ()
    """What is taken twice, without the screen's name and a full stop."""


class _Keys:
    """Who has which key so far."""

    def __init__(self) -> None:
        self.owner = dict[str, str]()
        self.told: list[str] = []

    def take(self, name: str, keys: Iterable[str], file: str) -> tuple[str, ...]:
        """Those that are free; the others are told of."""
        got = []
        for key in keys:
            other = "moving and leaving" if key in MOVING else self.owner.get(key, name)
            if other == name:
                self.owner[key] = name
                got.append(key)
            else:
                shown = shown_key(key)
                self.told.append(f"{file}: {shown} of {name} is for {other}")
        return tuple(got)


def keyed(
    commands: Iterable[Command],
    chosen: Mapping[str, tuple[str, ...]],
    added: Iterable[Added] = (),
    beneath: Iterable[Command] = (),
) -> KeyedCommands:
    """`commands`: all that the screen can have; those without a choice keep what nobody takes.

    `beneath`: those of the console itself, which has them on every screen.
    """
    behind = {each.name: each for each in beneath}
    ours = {**behind, **{each.name: each for each in commands}}
    keys = _Keys()
    new = {
        name: keys.take(name, wanted, "keys.yaml")
        for name, wanted in chosen.items()
        if name in ours
    }
    users = dict(keys.owner)
    extra = tuple(added)
    for each in (each for each in extra if each.override):
        keys.take(each.command.name, (each.command.key,), each.file)
    kept = {
        name: tuple(key for key in keys_of(each) if keys.owner.get(key, name) == name)
        for name, each in ours.items()
        if name not in new
    }
    _tell_of_taken(keys, ours, kept, users)
    for name, left in kept.items():
        keys.owner |= dict.fromkeys(left, name)
    for each in (each for each in extra if not each.override):
        keys.take(each.command.name, (each.command.key,), each.file)
    changed = {
        name: _with_keys(ours[name], left)
        for name, left in {**new, **kept}.items()
        if left != keys_of(ours[name]) and name not in behind
    }
    there = tuple(e.command for e in extra if keys.owner.get(e.command.key) == e.command.name)
    return KeyedCommands(changed, there, tuple(keys.told))


def _tell_of_taken(
    keys: _Keys,
    ours: Mapping[str, Command],
    kept: Mapping[str, tuple[str, ...]],
    users: Mapping[str, str],
) -> None:
    """Of a command of ours that has no key left by a choice in `keys.yaml`, nobody else says it."""
    for name, left in kept.items():
        for key in keys_of(ours[name]):
            if key not in left and key in users and not left:
                keys.told.append(
                    f"keys.yaml: {shown_key(key)} is for {users[key]} now, and {name} has no key"
                )


def keys_of(command: Command) -> tuple[str, ...]:
    """As Textual calls them."""
    return tuple(key for key in command.key.split(",") if key)


def _with_keys(command: Command, keys: tuple[str, ...]) -> Command:
    return replace(command, key=",".join(keys), key_display=None)
