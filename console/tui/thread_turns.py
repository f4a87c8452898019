"""How long another thread may keep the screens' one waiting. Owns the process's switch interval.

A thread that computes gives the interpreter up when it is asked to, after the interval. Whoever
draws a frame gives it up at a read of a file, and may have to ask anew: a few reads beside a search
take 5 ms with the usual interval, and 1 ms with this one.
"""

from __future__ import annotations

import sys

SHORT = 0.001
"""Seconds."""


def shorten() -> None:
    """For a process that shows screens to its end."""
    sys.setswitchinterval(SHORT)
