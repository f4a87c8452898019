"""Starting a recorder that no logout ends, and telling why one did not start.

It leaves the terminal's session and its caller's family; its words go into its log. A pipe that it
inherits says when it answers, or, by its end, that it never will.
"""

from __future__ import annotations

import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TextIO

from console.errors import ConsoleError
from console.operations.ports.recorder_process import ProcessState
from console.recorder_process.asking import ask
from console.recorder_process.messages import Inquiry
from console.recorder_process.recorder_folder import ProcessFolder

START_SECONDS = 30.0
ANSWER_SECONDS = 5.0
READY = b"answers\n"
_LOOK_EVERY = 0.02
_LOG_LINES = 6
_LONGEST_LOG = 1024 * 1024


def start(
    folder: ProcessFolder, arguments: Sequence[str], environment: Mapping[str, str]
) -> ProcessState:
    """Its state once it answers. `arguments` follow the program. Raises ConsoleError.

    Of several that are started at once one stays, and answers them all.
    """
    try:
        folder.make()
        said_before = _size(folder)
        _begin(folder, arguments, environment)
    except OSError as error:
        told = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise _not_started(told) from error
    state = _answering(folder)
    if state is None:
        raise _not_started(_last_words(folder, said_before))
    return state


def _answering(folder: ProcessFolder) -> ProcessState | None:
    """The one that ours left the lock to may still be connecting."""
    deadline = time.monotonic() + START_SECONDS
    while (state := state_of(folder)) is None and folder.taken:
        if time.monotonic() > deadline:
            break
        time.sleep(_LOOK_EVERY)
    return state


def _not_started(why: str) -> ConsoleError:
    return ConsoleError(
        "The recorder did not start, so that logs are recorded only while a console is open.",
        why=why or "It gave no reason.",
        fix="Try it where its words are seen: carla-console record --foreground",
    )


def _begin(folder: ProcessFolder, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Start it, and wait until it answers, has ended, or START_SECONDS are over."""
    hears, tells = os.pipe()
    try:
        _spawn(folder, [*arguments, "--detached", str(tells)], environment, tells)
    finally:
        os.close(tells)
    try:
        select.select([hears], [], [], START_SECONDS)
    finally:
        os.close(hears)


def _spawn(
    folder: ProcessFolder, arguments: list[str], environment: Mapping[str, str], tells: int
) -> None:
    keep = os.O_APPEND if _size(folder) < _LONGEST_LOG else os.O_TRUNC
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | keep
    log = os.open(folder.log, flags, 0o600)
    try:
        # What is waited for leaves at once, with the recorder as an orphan: see `detach`.
        subprocess.run(
            [sys.executable, "-m", "console", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=dict(environment),
            start_new_session=True,
            pass_fds=(tells,),
            check=False,
        )
    finally:
        os.close(log)


def detach(tells: int) -> None:
    """Leave whoever started us: no terminal, no session, no parent that has to wait for us.

    Called before anything else runs, for one thread alone survives it.
    """
    if os.fork():
        os._exit(0)
    os.umask(0o077)
    logging.getLogger().addHandler(_BoundedLog(sys.stderr))
    # What we start must not hold the pipe open when we have ended.
    os.set_inheritable(tells, False)


class _BoundedLog(logging.StreamHandler[TextIO]):
    """What runs for months on a bad line says much: a long log begins anew."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        # It is open for appending, so that the next word is at its beginning then.
        if os.fstat(self.stream.fileno()).st_size > _LONGEST_LOG:
            os.ftruncate(self.stream.fileno(), 0)
        super().emit(record)


def answers(tells: int) -> None:
    """Tell whoever started us, if that one still listens."""
    try:
        os.write(tells, READY)
    except BrokenPipeError:
        pass
    finally:
        os.close(tells)


def state_of(folder: ProcessFolder) -> ProcessState | None:
    """What the recorder there says of itself. Raises OtherProtocol."""
    if not folder.taken:
        return None
    answer = ask(folder, Inquiry("state"), seconds=ANSWER_SECONDS)
    return answer.state if answer is not None else None


def wait_for_end(folder: ProcessFolder, seconds: float) -> bool:
    """Whether its lock is free by then."""
    deadline = time.monotonic() + seconds
    while folder.taken:
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY)
    return True


def _size(folder: ProcessFolder) -> int:
    return folder.log.stat().st_size if folder.log.exists() else 0


def _last_words(folder: ProcessFolder, start: int) -> str:
    try:
        with folder.log.open("rb") as file:
            file.seek(start)
            lines = file.read(_LONGEST_LOG).decode(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-_LOG_LINES:])
