"""The limits of recordings as a user writes them: a small file, or the environment, which wins.

```
keep-days: 365            # since the end of a submission; or: unlimited
keep-size: 20GB           # of all recordings together; or: unlimited
announce-below: 1GB       # free on the disk
```
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.domain.sizes import in_bytes
from console.errors import InvalidInput
from console.operations.ports.recording_store import (
    DEFAULT_ANNOUNCED,
    DEFAULT_BYTES,
    DEFAULT_DAYS,
    Limits,
)

FILE = "recordings.yaml"
UNLIMITED = "unlimited"
DAYS, SIZE, ANNOUNCED = "keep-days", "keep-size", "announce-below"
VARIABLES = {
    DAYS: "CARLA_CONSOLE_KEEP_DAYS",
    SIZE: "CARLA_CONSOLE_KEEP_SIZE",
    ANNOUNCED: "CARLA_CONSOLE_ANNOUNCE_BELOW",
}
_LONGEST = 64 * 1024
_MOST_DAYS = 100_000


def read(path: Path, environ: Mapping[str, str]) -> Limits:
    """What is set, the usual where nothing is. Raises InvalidInput with the mistake's place."""
    told = {key: (str(value), f"{path}: {key}") for key, value in _written(path).items()}
    told |= {key: (environ[name], name) for key, name in VARIABLES.items() if environ.get(name, "")}
    return Limits(
        _days(*told[DAYS]) if DAYS in told else DEFAULT_DAYS,
        _size(*told[SIZE]) if SIZE in told else DEFAULT_BYTES,
        (_size(*told[ANNOUNCED]) or 0) if ANNOUNCED in told else DEFAULT_ANNOUNCED,
    )


def _written(path: Path) -> dict[str, Any]:
    import yaml  # for those who have such a file

    try:
        with path.open(encoding="utf-8") as file:
            told = yaml.safe_load(file.read(_LONGEST))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise InvalidInput(f"{path} cannot be read.", why=str(error), fix=_fix(path)) from error
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise InvalidInput(f"{path} is no mapping of limits.", fix=_fix(path))
    if strange := set(told) - set(VARIABLES):
        names = ", ".join(sorted(map(str, strange)))
        raise InvalidInput(f"{path} has what is no limit: {names}.", fix=_fix(path))
    return told


def _fix(path: Path) -> str:
    return f"{path} may have {', '.join(VARIABLES)}, each once; nothing is removed meanwhile."


def _days(text: str, place: str) -> float | None:
    if text == UNLIMITED:
        return None
    try:
        days = float(text)
    except ValueError:
        days = 0.0
    if not 0 < days < _MOST_DAYS:
        raise InvalidInput(
            f"{place} is no number of days: {text!r}.", fix=f"Say 365, 0.5 or {UNLIMITED}."
        )
    return days


def _size(text: str, place: str) -> int | None:
    if text == UNLIMITED:
        return None
    if (count := in_bytes(text)) is None:
        raise InvalidInput(f"{place} is no size: {text!r}.", fix=f"Say 20GB, 2Gi or {UNLIMITED}.")
    return count
