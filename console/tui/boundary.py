"""What happens to an error that reached a screen: a calm sentence, and a log file for the rest."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from pathlib import Path

from console import paths
from console.errors import ConsoleError


def explained(error: BaseException) -> ConsoleError:
    """The error as what, why and what next; an unexpected one is written to the log first."""
    if isinstance(error, ConsoleError):
        return error
    file = record(error)
    return ConsoleError(
        "Something went wrong inside the console.",
        why="It is a fault of the program; your submissions are not affected.",
        fix=f"The details are in {file}. Please report them.",
    )


def record(error: BaseException) -> Path:
    """Append the traceback, without local variables, to the console's log; its path."""
    folder = paths.own_logs()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "console.log"
    lines = traceback.format_exception(error)
    with file.open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{''.join(lines)}\n")
    return file
