"""Publishing as a user sets it: `publishing.yaml`. Errors name the field and what it may be.

```
evalai:
  challenges: [2098]            # whose submissions are published; no other is
  token-file: evalai-token      # where the token of a host of these challenges is: `token_settings`
  server: https://eval.ai       # the usual
  every: 60                     # seconds between two partial results, at least
```

What `intake_settings` reads of submissions that come from there stands below `evalai` too; of the
file's other parts tells `storage_settings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.errors import InvalidInput
from console.operations.ports.publishing_settings import (
    EVALAI,
    EVERY_SECONDS,
    EvalAiSettings,
    PublishingSettings,
)
from console.publish.evalai_address import server_address
from console.publish.intake_settings import KEYS as INTAKE_KEYS
from console.publish.intake_settings import intake_settings
from console.publish.storage_settings import KEYS as STORAGE_KEYS
from console.publish.storage_settings import storage_settings, table_name
from console.publish.token_settings import TOKEN_KEYS, token_place
from console.publish.written_settings import demand_known, mapping, written

FILE = "publishing.yaml"
LEAST_SECONDS, MOST_SECONDS = 10, 24 * 3600
_KEYS = ("challenges", *TOKEN_KEYS, "server", "every", *INTAKE_KEYS)
_MOST_CHALLENGES = 100
_MOST_NUMBER = 10**9


class PublishingOnDisk:
    """See `operations.ports.publishing_settings`."""

    def __init__(self, folder: Path) -> None:
        """`folder`: of the user's settings."""
        self.file = folder / FILE

    def settings(self) -> PublishingSettings:
        told = written(self.file, until_then="nothing is published")
        demand_known(told, ("evalai", *STORAGE_KEYS), str(self.file))
        return PublishingSettings(
            self._evalai(told) if "evalai" in told else None,
            storage_settings(told, self.file),
            table_name(told, self.file),
        )

    def _evalai(self, told: Mapping[str, Any]) -> EvalAiSettings:
        place = f"{self.file}: evalai"
        evalai = mapping(told["evalai"], place)
        demand_known(evalai, _KEYS, place)
        return _evalai(evalai, place, self.file.parent)


def _evalai(told: Mapping[str, Any], place: str, folder: Path) -> EvalAiSettings:
    return EvalAiSettings(
        token_place(told, place, folder),
        _challenges(told.get("challenges"), f"{place}.challenges"),
        server_address(told.get("server", EVALAI), f"{place}.server"),
        _seconds(told.get("every", EVERY_SECONDS), f"{place}.every"),
        intake_settings(told, place),
    )


def _challenges(told: Any, place: str) -> frozenset[int]:
    numbers = told if isinstance(told, list) else [told]
    if not 0 < len(numbers) <= _MOST_CHALLENGES or not all(map(_is_number, numbers)):
        raise InvalidInput(
            f"{place} is no list of challenges.", fix="Write their numbers at EvalAI: [2098]"
        )
    return frozenset(numbers)


def _is_number(each: Any) -> bool:
    return isinstance(each, int) and not isinstance(each, bool) and 0 < each <= _MOST_NUMBER


def _seconds(told: Any, place: str) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        told = 0
    if not LEAST_SECONDS <= told <= MOST_SECONDS:
        raise InvalidInput(
            f"{place} is no time between two partial results.",
            fix=f"Write seconds, from {LEAST_SECONDS} to {MOST_SECONDS}: "
            "all submissions share 60 requests a minute.",
        )
    return float(told)
