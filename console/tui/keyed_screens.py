"""The user's keys on the screens of Textual: their bindings, and what is wrong with them at start.

Which command has which key is decided in `user_keys`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from textual.binding import Binding, BindingsMap

from console.tui.commands import Command
from console.tui.console_commands import CONSOLE_COMMANDS
from console.tui.user_files.added import UserFiles
from console.tui.user_files.key_names import shown_key
from console.tui.user_keys import Added, KeyedCommands, keyed, keys_of


class ScreenKeys(msgspec.Struct, frozen=True):
    """What can have a key on one screen."""

    word: str
    """As the files call it."""
    commands: tuple[Command, ...]
    """All that it can have; its own come first."""
    added: tuple[Added, ...] = ()

    def keyed(self, files: UserFiles) -> KeyedCommands:
        """As the user's files have them."""
        return keyed(self.commands, files.keys.of(self.word), self.added, CONSOLE_COMMANDS)


def keyed_console(files: UserFiles) -> KeyedCommands:
    """The console's own commands as the user's files have them."""
    return keyed(CONSOLE_COMMANDS, files.keys.everywhere)


def shown_keys(command: Command) -> str:
    """As the footer has them: the first key, or what it says of all of them."""
    return command.key_display or shown_key(keys_of(command)[0]) if command.key else ""


def bind_anew(bound: BindingsMap, commands: KeyedCommands) -> None:
    """Give one screen's bindings those keys."""
    table = bound.key_to_bindings
    gone = {command.binding.id for command in commands.changed.values()}
    for key, found in list(table.items()):
        table[key] = [each for each in found if each.id not in gone]
        if not table[key]:
            del table[key]
    with_keys = [each for each in commands.changed.values() if each.key]
    for binding in Binding.make_bindings(c.binding for c in (*with_keys, *commands.added)):
        table.setdefault(binding.key, []).append(binding)


def mistakes(screens: Iterable[ScreenKeys], files: UserFiles) -> Iterator[str]:
    """What of those files fits no screen, and which keys are taken twice, in sentences."""
    from console.specs.mistakes import suggestion

    known = {each.word: each for each in screens}
    names = {command.name for each in known.values() for command in each.commands}
    names |= {command.name for command in CONSOLE_COMMANDS}
    for name in files.keys.everywhere:
        if name not in names:
            yield f"keys.yaml: keys.{name} names no command.{suggestion(name, names)}"
    for word, chosen in files.keys.on_screen.items():
        if word not in known:
            yield f"keys.yaml: keys.{word} names no screen.{suggestion(word, set(known))}"
            continue
        own = {command.name for command in known[word].commands}
        for name in chosen:
            if name not in own:
                yield f"keys.yaml: {word} has no command {name}.{suggestion(name, own)}"
    yield from _taken_twice(known.values(), files)


def _taken_twice(screens: Iterable[ScreenKeys], files: UserFiles) -> Iterator[str]:
    """Once each, with the screens that it is so on."""
    where: dict[str, list[str]] = {}
    for each in screens:
        for told in each.keyed(files).collisions:
            where.setdefault(told, []).append(each.word)
    for told, words in where.items():
        yield f"{told} ({', '.join(words)})."
