"""What a terminal is told beside what it shows, in the form that it knows, and no name controls it."""

from __future__ import annotations

import pytest

from console.operations.ports.call_settings import Desktop
from console.tui.terminal_signals import desktop_notice, title

HOSTILE = "a\x1b]2;owned\x07;b\nc"


@pytest.mark.parametrize(
    ("kind", "environ", "told"),
    [
        (Desktop.AUTO, {"TERM": "xterm-256color"}, "\x1b]9;head: a;b c\x1b\\"),
        (Desktop.AUTO, {"TERM": "foot"}, "\x1b]777;notify;head;a;b c\x1b\\"),
        (
            Desktop.AUTO,
            {"TERM": "xterm", "VTE_VERSION": "7600"},
            "\x1b]777;notify;head;a;b c\x1b\\",
        ),
        (Desktop.AUTO, {"TERM": "linux"}, ""),
        (Desktop.AUTO, {}, ""),
        (Desktop.OFF, {"TERM": "xterm"}, ""),
        (Desktop.OSC777, {"TERM": "xterm"}, "\x1b]777;notify;head;a;b c\x1b\\"),
        (
            Desktop.OSC9,
            {"TERM": "tmux-256color", "TMUX": "/tmp/x"},
            "\x1bPtmux;\x1b\x1b]9;head: a;b c\x1b\x1b\\\x1b\\",
        ),
        (Desktop.OSC9, {"TERM": "screen", "STY": "1.x"}, "\x1bP\x1b]9;head: a;b c\x07\x1b\\"),
    ],
)
def test_a_desktop_notice_is_in_the_form_that_the_terminal_knows(
    kind: Desktop, environ: dict[str, str], told: str
) -> None:
    assert desktop_notice(kind, "head", HOSTILE, environ) == told


def test_a_name_cannot_leave_the_title() -> None:
    assert title(HOSTILE) == "\x1b]2;a;b c\x1b\\"
