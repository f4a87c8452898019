"""`keys.yaml`: other keys for our own commands, by the names that the help page shows.

```
keys:
  cancel: Shift-X          # wherever that command is
  logs: [l, Ctrl-L]
  inspect:                 # on that screen alone
    closer: Z
```
"""

from __future__ import annotations

from typing import Any

from console.specs.tree import Document
from console.tui.user_files.added import KeyChoices
from console.tui.user_files.entries import NO_KEY, FileEntry
from console.tui.user_files.key_names import key_name


def parse(document: Document, mistakes: list[str]) -> KeyChoices:
    """Whether there are such commands and screens is known where these are."""
    top = FileEntry(document, (), document.content)
    top.only(("keys",))
    told = document.content.get("keys")
    entry = FileEntry(document, ("keys",), told if told is not None else {})
    everywhere: dict[str, tuple[str, ...]] = {}
    on_screen: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, value in (told if isinstance(told, dict) else {}).items():
        if isinstance(value, dict):
            chosen = {each: _keys(entry, (name, each), keys) for each, keys in value.items()}
            on_screen[name] = {each: keys for each, keys in chosen.items() if keys}
        elif keys := _keys(entry, (name,), value):
            everywhere[name] = keys
    mistakes += [*top.mistakes, *entry.mistakes]
    return KeyChoices(everywhere, on_screen)


def _keys(entry: FileEntry, place: tuple[str, ...], value: Any) -> tuple[str, ...]:
    """One key or several; a digit is a key and no number."""
    found = []
    for each in value if isinstance(value, list) else [value]:
        try:
            found.append(key_name(str(each)))
        except ValueError:
            entry.wrong(NO_KEY.format(each), place)
    if value == []:
        entry.wrong("names no key; leave the line out to keep the usual one.", place)
    return tuple(dict.fromkeys(found))
