"""themes/*.yaml as Textual themes. The files are the only place with a colour literal."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from console import paths
from console.errors import InvalidInput

DEFAULT = paths.DEFAULT_THEME
_KEYS = {field.name: field for field in fields(Theme)}
_COLOURS = {
    "primary",
    "secondary",
    "warning",
    "error",
    "success",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "boost",
}


def load(path: Path) -> Theme:
    """One theme file. Raises InvalidInput naming the file, the key and what is wrong."""
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refused(path, f"It cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _refused(path, f"It is not YAML: {error}") from error
    if not isinstance(content, dict):
        raise _refused(path, "It has to be a mapping of keys to values.")
    _check(path, content)
    return Theme(**{"name": path.stem, **content})


def files(folder: Path) -> list[Path]:
    """The theme files of a folder, the default first. A theme has its file's name."""
    return sorted(folder.glob("*.yaml"), key=lambda path: (path.stem != DEFAULT, path.stem))


def _check(path: Path, content: dict[str, Any]) -> None:
    for key, value in content.items():
        if key not in _KEYS:
            raise _refused(path, f"The key {key!r} is unknown. Known: {', '.join(sorted(_KEYS))}.")
        if key in _COLOURS:
            _check_colour(path, key, value)
    if "primary" not in content:
        raise _refused(path, "The key 'primary' is missing.")
    variables = content.get("variables", {})
    if not isinstance(variables, dict):
        raise _refused(path, "The key 'variables' has to be a mapping.")
    content["variables"] = {str(key): str(value) for key, value in variables.items()}


def _check_colour(path: Path, key: str, value: Any) -> None:
    try:
        Color.parse(value)
    except (ColorParseError, TypeError, AttributeError) as error:
        raise _refused(path, f"The key {key!r} is no colour: {value!r}.") from error


def _refused(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"The theme {path.name} cannot be used.",
        why=why,
        fix="Correct the file, or remove it: the other themes do not need it.",
    )


def unknown(name: str, known: list[str]) -> InvalidInput:
    """The error for a theme that does not exist."""
    return InvalidInput(
        f"There is no theme {name!r}.", fix="There is " + ", ".join(sorted(known)) + "."
    )
