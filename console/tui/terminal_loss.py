"""Leaving when the terminal goes away: a closed window, a lost ssh, an ended tmux.

The kernel tells only the session's leader about it. Under `make` that is not the console, which
would go on without a screen and keep the embedded cluster and its submissions alive.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Callable

SECONDS_TO_LEAVE = 5.0


def leave_with_terminal(descriptor: int, leave: Callable[[], object]) -> threading.Event:
    """Call `leave` once the terminal behind `descriptor` is gone; costs nothing until then.

    If the process has not ended soon after, it is ended by SIGHUP: a screen that cannot be drawn
    must not keep it. Setting the returned event says that it is about to end by itself.
    """
    ended = threading.Event()

    def watch() -> None:
        gone = select.poll()
        gone.register(descriptor, 0)
        gone.poll()
        leave()
        if not ended.wait(SECONDS_TO_LEAVE):
            os.kill(os.getpid(), signal.SIGHUP)

    threading.Thread(target=watch, name="terminal", daemon=True).start()
    return ended
