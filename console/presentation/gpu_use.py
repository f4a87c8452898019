"""How busy a pair's GPU is, in words: `87 % 9.1/22.5 GiB 64°C`. Pure.

Said of a pair that goes on, by the last look of its simulator's half; its age is said once it is
old. What that look did not tell is `?`, and where nobody can look nothing is said.
"""

from __future__ import annotations

from datetime import datetime

from console.domain.board import PAIR_OVER, PairBoard, PairStatus
from console.domain.progress import GpuUse
from console.domain.spans import age, duration
from console.presentation.tones import Line, Tone, text, width_of

_OLD = 90.0
"""Seconds: a half looks every 15 s, and logcopy tells at least every 30 s."""
_IDLES = 60
"""Seconds at 0 % after which a card beside a pair that drives is worth a look: a route is loaded,
and an agent set up, in less."""
_MIB = 1024


def of_pair(pair: PairBoard) -> GpuUse | None:
    """The look that still says something of it."""
    return None if pair.status in PAIR_OVER else pair.gpu_use


def idles(pair: PairBoard) -> bool:
    """It drives beside a card that does nothing."""
    use = of_pair(pair)
    driving = pair.status is PairStatus.DRIVING
    return bool(driving and use and use.idle is not None and use.idle >= _IDLES)


def line(pair: PairBoard, now: datetime | None, width: int) -> Line:
    """As much of it as fits, the load and the age of what is old before all else; else nothing."""
    use = of_pair(pair)
    if use is None:
        return ()
    tone = Tone.WARN if idles(pair) else Tone.MUTED
    forms = (
        (load(pair), memory(use), heat(use)),
        (load(pair), memory(use)),
        (load(pair),),
        (load(pair, short=True),),
    )
    for form in forms:
        told = text((" ".join((*form, *_age(use, now))), tone))
        if width_of(told) <= width:
            return told
    return ()


def words(pair: PairBoard, now: datetime | None) -> str:
    """All of it, for a line of its own; empty where nothing is known."""
    use = of_pair(pair)
    if use is None:
        return ""
    power = f"{_or_unknown(use.power)} W"
    return " ".join((load(pair), memory(use), heat(use), power, *_age(use, now)))


def load(pair: PairBoard, *, short: bool = False) -> str:
    """`87 %`; `idle 3m10s` of a card that does nothing beside a pair that drives."""
    use = pair.gpu_use
    if use is None or use.idle is None or not idles(pair):
        return f"{_or_unknown(use.util if use else None)} %"
    return "idle" if short else f"idle {duration(use.idle)}"


def memory(use: GpuUse) -> str:
    """`9.1/22.5 GiB`, `? GiB`."""
    if use.used is None or use.total is None:
        return "? GiB"
    return f"{use.used / _MIB:.1f}/{use.total / _MIB:.1f} GiB"


def heat(use: GpuUse) -> str:
    """`64°C`."""
    return f"{_or_unknown(use.temp)}°C"


def _age(use: GpuUse, now: datetime | None) -> tuple[str, ...]:
    old = now is not None and (now - use.at).total_seconds() > _OLD
    return (f"{age(use.at, now)} ago",) if now is not None and old else ()


def _or_unknown(figure: int | None) -> str:
    return "?" if figure is None else f"{figure}"
