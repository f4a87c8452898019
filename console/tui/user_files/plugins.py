"""`plugins.yaml` in k9s' form, or snippets in `plugins/`: programs that a key starts.

```
plugins:
  stern:
    shortCut: Ctrl-Y
    description: stern
    scopes: [pods]
    command: stern
    args: [--tail, 50, $NAME, -n, $NAMESPACE, --context, $CONTEXT]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from console.specs.mistakes import suggestion
from console.specs.tree import Document
from console.tui.user_files.added import InputKind, PluginInput, UserPlugin
from console.tui.user_files.entries import FileEntry

_FIELDS = (
    *("shortCut", "override", "description", "confirm", "dangerous", "scopes", "command"),
    *("background", "overwriteOutput", "args", "inputs"),
)
_INPUT_FIELDS = ("name", "label", "type", "required", "default", "options")
_INPUT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MOST_INPUTS = 5
"""As many as k9s takes."""


def parse(document: Document, mistakes: list[str]) -> tuple[UserPlugin, ...]:
    """Those that are right; one with a mistake is left out whole: it would do something else."""
    top = FileEntry(document, (), document.content)
    found = []
    for name, entry in _entries(top, document):
        plugin = _plugin(name, entry)
        mistakes += entry.mistakes
        if not entry.mistakes:
            found.append(plugin)
    mistakes += top.mistakes
    return tuple(found)


def _entries(top: FileEntry, document: Document) -> Iterator[tuple[str, FileEntry]]:
    """A snippet may be one plugin without a name, as k9s has it."""
    if "shortCut" in document.content:
        yield document.source.rpartition("/")[2].removesuffix(".yaml"), top
    else:
        top.only(("plugins",))
        yield from top.named_entries("plugins")


def _plugin(name: str, entry: FileEntry) -> UserPlugin:
    entry.only(_FIELDS)
    inputs = tuple(map(_input, _inputs(entry)))
    told: dict[str, Any] = {
        "background": entry.switch("background"),
        "confirm": entry.switch("confirm"),
        "dangerous": entry.switch("dangerous"),
        "override": entry.switch("override"),
        "overwrite_output": entry.switch("overwriteOutput"),
    }
    made = UserPlugin(
        name,
        entry.key("shortCut"),
        entry.text("description", needed=True),
        entry.texts("scopes", needed=True),
        entry.text("command", needed=True),
        entry.texts("args"),
        inputs=tuple(each for each, _ in inputs),
        **told,
    )
    entry.mistakes += [mistake for _, mistakes in inputs for mistake in mistakes]
    return made


def _inputs(entry: FileEntry) -> list[FileEntry]:
    found = list(entry.entries("inputs"))
    if len(found) > MOST_INPUTS:
        entry.wrong(f"has more than {MOST_INPUTS}.", ("inputs",))
    return found


def _input(entry: FileEntry) -> tuple[PluginInput, list[str]]:
    entry.only(_INPUT_FIELDS)
    name, kind = entry.text("name", needed=True), entry.text("type", needed=True)
    options = entry.texts("options")
    if name and not _INPUT_NAME.fullmatch(name):
        entry.wrong("has other characters than letters, digits and _.", ("name",))
    if kind and kind not in tuple(InputKind):
        entry.wrong(f"is no type of an input.{suggestion(kind, tuple(InputKind))}", ("type",))
        kind = ""
    if kind == InputKind.DROPDOWN and not options:
        entry.wrong("is missing: a dropdown needs what to choose from.", ("options",))
    default = entry.text("default", bool_too=True)
    if default and kind == InputKind.DROPDOWN and options and default not in options:
        entry.wrong("is none of the options.", ("default",))
    made = PluginInput(
        name,
        InputKind(kind) if kind else InputKind.STRING,
        entry.text("label"),
        entry.switch("required"),
        default,
        options,
    )
    return made, entry.mistakes
