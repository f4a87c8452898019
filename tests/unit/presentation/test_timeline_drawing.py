"""The timelines of pairs as rows of a terminal, and where one goes in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.diagnosis.lanes import Lane, SpanKind, TimeSpan
from console.diagnosis.timeline import Death, DeathRole, Mark, MarkKind, PairTimeline
from console.domain.progress import EndedAttempt
from console.presentation.time_window import (
    SHORTEST,
    StopKind,
    TimeWindow,
    beside,
    showing,
    stops,
    whole,
    zoomed,
)
from console.presentation.timeline import picture, rows_of
from console.presentation.tones import Line, Tone

START = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
NARROW = 6 + 60
"""The names of a narrow picture, and a column for each of sixty seconds."""


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def span(kind: SpanKind, since: float, until: float, **more: Any) -> TimeSpan:
    return TimeSpan(kind, at(since), at(until), **more)


def death(half: str, role: DeathRole, second: float, reason: str = "crashed") -> Death:
    return Death(at(second), role, EndedAttempt(3, 1, half, reason, None, None, "", at(second)))


AGENT = (
    span(SpanKind.WAITING, 0, 2),
    span(SpanKind.BOOT, 2, 6, attempt=1),
    span(SpanKind.ROUTE, 6, 16, attempt=1, route="RouteScenario_5"),
    span(SpanKind.ROUTE, 16, 26, attempt=1, route="RouteScenario_6"),
    span(SpanKind.BACK_OFF, 26, 36),
    span(SpanKind.BOOT, 36, 40, attempt=2),
    span(SpanKind.DRIVING, 40, 50, attempt=2),
    span(SpanKind.UNKNOWN, 50, 55),
    span(SpanKind.IDLE, 55, 58),
    span(SpanKind.OVER, 58, 60),
)
SIMULATOR = (span(SpanKind.DRIVING, 0, 26, attempt=1), span(SpanKind.BACK_OFF, 26, 60))
DEATHS = (
    death("simulator", DeathRole.FIRST, 26),
    death("agent", DeathRole.INDUCED, 26, "lost-partner"),
)
MARKS = (
    Mark(at(1), MarkKind.POD, "Scheduled: on gpu-7"),
    Mark(at(30), MarkKind.POD, "BackOff simulator-3: restarting", bad=True),
    Mark(at(59), MarkKind.CONSOLE, "cancelled by eva@desk"),
)


def one(number: int = 3, **more: Any) -> PairTimeline:
    facts: dict[str, Any] = {
        "lanes": (Lane("simulator", SIMULATOR), Lane("agent", AGENT)),
        "deaths": DEATHS,
        "marks": MARKS,
        **more,
    }
    return PairTimeline(number, START, at(60), **facts)


ALL = TimeWindow(START, at(60))


def drawn(
    timelines: Sequence[PairTimeline] = (),
    window: TimeWindow = ALL,
    cursor: float = 45,
    width: int = NARROW,
) -> list[Line]:
    return picture(timelines or (one(),), window, at(cursor), width)


def texts(*args: Any, **named: Any) -> list[str]:
    return ["".join(part for part, _ in line) for line in drawn(*args, **named)]


def tone_of(line: Line, glyph: str) -> Tone:
    return next(tone for part, tone in line if glyph in part)


def test_a_pair_is_drawn_to_scale() -> None:
    axis, simulator, agent, events, told = texts()
    assert axis == "      ╷14:00:00      ╷14:00:15      ╷14:00:30      ▼".ljust(NARROW)
    assert simulator == "sim 3 " + "━" * 26 + "✗" + "╱" * 33
    assert agent == "agt 3 ··░1░░▸5────────▸6────────×╱╱╱╱╱╱╱╱╱░2░░━━━━━━━━━━?????┄┄┄  "
    assert events == "ev     ╵                            !              │             ◆"
    assert told == "      14:00:45  simulator: back-off · agent: driving, attempt 2"


def test_what_died_first_is_loud_and_what_followed_is_grey() -> None:
    _, simulator, agent, _, _ = drawn()
    assert tone_of(simulator, "✗") is Tone.ALARM
    assert tone_of(agent, "×") is Tone.MUTED


def test_of_two_deaths_in_one_column_the_first_is_shown() -> None:
    deaths = (death("agent", DeathRole.FIRST, 26), death("agent", DeathRole.STOPPED, 26.3))
    assert "✗" in texts((one(deaths=deaths),))[2]
    assert "■" not in texts((one(deaths=deaths),))[2]


def test_routes_beside_each_other_differ() -> None:
    agent = drawn()[2]
    assert tone_of(agent, "▸5") is not tone_of(agent, "▸6")


def test_routes_have_their_whole_names_where_there_is_room_for_all() -> None:
    agent = texts(width=200)[2]
    assert "▸RouteScenario_5──" in agent
    assert "▸RouteScenario_6──" in agent


def test_the_cursor_is_seen_in_every_row_and_hides_no_death() -> None:
    axis, simulator, agent, _, _ = drawn(cursor=26)
    assert "▼" in [part for part, _ in axis]
    assert tone_of(simulator, "✗") is Tone.ALARM
    assert tone_of(agent, "×") is Tone.MUTED
    assert ("░", Tone.MATCH) in drawn(cursor=4)[2]


def test_at_a_death_the_last_row_says_both_and_who_was_first() -> None:
    assert texts(cursor=26, width=120)[-1] == (
        " " * 12 + "14:00:26  simulator crashed first · agent lost its partner"
    )


def test_at_an_event_the_last_row_says_it() -> None:
    assert texts(cursor=30, width=160)[-1].endswith("BackOff simulator-3: restarting")


def test_what_is_bad_hides_an_event_of_the_same_moment_that_is_not() -> None:
    marks = (Mark(at(30), MarkKind.POD, "bad", bad=True), Mark(at(30.4), MarkKind.POD, "good"))
    assert "!" in texts((one(marks=marks),))[3]


def test_all_pairs_are_one_picture_with_one_axis() -> None:
    rows = texts(tuple(one(number) for number in (1, 2, 3, 4)), cursor=26, width=120)
    assert len(rows) == rows_of(4)
    assert [row[:5] for row in rows[1:-2]] == [
        f"{half} {number}" for number in (1, 2, 3, 4) for half in ("sim", "agt")
    ]
    assert rows[-1].startswith("      14:00:26  pair 1 simulator crashed first · pair 1 agent")


def test_wide_pictures_of_one_pair_name_its_halves() -> None:
    assert [row[:12].rstrip() for row in texts(width=120)[1:4]] == ["simulator", "agent", "events"]


@given(
    st.integers(0, 250),
    st.floats(0, 60),
    st.floats(0, 59),
    st.floats(0.01, 70),
    st.sampled_from([1, 4]),
)
def test_no_row_is_wider_than_its_picture_at_any_size_and_zoom(
    width: int, cursor: float, begin: float, length: float, pairs: int
) -> None:
    window = TimeWindow(at(begin), at(begin + length))
    every = tuple(one(number) for number in range(pairs))
    for row in texts(every, window, cursor, width):
        assert len(row) <= width


def test_a_window_that_is_zoomed_keeps_the_moment_where_it_is() -> None:
    window = zoomed(ALL, ALL, at(40), closer=True)
    assert window.seconds == 30
    assert window.column(at(40), 60) == ALL.column(at(40), 60)
    assert zoomed(window, ALL, at(40), closer=False) == ALL


@given(st.lists(st.tuples(st.floats(-10, 70), st.booleans()), max_size=20))
def test_no_zoom_leaves_what_there_is(steps: list[tuple[float, bool]]) -> None:
    window = ALL
    for second, closer in steps:
        window = showing(zoomed(window, ALL, at(second), closer=closer), ALL, at(second))
        assert ALL.since <= window.since
        assert window.until <= ALL.until
        assert SHORTEST <= window.seconds <= ALL.seconds


def test_a_moment_outside_of_the_window_comes_into_its_middle() -> None:
    window = TimeWindow(at(0), at(10))
    assert showing(window, ALL, at(5)) == window
    assert showing(window, ALL, at(30)) == TimeWindow(at(25), at(35))
    assert showing(window, ALL, at(60)) == TimeWindow(at(50), at(60))


def test_what_has_just_begun_is_drawn_too() -> None:
    young = PairTimeline(3, START, START, (Lane("simulator"), Lane("agent")))
    assert whole((young,)).seconds == SHORTEST
    assert len(texts((young,), whole((young,)), 0)) == rows_of(1)


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        (StopKind.DEATH, [26]),
        (StopKind.ATTEMPT, [2, 36]),
        (StopKind.ROUTE, [6, 16]),
        (StopKind.EVENT, [1, 30, 59]),
    ],
)
def test_one_goes_from_each_thing_to_the_next_of_its_kind(
    kind: StopKind, seconds: list[int]
) -> None:
    assert stops((one(), one(4)), kind) == [at(second) for second in seconds]


def test_beside_the_last_one_is_nothing() -> None:
    times = [at(10), at(20)]
    assert beside(times, at(10), forward=True) == at(20)
    assert beside(times, at(20), forward=True) is None
    assert beside(times, at(20), forward=False) == at(10)
    assert beside(times, at(10), forward=False) is None
