"""Whether a console may change anything in a context: a flag, or the user's settings of it.

```
# ~/.config/carla-console/config.yaml
readOnly: false
contexts:
  production: {readOnly: true}
```

A file that cannot be understood opens no console: it may have said that nothing is to be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from console import paths
from console.errors import ConsoleError, InvalidInput
from console.wiring.wanted import WantedCluster

_LONGEST = 64 * 1024
_KEY, _CONTEXTS = "readOnly", "contexts"
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
"""As YAML has them."""


def why_read_only(wanted: WantedCluster, context_of: Callable[[], str]) -> str:
    """In a sentence; empty where the console may write. Raises InvalidInput for a faulty file.

    `context_of`: asked for the context's name where the file says anything of contexts.
    """
    if wanted.read_only is not None:
        return "--readonly was given." if wanted.read_only else ""
    file = paths.settings() / "config.yaml"
    told = _written(file)
    if not told:
        return ""
    _refuse_misspelt(told, str(file), (_KEY, _CONTEXTS))
    context = context_of()
    of_context = f"{file}: {_CONTEXTS}.{context}"
    own = _mapping(told.get(_CONTEXTS), f"{file}: {_CONTEXTS}")
    entry = _mapping(own.get(context), of_context)
    _refuse_misspelt(entry, of_context, (_KEY,))
    if _KEY in entry:
        on = _switch(entry[_KEY], f"{of_context}.{_KEY}")
        return f"{file} says so of the context {context}." if on else ""
    on = _switch(told.get(_KEY, "false"), f"{file}: {_KEY}")
    return f"{file} says so of every context." if on else ""


def forbidden(wanted: WantedCluster, context_of: Callable[[], str]) -> str:
    """The same where no cluster answers: settings that nobody understands may have said so."""
    try:
        return why_read_only(wanted, context_of)
    except ConsoleError as error:
        return error.what


def _written(file: Path) -> Mapping[str, Any]:
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


def _switch(told: Any, place: str) -> bool:
    if (said := _SWITCHES.get(str(told).lower())) is None:
        raise InvalidInput(f"{place} is neither true nor false.", fix="Say true or false.")
    return said
