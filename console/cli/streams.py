"""The three standard streams as a program may find them: closed, full, unread, or no UTF-8."""

from __future__ import annotations

import io
import os
import sys


def prepare() -> None:
    """Every stream is there, and takes every character."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115  it stays open as long as we live
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115  likewise
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def abandon() -> None:
    """Nobody takes what we write: what is still in the buffers must not fail again at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
