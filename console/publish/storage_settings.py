"""Where files of submissions go by themselves, and which table is told: parts of `publishing.yaml`.

```
storage:
  to: s3://submissions/2026     # or a directory: a whole path, or one beside this file
  every: 60                     # seconds between two looks at one that goes on, at least
  endpoint: https://minio:9000  # of a bucket that is not Amazon's
dynamodb:
  table: submissions            # its region is found by AWS's own chain, as the login is
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from console.errors import InvalidInput
from console.operations.ports.publishing_settings import EVERY_SECONDS, StorageSettings
from console.publish.object_places import place_named
from console.publish.written_settings import demand_known, mapping

KEYS = ("storage", "dynamodb")
LEAST_SECONDS, MOST_SECONDS = 60, 24 * 3600
TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_STORAGE = ("to", "every", "endpoint")


def storage_settings(told: Mapping[str, Any], file: Path) -> StorageSettings | None:
    """None where the file has no such part. Raises InvalidInput with the field."""
    if "storage" not in told:
        return None
    place = f"{file}: storage"
    storage = mapping(told["storage"], place)
    demand_known(storage, _STORAGE, place)
    to, endpoint = storage.get("to"), storage.get("endpoint")
    if not isinstance(to, str) or not to or not to.isprintable():
        raise InvalidInput(
            f"{place}.to names no place.", fix="Write s3://BUCKET/PREFIX, or a directory."
        )
    if endpoint is not None and not isinstance(endpoint, str):
        raise InvalidInput(f"{place}.endpoint is no address.", fix="Write https://HOST:PORT.")
    try:
        named = place_named(to, endpoint, within=file.parent)
    except InvalidInput as wrong:
        what = f"{place}: {wrong.what.replace('--endpoint', 'endpoint')}"
        raise InvalidInput(what, why=wrong.why, fix=wrong.fix) from wrong
    every = _seconds(storage.get("every", EVERY_SECONDS), f"{place}.every")
    return replace(named, seconds=every)


def table_name(told: Mapping[str, Any], file: Path) -> str:
    """Empty where the file has no such part. Raises InvalidInput with the field."""
    if "dynamodb" not in told:
        return ""
    place = f"{file}: dynamodb"
    dynamodb = mapping(told["dynamodb"], place)
    demand_known(dynamodb, ("table",), place)
    table = dynamodb.get("table")
    if not isinstance(table, str) or not TABLE.fullmatch(table):
        raise InvalidInput(
            f"{place}.table names no table.",
            fix="It has 3 to 255 letters, digits, dots, dashes and underscores.",
        )
    return table


def _seconds(told: Any, place: str) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        told = 0
    if not LEAST_SECONDS <= told <= MOST_SECONDS:
        raise InvalidInput(
            f"{place} is no time between two looks.",
            fix=f"Write seconds, from {LEAST_SECONDS} to {MOST_SECONDS}.",
        )
    return float(told)
