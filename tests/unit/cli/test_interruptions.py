"""A signal while a command works: the work lets go first, a second one waits for nothing."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from console.cli import interruptions
from console.cli.interruptions import Interrupted


def ourselves(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", interruptions.SIGNALS, ids=lambda each: each.name)
def test_a_signal_is_raised_as_what_ended_the_command(number: signal.Signals) -> None:
    with pytest.raises(Interrupted) as ended, interruptions.heeded():
        ourselves(number)
    assert ended.value.exit_code == 128 + number


def test_afterwards_signals_mean_what_they_meant_before() -> None:
    before = [signal.getsignal(number) for number in interruptions.SIGNALS]
    with interruptions.heeded():
        assert signal.getsignal(signal.SIGTERM) is not before[1]
    assert [signal.getsignal(number) for number in interruptions.SIGNALS] == before


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptions.heeded():
            ourselves(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_cancels_work_which_lets_go_before_the_command_ends() -> None:
    let_go: list[str] = []

    async def work() -> None:
        try:
            ourselves(signal.SIGTERM)
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            let_go.append("connection closed")

    with pytest.raises(Interrupted) as ended, interruptions.heeded():
        interruptions.run(work())
    assert (ended.value.number, let_go) == (signal.SIGTERM, ["connection closed"])


def test_work_that_ends_in_time_has_its_answer() -> None:
    async def work() -> str:
        return "done"

    with interruptions.heeded():
        assert interruptions.run(work()) == "done"


def test_what_goes_wrong_without_a_signal_is_told_as_it_is() -> None:
    async def work() -> None:
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"), interruptions.heeded():
        interruptions.run(work())


def test_what_goes_wrong_while_letting_go_does_not_hide_the_signal() -> None:
    async def work() -> None:
        ourselves(signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("the connection was gone")

    with pytest.raises(Interrupted) as ended, interruptions.heeded():
        interruptions.run(work())
    assert isinstance(ended.value.__cause__, ValueError)


def test_where_our_output_waits_for_its_reader_a_signal_ends_at_once() -> None:
    reached: list[str] = []

    async def work() -> None:
        with interruptions.blocking():
            ourselves(signal.SIGTERM)
            reached.append("written")

    with pytest.raises(Interrupted), interruptions.heeded():
        interruptions.run(work())
    assert reached == []


@pytest.mark.parametrize("error", [Interrupted(15), asyncio.CancelledError()])
def test_what_goes_on_without_the_command_is_told_where_it_is_cut_short(
    capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    with pytest.raises(type(error)), interruptions.telling(lambda: "demo goes on"):
        raise error
    assert capsys.readouterr().err == "demo goes on\n"


def test_a_command_that_ends_by_itself_tells_nothing_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with interruptions.telling(lambda: "demo goes on"):
        pass
    with pytest.raises(ValueError), interruptions.telling(lambda: "demo goes on"):
        raise ValueError
    assert capsys.readouterr().err == ""
