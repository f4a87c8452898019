"""How much of the routes file a launch drives: complete of what was launched is not all of it.

Pure words and numbers; who has read the file is told them. Nothing is claimed where nobody has.
"""

from __future__ import annotations

KIND = "launch"
"""Of a problem that logcopy tells: nothing is wrong with the result, but it is not all."""


def left_out(launched: int | None, in_file: int | None) -> bool:
    """Whether the file is known to have routes that were not launched."""
    return launched is not None and in_file is not None and launched < in_file


def words(launched: int | None, in_file: int | None) -> str:
    """`20 of the file's 26 routes`; empty where all are launched, or nobody knows."""
    return f"{launched} of the file's {in_file} routes" if left_out(launched, in_file) else ""


def sentence(launched: int, in_file: int | None, *, complete: bool) -> str:
    """What a result has to say about it; empty where there is nothing."""
    told = words(launched, in_file)
    if not told:
        return ""
    return f"complete of what was launched: {told}" if complete else f"launched are {told}"
