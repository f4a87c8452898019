"""msgspec, loaded in two thirds of its time. Knows no value.

It asks `typing_extensions` for three names, and takes them from `typing` where there is none.
Python 3.11 has them; importing all the others takes half as long as msgspec itself.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

__all__ = ["msgspec"]

_NAME = "typing_extensions"


@contextlib.contextmanager
def _missing() -> Iterator[None]:
    """Within, importing it fails; who has it already keeps it."""
    if _NAME in sys.modules:
        yield
        return
    sys.modules[_NAME] = None  # type: ignore[assignment]  # as Python writes down a missing one
    try:
        yield
    finally:
        del sys.modules[_NAME]


with _missing():
    import msgspec
