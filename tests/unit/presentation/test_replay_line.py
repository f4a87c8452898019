"""The one line that tells a replay from a live submission."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.operations.replay.player import ReplayState
from console.presentation.replay import KEYS, replay_line, span
from console.presentation.tones import Tone, width_of

BEGIN = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)


def state(second: float = 90, *, speed: float = 10, paused: bool = False) -> ReplayState:
    return ReplayState(
        BEGIN + timedelta(seconds=second), BEGIN, BEGIN + timedelta(seconds=600), speed, paused
    )


def told(played: ReplayState | None, note: str = "", width: int = 80) -> str:
    return "".join(part for part, _ in replay_line(played, note, width))


def test_it_says_the_speed_the_time_and_how_much_of_all() -> None:
    line = told(state())
    assert line.startswith(" replay ▶ 10x  14:03:41  01:30 / 10:00  ━")


def test_a_wide_terminal_shows_the_day_and_the_zone_and_the_keys() -> None:
    line = told(state(), width=160)
    assert "2026-11-22 14:03:41 UTC" in line
    assert line.rstrip().endswith(KEYS)


def test_paused_and_at_the_end_are_told_apart_from_playing() -> None:
    assert told(state(paused=True)).startswith(" replay ‖ paused 10x")
    assert told(state(600)).startswith(" replay ■ at the end 10x")
    assert told(state(speed=2.5)).startswith(" replay ▶ 2.5x")


@pytest.mark.parametrize(("second", "full"), [(0, 0), (300, 0.5), (600, 1)])
def test_the_bar_is_as_full_as_time_has_passed(second: float, full: float) -> None:
    bar = [
        (part, tone) for part, tone in replay_line(state(second), "", 80) if set(part) & set("━─")
    ]
    (done, rest) = (len(part) for part, _ in bar) if len(bar) == 2 else (len(bar[0][0]), 0)
    lengths = {tone: len(part) for part, tone in bar}
    whole = done + rest
    assert lengths.get(Tone.ACCENT, 0) == pytest.approx(full * whole, abs=1)


def test_what_a_key_led_to_stands_at_the_right_and_is_cut_before_the_time_is() -> None:
    note = "pair 2: simulator ends attempt 1 (crashed)"
    assert told(state(), note, 120).rstrip().endswith(note)
    narrow = told(state(), note, 60)
    assert narrow.startswith(" replay ▶ 10x  14:03:41  01:30 / 10:00")
    assert "…" in narrow
    assert "━" not in narrow


@pytest.mark.parametrize("width", [40, 60, 80, 81, 100, 160, 200])
@pytest.mark.parametrize("note", ["", "pair 2 begins attempt 2", "x" * 300])
@pytest.mark.parametrize("second", [0, 90, 600])
def test_it_is_as_wide_as_its_row(width: int, note: str, second: float) -> None:
    assert width_of(replay_line(state(second), note, width)) == width


def test_while_the_recording_is_read_it_says_so() -> None:
    assert told(None) == " replay  reading the recording"
    assert told(None, "It cannot be played.") == " replay  ✗ It cannot be played."
    assert len(told(None, "x" * 100, 80)) == 80


def test_what_a_container_called_its_route_does_not_control_the_terminal() -> None:
    assert "\x1b" not in told(state(), "pair 1 begins \x1b[2JRoute")


def test_a_recording_of_no_length_is_at_its_end() -> None:
    played = ReplayState(BEGIN, BEGIN, BEGIN, 1, False)
    assert "00:00 / 00:00" in told(played)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00"), (59.9, "00:59"), (192, "03:12"), (3792, "1:03:12"), (-3, "00:00")],
)
def test_times_are_written_as_players_write_them(seconds: float, text: str) -> None:
    assert span(seconds) == text
