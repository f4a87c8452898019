"""msgspec, loaded in two thirds of its time, and asked for one decoder at a time. Knows no value.

It asks `typing_extensions` for three names, and takes them from `typing` where there is none.
Python 3.11 has them; importing all the others takes half as long as msgspec itself.

The first decoder of a struct looks its fields up and runs Python for it. A second thread that asks
meanwhile finds the struct half known, and the process ends with a segmentation fault (msgspec
0.22). So whoever reads JSON into a type gets his decoder here.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar, cast

__all__ = ["decoder_of", "fitted", "msgspec"]

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


Shape = TypeVar("Shape")
Hook = Callable[[type, Any], Any]

_turn = threading.Lock()


def decoder_of(shape: type[Shape], hook: Hook | None = None) -> msgspec.json.Decoder[Shape]:
    """The one of JSON into that type; `hook` makes what JSON has no word for. For any thread."""
    with _turn:
        return cast("msgspec.json.Decoder[Shape]", _decoder(cast(Any, shape), hook))


@functools.cache
def _decoder(shape: Hashable, hook: Hook | None) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast(Any, shape), dec_hook=hook)


def fitted(value: Any, shape: type[Shape], hook: Hook | None = None) -> Shape:
    """Plain lists and dicts as that type. Raises msgspec.ValidationError."""
    decoder_of(shape, hook)
    return msgspec.convert(value, shape, dec_hook=hook)
