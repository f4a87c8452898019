"""All files of the user's, as far as they are right. Raises nothing: a console opens regardless."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from console.errors import ConsoleError, InvalidInput
from console.tui.user_files.added import NO_FILES, UserFiles

if TYPE_CHECKING:
    from console.specs.tree import Document

ALIASES, HOTKEYS, PLUGINS, KEYS = "aliases.yaml", "hotkeys.yaml", "plugins.yaml", "keys.yaml"
PLUGIN_FOLDER = "plugins"
"""k9s too takes snippets of plugins, a file each."""


def load(folder: Path) -> UserFiles:
    """What is in that folder. Where nothing is, no reader of YAML is loaded."""
    files = {name: folder / name for name in (ALIASES, HOTKEYS, PLUGINS, KEYS)}
    snippets = sorted((folder / PLUGIN_FOLDER).glob("*.yaml"))
    if not snippets and not any(path.exists() for path in files.values()):
        return NO_FILES
    from console.tui.user_files import aliases, hotkeys, keys, plugins

    problems: list[ConsoleError] = []

    def read(path: Path, parse: Callable[[Document, list[str]], object]) -> object | None:
        return _read(path, parse, problems) if path.exists() else None

    found = [read(path, plugins.parse) for path in (files[PLUGINS], *snippets)]
    return UserFiles(
        read(files[ALIASES], aliases.parse) or {},  # type: ignore[arg-type]
        read(files[HOTKEYS], hotkeys.parse) or (),  # type: ignore[arg-type]
        tuple(each for some in found for each in some or ()),  # type: ignore[attr-defined]
        read(files[KEYS], keys.parse) or NO_FILES.keys,  # type: ignore[arg-type]
        tuple(problems),
    )


def _read(
    path: Path,
    parse: Callable[[Document, list[str]], object],
    problems: list[ConsoleError],
) -> object | None:
    """What is right in that file; what is wrong is told by name."""
    from console.specs.tree import parse as parse_yaml
    from console.specs.values import read_text

    mistakes: list[str] = []
    found = None
    try:
        found = parse(parse_yaml(read_text(path), path.name), mistakes)
    except ConsoleError as error:
        problems.append(error)
    if mistakes:
        problems.append(_told(path, mistakes))
    return found


def _told(path: Path, mistakes: list[str]) -> ConsoleError:
    """The fix stands in each of them."""
    count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    what = f"{path.name} in {path.parent} has {count}."
    return InvalidInput(
        what, why="\n".join(mistakes), fix="What else is in that file is used. It is read at start."
    )
