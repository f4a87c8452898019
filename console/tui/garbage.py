"""When the garbage collector may run: not while frames are drawn. Owns the process's GC policy.

A full collection of a grown Textual app is a pause of 40 to 200 ms. What exists after the first
paint lives as long as the app, so it is frozen out of every later collection. It is not looked
through for rubbish before that: there is next to none, and the first rows would wait for the look.

Only where `hold` was called before: an app inside another program leaves that one's policy alone.
"""

from __future__ import annotations

import gc


def hold() -> None:
    """No collection while everything is imported and built: all of it lives on anyway."""
    gc.disable()


def settle() -> None:
    """Freeze what exists now; from here on the collecting is ours."""
    if _held():
        gc.freeze()


def young() -> None:
    """The collection of every second: only what was made lately."""
    if _held():
        gc.collect(1)


def whole() -> None:
    """Everything not frozen: some tens of milliseconds, so once a minute is often enough."""
    if _held():
        gc.collect()


def release() -> None:
    """Back to the interpreter's own policy."""
    if _held():
        gc.unfreeze()
        gc.enable()


def _held() -> bool:
    return not gc.isenabled()
