"""Ways in which a process leaves without tidying up. Owns nothing that outlives its time."""

import os
import signal
import sys
import time

LONG = 3600.0


def die() -> None:
    """As the kernel's OOM killer does it: no handler, no file, no output."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(LONG)


def leave(status: int) -> None:
    """End at once, without clean-up."""
    sys.stdout.flush()
    os._exit(status)


def fall_silent() -> None:
    """Print nothing and end never, until somebody kills the process."""
    while True:
        time.sleep(LONG)


def flood(lines: int) -> None:
    """Print `lines` lines at once, as an agent with debug output does."""
    for number in range(lines):
        text = "[agent] frame {}: throttle=0.{:02d} steer=-0.{:02d} brake=0.0\n"
        sys.stdout.write(text.format(number, number % 100, number % 37))
    sys.stdout.flush()


def escape(seconds: float) -> None:
    """Leave a child behind in a session of its own, with the evaluator's command line."""
    if os.fork() == 0:
        os.setsid()
        time.sleep(seconds)
        os._exit(0)
