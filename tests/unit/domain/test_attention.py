"""Which pairs are silent, by what they last said and the limits of their own Job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fakes.boards import NOW, board
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.domain.attention import Attention, Lag, attention, attention_changes
from console.domain.board import BoardSnapshot, PairStatus
from console.domain.events import LastLine
from console.domain.folding import fold
from console.domain.submission import HangLimits
from console.domain.ticks import Tick, tick_of

TICK_2 = "=== [Agent] -- Wallclock = 2026-11-22 10:07:12.345 -- System time = 812.100"
TICK_2 += " -- Game time = 315.300 -- Ratio = 0.388x"
TICK_1 = "======[Agent] Wallclock_time = 2026-11-22 10:07:12.3 / 812.1 / Sim_time = 315.3 / 0.388x"


def at_work(**changes: Any) -> BoardSnapshot:
    """One pair that drives, and said something just now."""
    told = {"last_sign": NOW, "agent_sign": NOW, "since": NOW - timedelta(hours=1), **changes}
    return replace(board(), pairs=(replace(board().pairs[0], **told),))


def after(seconds: float, **changes: Any) -> tuple[Attention, ...]:
    return attention(at_work(**changes), NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("seconds", "lag"), [(119, None), (120, Lag.SILENT), (299, Lag.SILENT), (300, Lag.STALLED)]
)
def test_a_pair_that_writes_nothing_is_silent_and_then_stalled(
    seconds: float, lag: Lag | None
) -> None:
    assert [each.lag for each in after(seconds)] == ([lag] if lag else [])


def test_a_silent_evaluator_counts_to_the_limit_of_its_own_job() -> None:
    [silent] = after(30, limits=HangLimits(idle=100.0))
    assert (silent.lag, silent.since, silent.limit) == (Lag.SILENT, NOW, 100.0)
    assert after(50, limits=HangLimits(idle=100.0))[0].lag is Lag.STALLED


def test_a_simulator_that_goes_on_writing_makes_no_evaluator_speak() -> None:
    [silent] = after(200, last_sign=NOW + timedelta(seconds=199))
    assert silent.since == NOW


def test_an_agent_that_writes_while_its_route_s_time_stands_still_is_not_well() -> None:
    tick = Tick(NOW, 812.1, 315.3, 0.388)
    talking = {"agent_sign": NOW + timedelta(seconds=149), "tick": tick}
    [still] = after(150, **talking)
    assert (still.lag, still.since, still.limit, still.stands) == (Lag.SILENT, NOW, 400.0, True)
    assert after(200, **talking)[0].lag is Lag.STALLED


def test_the_limit_that_ends_it_first_is_the_one_that_counts() -> None:
    """A route that runs in silence is ended for its time, not for its silence."""
    [silent] = after(150, tick=Tick(NOW, 1.0, 1.0, 1.0))
    assert (silent.limit, silent.stands) == (400.0, False)


def test_what_it_said_before_its_route_began_is_no_silence_of_it() -> None:
    assert after(130, since=NOW + timedelta(seconds=60)) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"status": PairStatus.DONE},
        {"status": PairStatus.BACKING_OFF},
        {"last_sign": None, "agent_sign": None},
    ],
)
def test_of_a_pair_that_has_nothing_to_say_or_never_spoke_nothing_is_told(
    changes: dict[str, Any],
) -> None:
    assert after(9000, **changes) == ()


def test_what_is_not_live_tells_no_silence() -> None:
    stale = replace(at_work(), live=False)
    assert attention(stale, NOW + timedelta(hours=1)) == ()
    assert attention_changes(stale, NOW) is None


@given(st.integers(0, 1000))
def test_between_two_turns_the_same_is_told(limit: int) -> None:
    shown = at_work(limits=HangLimits(idle=float(limit) or None))
    turn = attention_changes(shown, NOW)
    assert turn is not None
    before = turn - timedelta(microseconds=1)
    assert attention(shown, NOW) == attention(shown, before)
    assert attention(shown, before) != attention(shown, turn)


@pytest.mark.parametrize("line", [TICK_1, TICK_2])
def test_both_versions_tell_how_fast_simulated_time_passes(line: str) -> None:
    assert tick_of(line, NOW) == Tick(NOW, 812.1, 315.3, 0.388)


@pytest.mark.parametrize("line", ["Wallclock", "System time = x -- Game time", TICK_2[:60]])
def test_what_is_no_whole_tick_is_none(line: str) -> None:
    assert tick_of(line, NOW) is None


def test_the_newest_tick_stays_until_the_route_stops() -> None:
    def say(shown: BoardSnapshot, text: str, seconds: int) -> BoardSnapshot:
        said = NOW + timedelta(seconds=seconds)
        return fold(shown, LastLine(said, "agent-1", text, said))

    ticking = say(say(at_work(), TICK_2, 1), "a word of the team", 2)
    [pair] = ticking.pairs
    assert pair.tick is not None
    assert (pair.tick.at, pair.agent_sign) == (
        NOW + timedelta(seconds=1),
        NOW + timedelta(seconds=2),
    )
    assert say(ticking, "\x1b[1m> Stopping the route\x1b[0m", 3).pairs[0].tick is None


def test_a_tick_from_before_its_route_began_is_another_route_s() -> None:
    late = LastLine(NOW, "agent-1", TICK_2, NOW - timedelta(seconds=38))
    begun = at_work(since=NOW - timedelta(seconds=6), since_exact=True)
    assert fold(begun, late).pairs[0].tick is None
    # Where only a bound of its begin is known, it may be its own.
    bound = at_work(since=NOW - timedelta(seconds=6), since_exact=False)
    assert fold(bound, late).pairs[0].tick is not None
