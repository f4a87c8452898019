"""What a terminal is told beside what it shows: its title, its bell, a notice on the desktop. Pure.

The sequences only; names in them can control nothing. Who writes them, and when, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping

from console.domain.hostile_text import neutralise
from console.operations.ports.call_settings import Desktop

BELL = "\x07"
KEEP_TITLE, GIVE_TITLE_BACK = "\x1b[22;2t", "\x1b[23;2t"
"""Onto the terminal's own pile of titles, and from there again: nobody may ask it for its title."""
_LONGEST = 200
_END = "\x1b\\"
_SCREEN_BLOCK = 200
"""Characters that GNU screen passes through at once; it knows up to 256."""
_PREFER_777 = ("rxvt", "foot")
_KNOW_NONE = ("linux", "dumb", "")


def title(words: str) -> str:
    """The window's title, not the icon's. A terminal multiplexer takes it for its own pane."""
    return f"\x1b]2;{_plain(words)}{_END}"


def desktop_notice(kind: Desktop, headline: str, words: str, environ: Mapping[str, str]) -> str:
    """Empty where it is off, or where this terminal would print it."""
    kind = _fitting(kind, environ)
    if kind is Desktop.OFF:
        return ""
    if kind is Desktop.OSC777:
        # The semicolon ends its title.
        told = f"777;notify;{_plain(headline).replace(';', ',')};{_plain(words)}"
    else:
        told = f"9;{_plain(headline)}: {_plain(words)}"
    return _passed_on(f"\x1b]{told}{_END}", environ)


def _fitting(kind: Desktop, environ: Mapping[str, str]) -> Desktop:
    """What is not understood is passed over, but for terminals that understand no such thing."""
    if kind is not Desktop.AUTO:
        return kind
    name = environ.get("TERM", "")
    if name in _KNOW_NONE:
        return Desktop.OFF
    if name.startswith(_PREFER_777) or "VTE_VERSION" in environ:
        return Desktop.OSC777
    return Desktop.OSC9


def _passed_on(sequence: str, environ: Mapping[str, str]) -> str:
    """Past a multiplexer to the terminal around it; tmux does so once `allow-passthrough` is on."""
    if "TMUX" in environ:
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}{_END}"
    if "STY" in environ:
        # An end within would be taken for the end of what is passed on.
        whole = sequence.removesuffix(_END) + BELL
        blocks = (whole[at : at + _SCREEN_BLOCK] for at in range(0, len(whole), _SCREEN_BLOCK))
        return "".join(f"\x1bP{each}{_END}" for each in blocks)
    return sequence


def _plain(words: str) -> str:
    return neutralise(words.replace("\n", " ").replace("\t", " "))[:_LONGEST]
