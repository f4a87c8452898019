"""What a pair's server holds, in words: `12.4 GiB`, and what it held when it began. Pure.

Said of a pair that goes on, by the last look of its simulator's half.
"""

from __future__ import annotations

from console.domain.board import PAIR_OVER, PairBoard
from console.domain.progress import MemoryUse
from console.presentation.tones import Line, Tone, text

_MIB = 1024
_MUCH = 8 * _MIB
"""More than the largest town needs beside what is loaded with it, in MiB."""


def of_pair(pair: PairBoard) -> MemoryUse | None:
    """The look that still says something of it."""
    return None if pair.status in PAIR_OVER else pair.memory


def has_grown(held: MemoryUse) -> bool:
    """By so much that no town explains it: it may go on until the kernel ends the server."""
    return held.used >= 2 * held.first and held.used - held.first >= _MUCH


def words(pair: PairBoard) -> str:
    """`server holds 12.4 GiB, 3.1 GiB when it began`; empty where nothing is known."""
    held = of_pair(pair)
    if held is None:
        return ""
    return f"server holds {_size(held.used)}, {_size(held.first)} when it began"


def short(pair: PairBoard) -> Line:
    """`12.4 GiB`, as a warning once it has grown."""
    held = of_pair(pair)
    if held is None:
        return ()
    tone = Tone.WARN if has_grown(held) else Tone.MUTED
    return text((_size(held.used), tone))


def _size(mib: int) -> str:
    return f"{mib} MiB" if mib < _MIB else f"{mib / _MIB:.1f} GiB"
