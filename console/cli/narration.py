"""Everything on stderr: what is going on and what went wrong. Never data."""

from __future__ import annotations

import sys

from console.errors import ConsoleError


def say(text: str) -> None:
    """One line of narration."""
    # Most commands have nothing to say, and the patterns take as long to compile as all flags.
    from console.domain.hostile_text import neutralise

    print(neutralise(text), file=sys.stderr, flush=True)


def complain(error: ConsoleError) -> None:
    """What happened, why, and what to do next; each on its own lines."""
    for label, text in (("error", error.what), ("why", error.why), ("next", error.fix)):
        for number, line in enumerate(text.splitlines()):
            say(f"{label}: {line}" if number == 0 else f"  {line}")
