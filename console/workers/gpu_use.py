"""How busy a pair's GPU is, as the simulator's half says in its status file (gpu_use.sh). Pure.

The agents' containers can write such a file too: every figure is bounded, and what is no figure is
None. Of another attempt than the present one it says nothing.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

_NUMBER = r"(-|\d{1,7})"
_FILE = re.compile(
    rf"attempt=(\d{{1,6}}) t=(\d{{1,11}}) util={_NUMBER} used={_NUMBER} total={_NUMBER} "
    rf"temp={_NUMBER} power={_NUMBER} idle={_NUMBER} elsewhere=(-|[A-Za-z0-9-]{{1,60}})\s*"
)
_ALL = 100
"""Percent."""


@dataclass(frozen=True)
class GpuReading:
    """One look; memory in MiB, power in W, temperature in degrees C, moment in epoch seconds."""

    t: int
    util: int | None
    used: int | None
    total: int | None
    temp: int | None
    power: int | None
    idle: int | None
    """Seconds since the first of the last looks that all found it idle; 0 where it was busy."""
    elsewhere: str | None = None
    """The UUID of another GPU, of which the simulator holds more than of its own."""

    def told(self, pair: int) -> dict[str, Any]:
        """As it stands in a snapshot; where the simulator is, stands among the problems."""
        payload = dict(asdict(self), pair=pair)
        del payload["elsewhere"]
        return payload


def gpu_reading(text: str, attempt: int) -> GpuReading | None:
    """What that file's text says of that attempt; None for anything else."""
    match = _FILE.fullmatch(text)
    if not match or int(match.group(1)) != attempt:
        return None
    figures = [None if word == "-" else int(word) for word in match.groups()[2:8]]
    util, used, total, temp, power, idle = figures
    if util is not None and util > _ALL:
        util = idle = None
    if used is None or not total or used > total:
        used = total = None
    where = match.group(9)
    elsewhere = None if where == "-" else where
    return GpuReading(int(match.group(2)), util, used, total, temp, power, idle, elsewhere)
