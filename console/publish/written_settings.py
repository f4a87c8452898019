"""A file of settings in YAML as mappings: what it may say is known to its reader alone.

Errors name the place and what may stand there, and repeat nothing that stands there: it may be an
address or a token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from console.errors import InvalidInput

_LONGEST = 64 * 1024


def written(path: Path, *, until_then: str) -> Mapping[str, Any]:
    """What the file says, nothing where there is none. Raises InvalidInput.

    `until_then`: what does not happen while it cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LONGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read.", why=type(error).__name__) from error
    if len(text) > _LONGEST:
        # What comes behind would be passed over, and may be what counts.
        raise InvalidInput(f"{path} has more than {_LONGEST} characters.", fix="Shorten it.")
    import yaml  # for those who have such a file

    try:
        told = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" Line {mark.line + 1} is not." if mark else ""
        raise InvalidInput(f"{path} is no YAML.{line}", fix=f"Mend it; {until_then}.") from None
    return mapping(told, str(path))


def mapping(told: Any, place: str) -> Mapping[str, Any]:
    if told is not None and not isinstance(told, dict):
        raise InvalidInput(f"{place} is no mapping.", fix="Write 'name: value', one a line.")
    return told or {}


def demand_known(told: Mapping[str, Any], names: Iterable[str], place: str) -> None:
    """Raises InvalidInput for a key that is none of `names`."""
    allowed = tuple(names)
    if set(told) - set(allowed):
        raise InvalidInput(f"{place} has a key that means nothing there.", fix=there_is(allowed))


def there_is(names: Iterable[str]) -> str:
    return f"There is: {', '.join(str(each) for each in names)}."
