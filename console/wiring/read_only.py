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
from console.errors import InvalidInput
from console.wiring.wanted import WantedCluster

_LONGEST = 64 * 1024
_KEY, _CONTEXTS = "readOnly", "contexts"


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
    context = context_of()
    own = _mapping(told.get(_CONTEXTS), f"{file}: {_CONTEXTS}")
    of_context = f"{file}: {_CONTEXTS}.{context}"
    if (entry := own.get(context)) is not None and _KEY in _mapping(entry, of_context):
        on = _switch(entry[_KEY], f"{of_context}.{_KEY}")
        return f"{file} says so of the context {context}." if on else ""
    on = _switch(told.get(_KEY, False), f"{file}: {_KEY}")
    return f"{file} says so of every context." if on else ""


def _written(file: Path) -> Mapping[str, Any]:
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(_LONGEST)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read.", why=str(error)) from error
    import yaml  # for those who have such a file

    try:
        return _mapping(yaml.safe_load(text), str(file))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" Line {mark.line + 1} is not." if mark else ""
        raise InvalidInput(f"{file} is no YAML.{line}", fix="Mend it, or remove it.") from None


def _mapping(told: Any, place: str) -> Mapping[str, Any]:
    if told is not None and not isinstance(told, dict):
        raise InvalidInput(f"{place} is no mapping.", fix="Write 'name: value', one a line.")
    return told or {}


def _switch(told: Any, place: str) -> bool:
    if not isinstance(told, bool):
        raise InvalidInput(f"{place} is neither true nor false.", fix="Say true or false.")
    return told
