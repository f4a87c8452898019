"""What the files say, as values: other words, hot keys, plugins, and keys for our own commands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from console.errors import ConsoleError


class HotKey(msgspec.Struct, frozen=True):
    """A key, on every screen, for what can be typed behind `:`."""

    name: str
    key: str
    """As Textual calls it."""
    command: str
    description: str = ""
    override: bool = False
    """It takes the key from a command of ours."""


class InputKind(StrEnum):
    """What an input of a plugin takes, in k9s' words."""

    STRING = "string"
    NUMBER = "number"
    BOOL = "bool"
    DROPDOWN = "dropdown"


class PluginInput(msgspec.Struct, frozen=True):
    """What is asked before a plugin runs; it is told as `$INPUT_` and the name."""

    name: str
    kind: InputKind
    label: str = ""
    required: bool = False
    default: str = ""
    options: tuple[str, ...] = ()


class UserPlugin(msgspec.Struct, frozen=True):
    """A program that a key starts about what is shown."""

    name: str
    key: str
    description: str
    scopes: tuple[str, ...]
    command: str
    args: tuple[str, ...] = ()
    background: bool = False
    confirm: bool = False
    dangerous: bool = False
    override: bool = False
    overwrite_output: bool = False
    """What it said in the background is told; else only whether it went well."""
    inputs: tuple[PluginInput, ...] = ()


class KeyChoices(msgspec.Struct, frozen=True):
    """Keys for our own commands: everywhere, and on one screen, which wins."""

    everywhere: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    on_screen: Mapping[str, Mapping[str, tuple[str, ...]]] = msgspec.field(default_factory=dict)

    def of(self, screen: str) -> Mapping[str, tuple[str, ...]]:
        """Command -> keys, as that screen has them."""
        return {**self.everywhere, **self.on_screen.get(screen, {})}


class UserFiles(msgspec.Struct, frozen=True):
    """All of it, and what is wrong with the files."""

    aliases: Mapping[str, str] = msgspec.field(default_factory=dict)
    hotkeys: tuple[HotKey, ...] = ()
    plugins: tuple[UserPlugin, ...] = ()
    keys: KeyChoices = KeyChoices()
    problems: tuple[ConsoleError, ...] = ()

    @property
    def change_keys(self) -> bool:
        """Whether any screen has other keys than its own."""
        keys = self.keys.everywhere or self.keys.on_screen
        return bool(keys or self.hotkeys or self.plugins)


NO_FILES = UserFiles()
