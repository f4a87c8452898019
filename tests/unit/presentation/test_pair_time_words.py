"""A pair's time in words: ranges, no precision that nobody has, and `?` for what nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fakes import boards
from fakes.boards import board

from console.cli.boards import board_text
from console.domain.attention import Attention, Lag
from console.domain.board import PairBoard, PairStatus
from console.domain.estimates import BoardTime, Doubt, PairTime, Span
from console.domain.progress import EndedAttempt
from console.domain.usual_times import Usual
from console.presentation import pairs
from console.presentation.pair_times import (
    all_done,
    badge,
    between,
    done_line,
    lag_words,
    pace,
    pace_line,
    usually,
    with_end,
)
from console.presentation.tones import Line, Tone

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
DRAWN = NOW
"""No clock of the machine: an hour before midnight a day is named, which takes room."""
MINUTE = 60.0


def pair(number: int, done: int | None, **more: Any) -> PairBoard:
    """One that drives its next route since 42 s."""
    return boards.pair(number, done, **{"since": DRAWN - timedelta(seconds=42), **more})


def said(line: Line) -> str:
    return "".join(span for span, _ in line)


def lag(kind: Lag, seconds: float, limit: float | None = 800.0, **more: Any) -> Attention:
    return Attention(3, kind, NOW - timedelta(seconds=seconds), limit, **more)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (lag(Lag.SILENT, 312), "silent 312/800 s"),
        (lag(Lag.STALLED, 412.9), "stalled 412/800 s"),
        (lag(Lag.SILENT, 130, None), "silent 130 s"),
        (lag(Lag.SILENT, 3, 7.5), "silent 3/7.5 s"),
        (lag(Lag.STALLED, 212, 400, stands=True), "time stands still 212/400 s"),
        (lag(Lag.SLOW, 900), "slow"),
        (lag(Lag.SILENT, -5), "silent 0/800 s"),
    ],
)
def test_a_badge_counts_to_the_limit_that_ends_the_pair(found: Attention, words: str) -> None:
    assert lag_words(found, NOW) == words
    assert said(badge(PairTime(3, lag=found), NOW)) == words


def test_a_stalled_pair_looks_graver_than_a_silent_one() -> None:
    stalled = badge(PairTime(3, lag=lag(Lag.STALLED, 400)), NOW)
    silent = badge(PairTime(3, lag=lag(Lag.SILENT, 200)), NOW)
    assert (stalled[0][1], silent[0][1]) == (Tone.ALARM, Tone.WARN)


def test_an_idle_gpu_is_said_and_a_pair_that_is_well_has_no_badge() -> None:
    assert said(badge(PairTime(3, idle=25 * MINUTE), NOW)) == "GPU idle 25m"
    assert badge(PairTime(3), NOW) == ()


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (540, 840, "9–14m"),
        (8, 14, "8–14s"),
        (100, 100, "100s"),
        (1500, 1530, "25m"),
        (60, 600, "60s–10m"),
        (3300, 4200, "55–70m"),
        (7200, 14000, "120m–3h53m"),
        (0, 59, "0–59s"),
    ],
)
def test_a_span_is_one_word_where_both_ends_read_the_same(
    least: float, most: float, words: str
) -> None:
    assert between(least, most) == words


def test_what_is_usual_is_a_span_and_unknown_where_nothing_was_recorded() -> None:
    assert usually(Usual(540, 700, 840, 900, 12)) == "usually 9–14m"
    assert usually(None) == "usually ?"


def test_a_pair_s_pace_is_its_ratio_and_the_age_of_its_last_tick() -> None:
    assert pace(PairTime(3, ratio=0.4234, progress=2.9)) == "0.42x, ticked 2s ago"
    assert pace(PairTime(3)) == ""
    slow = PairTime(3, ratio=0.4, progress=2, lag=lag(Lag.SLOW, 900))
    assert said(pace_line(slow, NOW)) == "slow  0.40x, ticked 2s ago"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (Span(25 * MINUTE, 55 * MINUTE), "done 14:25–14:55 (+25–55m)"),
        (Span(34 * MINUTE, 35 * MINUTE), "done ~14:35 (+35m)"),
        (Span(5, 20), "done ~14:00 (+5–20s)"),
        (Span(20 * MINUTE, None), "done after 14:20"),
        (Span(9 * 3600, 12 * 3600), "done 23:00–Mon 02:00 (+9–12h)"),
        (Span(40 * 3600, 50 * 3600), "done Tue 06:00–Tue 16:00 (+40h–2d2h)"),
    ],
)
def test_an_end_is_a_time_of_day_and_how_far_that_is(left: Span, words: str) -> None:
    assert said(done_line(PairTime(3, left=left), NOW)) == words


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (60, "0.42x, ticked 2s ago              done 14:25–14:55 (+25–55m)"),
        (40, "0.42x, ticked 2s ago    done 14:25–14:55"),
        (36, "0.42x, ticked 2s ago   done by 14:55"),
    ],
)
def test_where_it_is_narrow_minutes_go_first_and_then_the_earlier_end(
    width: int, words: str
) -> None:
    time = PairTime(3, ratio=0.42, progress=2, left=Span(25 * MINUTE, 55 * MINUTE))
    assert said(with_end([pace_line(time, NOW)], time, NOW, width)) == words


def test_a_pair_that_is_over_has_its_whole_row_for_what_ended_it() -> None:
    crash = EndedAttempt(1, 1, "simulator", "crashed", 139, 11, "RouteScenario_6_rep0", DRAWN)
    shown = pair(1, 2, ended=(crash,), status=PairStatus.FAILED)
    alone, timed = (
        pairs.rows(shown, 76, DRAWN, "", time)[2] for time in (None, PairTime(1, over=True))
    )
    assert said(timed) == said(alone)


@pytest.mark.parametrize("width", range(36, 80))
def test_no_countdown_is_ever_cut(width: int) -> None:
    time = PairTime(
        3, ratio=0.4, progress=9, lag=lag(Lag.STALLED, 312), left=Span(9 * 3600.0, 50 * 3600.0)
    )
    line = said(with_end([pace_line(time, NOW)], time, NOW, width))
    assert len(line) <= width
    assert line.startswith("stalled 312/800 s ")
    assert line.endswith(("Tue 16:00", "h)"))


def test_an_end_that_nobody_knows_is_a_question_mark_and_what_is_over_has_none() -> None:
    assert said(done_line(PairTime(3, doubt=Doubt.STALLED), NOW)) == "done ?"
    assert done_line(PairTime(3, over=True), NOW) == ()
    assert done_line(PairTime(3, doubt=Doubt.NOT_LIVE), NOW) == ()


def each(number: int, left: Span | None = None, doubt: Doubt | None = None) -> PairTime:
    return PairTime(number, left=left, doubt=doubt)


SOON, LATE = Span(10 * MINUTE, 20 * MINUTE), Span(33 * MINUTE, 34 * MINUTE)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (BoardTime(NOW, (each(1, SOON), each(3, LATE)), LATE, 3), "pair 3 last, ~14:34 (+34m)"),
        (BoardTime(NOW, (each(3, LATE),), LATE, 3), "done ~14:34 (+34m)"),
        (
            BoardTime(NOW, (each(1, SOON), each(2, None, Doubt.STALLED)), Span(600, None)),
            "done ?: pair 2 is stalled",
        ),
        (
            BoardTime(NOW, tuple(each(n, None, Doubt.NOTHING_RECORDED) for n in (1, 2))),
            "done ?: every pair drives routes that were never recorded",
        ),
        (
            BoardTime(NOW, tuple(each(n, None, Doubt.BLOCKED) for n in (1, 2))),
            "done ?: no pair can start",
        ),
        (
            BoardTime(NOW, (each(1, SOON), *(each(n, None, Doubt.NOT_BEGUN) for n in (2, 4)))),
            "done ?: pairs 2, 4: each has not begun",
        ),
        (
            BoardTime(
                NOW,
                (each(1, Span(60, None), Doubt.LONGER_THAN_EVER), each(2, SOON)),
                Span(60, None),
                1,
            ),
            "pair 1 last, after 14:01",
        ),
        (BoardTime(NOW, (each(1, None, Doubt.NOT_LIVE),)), ""),
        (BoardTime(NOW, (PairTime(1, over=True),)), ""),
        (BoardTime(NOW), ""),
    ],
)
def test_the_pair_that_all_wait_for_is_named_or_why_nobody_can_tell(
    time: BoardTime, words: str
) -> None:
    assert all_done(time) == words


def test_the_gravest_reason_comes_first() -> None:
    doubts = (Doubt.NOT_BEGUN, Doubt.NOTHING_RECORDED, Doubt.STALLED)
    time = BoardTime(NOW, tuple(each(n, None, doubt) for n, doubt in enumerate(doubts, start=1)))
    assert all_done(time) == "done ?: pair 3 is stalled"


# --- in a panel, in three rows, in a command's text

AT_WORK = PairTime(
    1,
    elapsed=42,
    usual=Usual(540, 700, 840, 900, 12),
    ratio=0.42,
    progress=2,
    left=Span(25 * MINUTE, 55 * MINUTE),
)


def panel(time: PairTime | None, width: int = 58, height: int = 10, **more: Any) -> list[str]:
    lines = pairs.panel(pair(1, 2, **more), width, height, DRAWN, "", time)
    assert all(len(said(line)) <= width for line in lines[:5])
    return [said(line) for line in lines]


def test_a_panel_tells_time_beside_the_route_and_all_else_stays() -> None:
    lines = panel(AT_WORK)
    assert "driving 42s" in lines[0]
    assert lines[3].endswith("usually 9–14m")
    assert lines[4].startswith("0.42x, ticked 2s ago")
    assert lines[4].endswith("m)")
    assert [line[:5] for line in lines[-2:]] == ["sim │", "agt │"]


def test_ticks_say_more_than_when_a_pair_was_heard() -> None:
    heard = {"last_sign": DRAWN - timedelta(seconds=3)}
    assert "heard 3s ago" in panel(None, **heard)[0]
    assert "heard" not in panel(AT_WORK, **heard)[0]


def test_a_narrow_panel_keeps_the_time_of_day() -> None:
    line = panel(AT_WORK, width=36)[4]
    assert "ticked 2s ago" in line
    assert "done by " in line


def test_a_panel_without_anything_of_time_has_no_line_for_it() -> None:
    over = PairTime(1, over=True)
    assert panel(over, status=PairStatus.DONE) == panel(None, status=PairStatus.DONE)


@pytest.mark.parametrize("width", [56, 76, 116])
def test_three_rows_tell_time_where_nothing_has_ended(width: int) -> None:
    last = said(pairs.rows(pair(1, 2), width, DRAWN, "", AT_WORK)[2])
    assert len(last) <= width
    assert "0.42x, ticked 2s ago" in last
    assert "usually 9–14m" in last
    assert "done " in last


def test_three_rows_of_a_pair_that_went_on_tell_its_end_and_when_it_is_done() -> None:
    crash = EndedAttempt(1, 1, "simulator", "crashed", 139, 11, "RouteScenario_6_rep0", DRAWN)
    silent = PairTime(1, lag=Attention(1, Lag.SILENT, DRAWN, 800.0), left=AT_WORK.left)
    last = said(pairs.rows(pair(1, 2, ended=(crash,)), 100, DRAWN, "", silent)[2])
    assert last.strip().startswith("silent 0/800 s")
    assert "simulator crashed" in last
    assert "done " in last


def test_a_command_tells_each_pair_s_time_beneath_it() -> None:
    over = PairTime(2, idle=25 * MINUTE, over=True)
    time = BoardTime(NOW, (AT_WORK, over), AT_WORK.left, 1)
    text = board_text(board(), (), time).splitlines()
    assert "time     pair 1 last, 14:25–14:55 (+25–55m)" in text
    at = next(number for number, line in enumerate(text) if line.startswith("pair 1 "))
    assert text[at + 1].split(", ") == [
        "        42s on this route",
        "usually 9–14m",
        "0.42x",
        "ticked 2s ago",
        "done 14:25–14:55 (+25–55m)",
    ]
    assert text[at + 3].strip() == "GPU idle 25m"
    assert text[at + 4].startswith("pair 3 ")


def test_where_a_route_s_begin_was_not_seen_its_time_is_at_least_that() -> None:
    shown = board(pairs=(pair(1, 2, since_exact=False),))
    text = board_text(shown, (), BoardTime(NOW, (AT_WORK,)))
    assert "≥42s on this route" in text
