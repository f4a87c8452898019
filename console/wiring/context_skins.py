"""Which theme a context wears, as the user's settings say: production may be seen to be it.

```
# ~/.config/carla-console/config.yaml
skin: leaderboard-dark
contexts:
  production: {skin: leaderboard-light}
```
"""

from __future__ import annotations

from collections.abc import Callable

from console.errors import ConsoleError
from console.wiring.config_file import config_file, of_context, says, written

_KEY = "skin"


def skin_of(context_of: Callable[[], str]) -> str:
    """The name of a theme; empty where none is said. Reads files; sends nothing.

    What is wrong with them is told by who asks them whether something may be changed. `context_of`:
    asked for the context's name where the file says anything of skins.
    """
    try:
        file = config_file()
        told = written(file)
        if not says(told, _KEY):
            return ""
        own = of_context(told, file, context_of())
    except ConsoleError:
        return ""
    return str(own.get(_KEY) or told.get(_KEY) or "")
