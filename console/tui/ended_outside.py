"""Leaving when something else ends the console: a signal, or a terminal that goes away.

The app leaves as it does for a key, and the terminal is as before. An app that cannot leave, stuck
or slow, is ended all the same, and the terminal put in order for it. A thread of its own sees to
that; the bytes that a signal writes reach it even where the main thread is busy.

The kernel tells only the session's leader of a lost terminal. Under `make` that is not the console,
which would go on without a screen and keep the embedded cluster and its submissions alive.
"""

from __future__ import annotations

import os
import select
import signal
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
SECONDS_TO_LEAVE = 5.0
SECONDS_WHEN_ASKED_AGAIN = 1.0
_WRITE_SECONDS = 0.5
_MODES_OFF = "".join(f"\x1b[?{n}l" for n in (2026, 1000, 1003, 1015, 1006, 1016, 2004, 2048, 1004))
BACK_TO_NORMAL = f"{_MODES_OFF}\x1b[<u\x1b[?1049l\x1b[?7h\x1b[?25h\x1b[0m"
"""Mouse, paste, resize and focus reports off, keyboard protocol, screen, wrap, cursor, colour."""


class EndedOutside:
    """Watches from `with` to its end; `code` is the exit code once something has ended us.

    `leave(code)` is called from a thread of its own and may block. Signals that were ignored
    before, as under nohup, stay ignored.
    """

    def __init__(self, terminal: int, screen: int, leave: Callable[[int], object]) -> None:
        self.code = 0
        self._terminal, self._screen, self._leave = terminal, screen, leave
        self._drawn = True
        self._kept: dict[int, Any] = {}

    def __enter__(self) -> EndedOutside:
        self._modes = _modes(self._terminal)
        self._told, telling = os.pipe()
        os.set_blocking(telling, False)
        self._telling = telling
        self._before = signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._kept[number] = signal.signal(number, lambda *_: None)
        threading.Thread(target=self._watch, name="outside", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """The app has left. Ended from outside, the process has little time for the rest.

        One that an error of its own ended has not put the terminal in order.
        """
        self._drawn = False
        if kind is not None:
            with suppress(OSError, termios.error):
                self._restore()
        if not self.code:
            signal.set_wakeup_fd(self._before)
            for number, handler in self._kept.items():
                signal.signal(number, handler)
            os.write(self._telling, b"\0")

    def _watch(self) -> None:
        asked = self._next(None)
        if asked is None:
            return
        self.code = 128 + asked
        threading.Thread(target=self._leave, args=(self.code,), daemon=True).start()
        deadline = monotonic() + SECONDS_TO_LEAVE
        while (rest := deadline - monotonic()) > 0:
            if self._next(rest, terminal=False) is not None:
                deadline = min(deadline, monotonic() + SECONDS_WHEN_ASKED_AGAIN)
        self._end()

    def _next(self, seconds: float | None, *, terminal: bool = True) -> int | None:
        """The next of our signals; None at the end of the time, or of the watch."""
        until = None if seconds is None else monotonic() + seconds
        waiting = select.poll()
        waiting.register(self._told, select.POLLIN)
        if terminal:
            waiting.register(self._terminal, 0)
        while True:
            rest = None if until is None else max(until - monotonic(), 0) * 1000
            ready = dict(waiting.poll(rest))
            if not ready:
                return None
            if self._told not in ready:
                return signal.SIGHUP
            number = os.read(self._told, 1)[0]
            if number in self._kept:
                return number
            if not number:
                return None

    def _end(self) -> None:
        """The hard way, for an app that did not leave."""
        if self._drawn:
            writing = threading.Thread(target=self._restore, daemon=True)
            writing.start()
            writing.join(_WRITE_SECONDS)
        os._exit(self.code)

    def _restore(self) -> None:
        if self._modes is not None:
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._modes)
        os.write(self._screen, BACK_TO_NORMAL.encode())


def _modes(terminal: int) -> list[Any] | None:
    try:
        return termios.tcgetattr(terminal)
    except termios.error:
        return None
