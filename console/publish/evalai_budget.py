"""How many requests a minute EvalAI is asked by one token: one budget, whoever of this user asks.

EvalAI counts those of a minute by user, over all submissions and endpoints, and so do we: in a
small file, locked while it is read and written, shared by recorders and commands. Questions leave
a part of it to updates, so that many that are only watched keep no result waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from console.operations.ports.evalai import EvalAiBusy
from console.struct_library import decoder_of

REQUESTS, QUESTIONS = 60, 45
"""A minute: of both kinds, and of those that only ask."""
WINDOW = 61.0
"""Seconds: one more than EvalAI's, for what is longer on its way than the next."""
PATIENCE, HASTE = 10.0, 2.0
"""Seconds that a question waits, and an update: meanwhile the submission may be cancelled."""
_LOCK_TRIES, _LOCK_PAUSE = 40, 0.05
_LONGEST_CLOSED = 600.0
_LARGEST = 64 * 1024


class Spent(msgspec.Struct, frozen=True):
    """When requests were made, in seconds since the epoch, and until when none may be."""

    questions: tuple[float, ...] = ()
    updates: tuple[float, ...] = ()
    closed_until: float = 0.0

    def since(self, now: float) -> Spent:
        """What still counts. A clock that was set back makes no hour of waiting."""
        questions, updates = (
            tuple(sorted(at for at in told if now - WINDOW < at <= now))
            for told in (self.questions, self.updates)
        )
        closed = self.closed_until if self.closed_until - now <= _LONGEST_CLOSED else 0.0
        return Spent(questions, updates, closed)

    def wait(self, now: float, *, question: bool) -> float:
        """Seconds until one more may be made."""
        every = sorted(self.questions + self.updates)
        free = max(self.closed_until, _free_at(every, REQUESTS))
        if question:
            free = max(free, _free_at(self.questions, QUESTIONS))
        return max(0.0, free - now)

    def with_one(self, now: float, *, question: bool) -> Spent:
        if question:
            return msgspec.structs.replace(self, questions=(*self.questions, now))
        return msgspec.structs.replace(self, updates=(*self.updates, now))


def _free_at(made: tuple[float, ...] | list[float], most: int) -> float:
    return made[-most] + WINDOW if len(made) >= most else 0.0


class RequestBudget:
    """For all tokens of this user: each has a file in the folder, by a name that tells nothing."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._folder, self._now, self._sleep = folder, now, sleep

    async def take(self, token: str, *, question: bool) -> None:
        """One request; waits a little where there is none left. Raises EvalAiBusy."""
        until = self._now() + (PATIENCE if question else HASTE)
        while wait := await self._changed(token, lambda spent, now: _one(spent, now, question)):
            # Not taken: the caller may ask again later, and nothing of it has left this machine.
            if self._now() + wait > until:
                why = "EvalAI was asked as often as it allows in a minute."
                raise EvalAiBusy(why, wait, not_taken=True)
            await self._sleep(wait)

    async def close(self, token: str, seconds: float) -> None:
        """EvalAI has said that it will not answer for so long."""
        await self._changed(token, lambda spent, now: (_closed(spent, now + seconds), 0.0))

    async def _changed(
        self, token: str, change: Callable[[Spent, float], tuple[Spent, float]]
    ) -> float:
        name = f"evalai-{sha256(token.encode()).hexdigest()[:16]}.json"
        for _ in range(_LOCK_TRIES):
            try:
                # Never waits for the lock there: a process that was stopped with it would take a
                # thread with it.
                return await asyncio.to_thread(self._change, self._folder / name, change)
            except BlockingIOError:
                await self._sleep(_LOCK_PAUSE)
            except OSError as error:
                why = f"Its budget of requests cannot be kept: {error.strerror}."
                raise EvalAiBusy(why, not_taken=True) from None
        raise EvalAiBusy("Another process holds the budget of requests.", not_taken=True)

    def _change(self, place: Path, change: Callable[[Spent, float], tuple[Spent, float]]) -> float:
        with _locked(place) as descriptor:
            now = self._now()
            before = _read(descriptor)
            after, wait = change(before.since(now), now)
            if after != before:
                _write(descriptor, msgspec.json.encode(after))
        return wait


def _one(spent: Spent, now: float, question: bool) -> tuple[Spent, float]:
    wait = spent.wait(now, question=question)
    return (spent, wait) if wait else (spent.with_one(now, question=question), 0.0)


def _closed(spent: Spent, until: float) -> Spent:
    return msgspec.structs.replace(spent, closed_until=max(spent.closed_until, until))


@contextlib.contextmanager
def _locked(place: Path) -> Iterator[int]:
    """Its descriptor. Raises OSError; BlockingIOError while somebody else has it."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> Spent:
    """Nothing where it cannot be read: EvalAI counts too, and says so."""
    try:
        return decoder_of(Spent).decode(os.pread(descriptor, _LARGEST, 0))
    except ValueError:
        return Spent()


def _write(descriptor: int, text: bytes) -> None:
    """In its place: another file would have another lock."""
    os.pwrite(descriptor, text, 0)
    os.ftruncate(descriptor, len(text))
