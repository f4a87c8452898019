"""themes/*.yaml as Textual themes. The files are the only place with a colour literal.

A user's own stand in a folder of the settings; one of the same name takes the place of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from console import paths
from console.errors import InvalidInput

DEFAULT = paths.DEFAULT_THEME
_KEYS = {field.name for field in fields(Theme)} - {"name"}
_NOT_COLOURS = {"dark": bool, "ansi": bool, "text_alpha": float, "luminosity_spread": float}
_COLOURS = _KEYS - {*_NOT_COLOURS, "variables"}
_PLAIN = sorted(_KEYS - {"variables"})
_mixed: dict[tuple[object, ...], Mapping[str, str]] = {}
KEPT = 64
_STYLES = {"none", "not", "bold", "b", "dim", "italic", "i", "reverse", "underline", "u", "strike"}


def load(path: Path) -> Theme:
    """One theme file. Raises InvalidInput naming the file, the key and what is wrong."""
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refused(path, f"It cannot be read: {error.strerror}.") from error
    # YAML of no meaning is an error of another kind there: a month 13, brackets without an end.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _refused(path, f"It is not YAML: {error}") from error
    if not isinstance(content, dict):
        raise _refused(path, "It has to be a mapping of keys to values.")
    _check(path, content)
    return _whole(Theme(name=path.stem, **content))


def _whole(theme: Theme) -> Theme:
    """Of a terminal's own colours Textual makes fewer variables than its style sheets ask for."""
    made = mixed(theme)
    missing = {name: "ansi_default" for name in _known_variables() if name not in made}
    return replace(theme, variables={**missing, **theme.variables})


@cache
def _known_variables() -> Iterable[str]:
    return mixed(Theme("known", "white")).keys()


def mixed(theme: Theme) -> Mapping[str, str]:
    """All colours that Textual makes of a theme's few, by name; once, for it takes milliseconds."""
    told = (*(getattr(theme, key) for key in _PLAIN), frozenset(theme.variables.items()))
    if told not in _mixed:
        if len(_mixed) >= KEPT:
            _mixed.clear()
        _mixed[told] = theme.to_color_system().generate()
    return _mixed[told]


def files(folder: Path) -> list[Path]:
    """The theme files of a folder, the default first. A theme has its file's name."""
    return sorted(folder.glob("*.yaml"), key=lambda path: (path.stem != DEFAULT, path.stem))


def every_file() -> dict[str, Path]:
    """The file of each theme: those that are shipped, and the user's over them."""
    found = [*files(paths.themes()), *files(paths.user_themes())]
    return {path.stem: path for path in found}


def colourless(theme: Theme) -> bool:
    """Whether it leaves all colours to the terminal: then nothing that is shown has one."""
    told = {getattr(theme, key) for key in _COLOURS} - {None}
    return theme.ansi and told == {"ansi_default"}


def _check(path: Path, content: dict[Any, Any]) -> None:
    for key, value in content.items():
        if key not in _KEYS:
            raise _refused(path, f"The key {key!r} is unknown. Known: {', '.join(sorted(_KEYS))}.")
        if key in _COLOURS:
            _check_colour(path, key, value)
        if key in _NOT_COLOURS and not _fits(value, _NOT_COLOURS[key]):
            wanted = "true or false" if _NOT_COLOURS[key] is bool else "a number from 0 to 1"
            raise _refused(path, f"The key {key!r} has to be {wanted}, not {value!r}.")
    if "primary" not in content:
        raise _refused(path, "The key 'primary' is missing.")
    content["variables"] = _variables(path, content.get("variables", {}))


def _fits(value: object, kind: type) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    return isinstance(value, int | float) and 0 <= value <= 1


def _variables(path: Path, given: object) -> dict[str, str]:
    """Names that the style sheets know, and values that they can read."""
    if not isinstance(given, Mapping):
        raise _refused(path, "The key 'variables' has to be a mapping.")
    known = _known_variables()
    for name, value in given.items():
        if name not in known:
            raise _refused(path, f"The variable {name!r} is unknown.")
        if "-style" in name:
            if not isinstance(value, str) or not set(value.split()) <= _STYLES:
                raise _refused(path, f"The variable {name!r} is no style of text: {value!r}.")
        else:
            _check_colour(path, name, value)
    return {str(name): str(value) for name, value in given.items()}


def _check_colour(path: Path, key: str, value: Any) -> None:
    try:
        Color.parse(value)
    except (ColorParseError, TypeError, AttributeError) as error:
        raise _refused(path, f"The key {key!r} is no colour: {value!r}.") from error


def _refused(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"The theme {path.name} cannot be used.",
        why=why,
        fix=f"Correct {path}, or remove it: the other themes do not need it.",
    )


def unknown(name: str, known: list[str]) -> InvalidInput:
    """The error for a theme that does not exist, naming what is near."""
    from console.specs.mistakes import nearest  # where somebody mistypes

    near = nearest(name.lower(), known)
    meant = f"Did you mean {near}? " if near else ""
    return InvalidInput(
        f"There is no theme {name!r}.", fix=f"{meant}There is {', '.join(sorted(known))}."
    )
