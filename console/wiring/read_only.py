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

from collections.abc import Callable
from typing import Any

from console.errors import ConsoleError, InvalidInput
from console.wiring.config_file import config_file, of_context, place_of, written
from console.wiring.wanted import WantedCluster

_KEY = "readOnly"
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
"""As YAML has them."""


def why_read_only(wanted: WantedCluster, context_of: Callable[[], str]) -> str:
    """In a sentence; empty where the console may write. Raises InvalidInput for a faulty file.

    `context_of`: asked for the context's name where the file says anything of contexts.
    """
    if wanted.read_only is not None:
        return "--readonly was given." if wanted.read_only else ""
    file = config_file()
    told = written(file)
    if not told:
        return ""
    context = context_of()
    entry = of_context(told, file, context)
    if _KEY in entry:
        on = _switch(entry[_KEY], f"{place_of(file, context)}.{_KEY}")
        return f"{file} says so of the context {context}." if on else ""
    on = _switch(told.get(_KEY, "false"), f"{file}: {_KEY}")
    return f"{file} says so of every context." if on else ""


def forbidden(wanted: WantedCluster, context_of: Callable[[], str]) -> str:
    """The same where no cluster answers: settings that nobody understands may have said so."""
    try:
        return why_read_only(wanted, context_of)
    except ConsoleError as error:
        return error.what


def _switch(told: Any, place: str) -> bool:
    if (said := _SWITCHES.get(str(told).lower())) is None:
        raise InvalidInput(f"{place} is neither true nor false.", fix="Say true or false.")
    return said
