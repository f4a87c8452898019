"""How much memory a pair's server holds, as the simulator's half says in its status file. Pure.

See memory_use.sh. The agents' containers can write such a file too: what is no figure is nothing.
Of another attempt than the present one it says nothing.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

_FILE = re.compile(r"attempt=(\d{1,6}) t=(\d{1,11}) used=(\d{1,8}) first=(\d{1,8})\s*")


@dataclass(frozen=True)
class MemoryReading:
    """One look, in MiB; its moment in epoch seconds."""

    t: int
    used: int
    first: int
    """When the server had begun to listen."""

    def told(self, pair: int) -> dict[str, Any]:
        """As it stands in a snapshot."""
        return dict(asdict(self), pair=pair)


def memory_reading(text: str, attempt: int) -> MemoryReading | None:
    """What that file's text says of that attempt; None for anything else."""
    match = _FILE.fullmatch(text)
    if not match or int(match.group(1)) != attempt:
        return None
    t, used, first = (int(word) for word in match.groups()[1:])
    return MemoryReading(t, used, first)
