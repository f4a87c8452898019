"""A command that is ended from outside: tidily, with the exit code 128 + the signal's number.

A signal that was ignored when we started stays so: `nohup` and a shell's `&` count on it.
asyncio is imported where there is something to await: loading it takes as long as a whole merge.
What is done within is done by classes: `contextlib` alone is a sixtieth of one, for every command.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Coroutine
from types import FrameType

from console.cli import narration

# A type checker alone knows `typing` here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeVar

    T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Interrupted(BaseException):
    """A signal asked the command to end. No error, so that nothing takes it for one."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """As a shell reports a process that the signal has ended."""
        return 128 + self.number

    def __str__(self) -> str:
        ours = self.number == signal.SIGINT
        return "interrupted" if ours else f"ended by {signal.Signals(self.number).name}"


class heeded:  # noqa: N801  it is read as what is done
    """Within, the signals raise Interrupted."""

    def __enter__(self) -> None:
        before = {number: signal.getsignal(number) for number in SIGNALS}
        self._before = {n: each for n, each in before.items() if each is not signal.SIG_IGN}
        for number in self._before:
            signal.signal(number, _interrupt)

    def __exit__(self, *_ended: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    raise Interrupted(number)


def run(work: Coroutine[Any, Any, T]) -> T:
    """asyncio.run, where a signal cancels the work: connections close before it ends.

    A second signal does not wait for that.
    """
    import asyncio

    caught: list[int] = []
    heed = [number for number in SIGNALS if signal.getsignal(number) is _interrupt]
    try:
        return asyncio.run(_heeding(work, heed, caught))
    except BaseException as error:
        if caught:
            raise Interrupted(caught[0]) from error
        raise
    finally:
        for number in heed:
            signal.signal(number, _interrupt)


async def _heeding(
    work: Coroutine[Any, Any, T], heed: list[signal.Signals], caught: list[int]
) -> T:
    import asyncio

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def end(number: int, _: FrameType | None) -> None:
        for each in heed:
            signal.signal(each, signal.SIG_DFL)
        caught.append(number)
        if _blocked:
            raise Interrupted(number)
        loop.call_soon_threadsafe(task.cancel)

    for number in heed:
        signal.signal(number, end)
    return await work


_blocked: list[None] = []


class blocking:  # noqa: N801  likewise
    """Within, work of `run` may wait for a reader of our output: a signal ends it at once."""

    def __enter__(self) -> None:
        _blocked.append(None)

    def __exit__(self, *_ended: object) -> None:
        _blocked.pop()


class telling:  # noqa: N801  likewise
    """Where the work within is cut short from outside: one line on what goes on without it."""

    def __init__(self, what_stays: Callable[[], str]) -> None:
        self._what_stays = what_stays

    def __enter__(self) -> None:
        """There is nothing to be told yet."""

    def __exit__(self, _kind: object, ended: BaseException | None, *_where: object) -> None:
        if ended is None:
            return
        import asyncio

        if isinstance(ended, asyncio.CancelledError | Interrupted):
            narration.say(self._what_stays())
