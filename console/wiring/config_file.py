"""The user's settings of contexts, `config.yaml`: read, and held against what there is to say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console import paths
from console.errors import InvalidInput

_LONGEST = 64 * 1024
_CONTEXTS = "contexts"
_KEYS = ("readOnly", "skin")
"""Of one context, and of all."""


def config_file() -> Path:
    return paths.settings() / "config.yaml"


def place_of(file: Path, context: str) -> str:
    """Where it speaks of that context."""
    return f"{file}: {_CONTEXTS}.{context}"


def of_context(told: Mapping[str, Any], file: Path, context: str) -> Mapping[str, Any]:
    """What it says of that context alone. Raises InvalidInput."""
    _refuse_misspelt(told, str(file), (*_KEYS, _CONTEXTS))
    every = _mapping(told.get(_CONTEXTS), f"{file}: {_CONTEXTS}")
    place = place_of(file, context)
    entry = _mapping(every.get(context), place)
    _refuse_misspelt(entry, place, _KEYS)
    return entry


def says(told: Mapping[str, Any], key: str) -> bool:
    """Whether it says that of any context: who is not asked about one needs not know its name."""
    every = told.get(_CONTEXTS)
    entries = every.values() if isinstance(every, dict) else ()
    return key in told or any(isinstance(each, dict) and key in each for each in entries)


def written(file: Path) -> Mapping[str, Any]:
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(_LONGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read.", why=str(error)) from error
    if len(text) > _LONGEST:
        raise InvalidInput(f"{file} has more than {_LONGEST} characters.", fix="Shorten it.")
    import yaml  # for those who have such a file

    try:
        return _mapping(_words(text), str(file))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" Line {mark.line + 1} is not." if mark else ""
        raise InvalidInput(f"{file} is no YAML.{line}", fix="Mend it, or remove it.") from None


def _words(text: str) -> Any:
    """What is written there, all of it as words: a context may be called `7` or `on`.

    A name that stands twice is an error: the one that is read last may not be the one meant.
    """
    import yaml

    class LiteralLoader(yaml.SafeLoader):
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            names = [(key.tag, str(key.value)) for key, _ in node.value]
            if len(set(names)) < len(names):
                raise yaml.constructor.ConstructorError(
                    None, None, "a name stands twice", node.start_mark
                )
            return super().construct_mapping(node, deep)

    LiteralLoader.yaml_implicit_resolvers = {"<": yaml.SafeLoader.yaml_implicit_resolvers["<"]}
    return yaml.load(text, LiteralLoader)


def _refuse_misspelt(told: Mapping[str, Any], place: str, names: tuple[str, ...]) -> None:
    """`readonly` says something, and it would be the wrong thing to pass over it."""
    meant = {name.lower(): name for name in names}
    for each in told:
        name = meant.get(str(each).lower().replace("_", "").replace("-", ""))
        if name is not None and each != name:
            raise InvalidInput(f"{place}: {each} means nothing here.", fix=f"Write {name}.")


def _mapping(told: Any, place: str) -> Mapping[str, Any]:
    if told and not isinstance(told, dict):
        raise InvalidInput(f"{place} is no mapping.", fix="Write 'name: value', one a line.")
    return told or {}
