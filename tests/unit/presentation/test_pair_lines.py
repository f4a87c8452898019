"""A pair on the screen, fact by fact: unknown is `?`, a bound is told as one, causes are whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import CRASH, NOW, cells, gpu, pair, running
from fakes.shown import all_said, said, toned

from console.domain.board import PairStatus, RouteCell, RouteState
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState
from console.domain.progress import SeenGpu
from console.presentation import pairs
from console.presentation.route_bars import columns_of, route_bar
from console.presentation.tones import Tone, width_of

FAILED, STOPPED = PairStatus.FAILED, PairStatus.STOPPED


@pytest.mark.parametrize(
    ("halves", "words"),
    [
        ({"simulator_gpu": None, "agent_gpu": None}, "?"),
        ({"simulator_gpu": gpu(2), "agent_gpu": None}, "2"),
        ({"simulator_gpu": SeenGpu(0), "agent_gpu": gpu(2)}, "none"),
        ({"simulator_gpu": SeenGpu(1, None, "GPU-a"), "agent_gpu": gpu(2)}, "?≠2"),
        ({"simulator_gpu": SeenGpu(), "agent_gpu": SeenGpu()}, "?"),
    ],
)
def test_a_gpu_is_what_the_halves_said_of_it(halves: dict[str, object], words: str) -> None:
    assert pairs.gpu(pair(1, 2, **halves)) == words


@pytest.mark.parametrize(
    ("halves", "words"),
    [
        ({}, "0"),
        ({"simulator": running("simulator-1", 2), "agent": running("agent-1", 1)}, "3"),
        ({"simulator": None, "agent": None}, "?"),
        ({"simulator": None, "agent": None, "proven_restarts": (("agent-1", 2),)}, "≥2"),
        ({"simulator": None, "agent": None, "not_created": True}, "0"),
    ],
)
def test_restarts_are_counted_proven_or_unknown(halves: dict[str, object], words: str) -> None:
    assert pairs.restarts(pair(1, 2, **halves)) == words


def test_the_card_and_both_ports_are_told() -> None:
    assert said(pairs.hardware(pair(2, 1))) == "GPU 1  port 2100  traffic 2110"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"since": None}, "● driving"),
        ({"since": NOW - timedelta(minutes=5)}, "● driving 5m"),
        ({"last_sign": NOW - timedelta(seconds=3)}, "● driving 42s, heard 3s ago"),
        (
            {"last_sign": NOW - timedelta(seconds=9), "heard": NOW - timedelta(seconds=1)},
            "● driving 42s, heard 1s ago",
        ),
    ],
)
def test_a_pair_under_way_says_since_when_and_when_it_was_heard(
    facts: dict[str, object], words: str
) -> None:
    assert said(pairs.status(pair(1, 2, **facts), NOW)) == words


def test_without_a_clock_only_the_status_is_told() -> None:
    assert said(pairs.status(pair(1, 2), None)) == "● driving"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"since": None}, "■ stopped"),
        ({"began": None}, "■ stopped 14:03:12"),
        ({"since_exact": False}, "■ stopped by 14:03:12"),
        ({}, "■ stopped 14:03:12 after 1h"),
    ],
)
def test_one_that_is_over_says_when_as_far_as_that_is_known(
    facts: dict[str, object], words: str
) -> None:
    at = NOW.replace(hour=14, minute=3, second=12, microsecond=0)
    known = {"since": at, "began": at - timedelta(hours=1), "since_exact": True}
    over = pair(1, 2, status=STOPPED, **{**known, **facts})
    assert said(pairs.status(over, NOW)).replace("60m", "1h") == words


@pytest.mark.parametrize("state", list(RouteState))
def test_each_state_of_a_route_has_a_mark_of_its_own(state: RouteState) -> None:
    bar = said(route_bar((RouteCell("r", 0, state),), 40))
    others = [
        said(route_bar((RouteCell("r", 0, each),), 40)) for each in RouteState if each != state
    ]
    assert bar.strip()
    assert bar not in others


def test_a_shared_failure_says_so_before_its_cause() -> None:
    dead = pair(2, 2, status=FAILED, route="", ended=CRASH, first_death=CRASH[0])
    shown = all_said(pairs.panel(dead, 70, 12, NOW, "alike in every pair"))
    assert "‼ alike in every pair: attempt 1: simulator crashed first" in shown


def test_a_long_cause_is_wrapped_as_far_as_the_panel_goes() -> None:
    blocked = pair(1, 0, blocked="the image of the agent cannot be pulled from its registry " * 3)
    high = all_said(pairs.panel(blocked, 40, 12, NOW))
    low = all_said(pairs.panel(blocked, 40, 9, NOW))
    assert high.count("\n") > 0
    assert "…" in low
    assert "⊗ the image of the agent" in low


def test_without_anything_that_ended_its_line_stays_free() -> None:
    lines = pairs.panel(pair(1, 2), 56, 9, NOW)
    assert said(lines[6]) == ""


def test_the_last_lines_of_both_halves_are_shown() -> None:
    shown = all_said(pairs.panel(pair(1, 2), 80, 9, NOW))
    assert "sim │ [CARLA] tick 1201" in shown
    assert "agt │ === [Agent]" in shown


@pytest.mark.parametrize("width", [40, 56, 80])
def test_the_counts_stand_at_the_right_edge(width: int) -> None:
    (line,) = [row for row in pairs.panel(pair(1, 2), width, 9, NOW) if "score" in said(row)]
    assert width_of(line) <= width
    assert said(line).endswith("2/5  score 75.0")


def test_a_score_that_nobody_knows_is_no_dash() -> None:
    unknown = pair(1, None, cells=(), total=None)
    (line,) = [row for row in pairs.panel(unknown, 60, 9, NOW) if "score" in said(row)]
    assert said(line).endswith("score ?")


def test_of_many_routes_the_one_that_is_driven_is_in_sight() -> None:
    long = pair(1, 40, cells=cells(1, 40, 60))
    shown = [said(line) for line in pairs.panel(long, 60, 20, NOW)]
    assert any("▸" in line and "driving" in line for line in shown[-8:])


def test_a_route_without_a_score_says_its_state() -> None:
    shown = all_said(pairs.panel(pair(1, 2), 60, 24, NOW))
    assert "RouteScenario_3_rep0" in shown
    assert "pending" in shown


def test_three_rows_keep_the_whole_bar_where_there_is_room() -> None:
    first = pairs.rows(pair(1, 2), 120, NOW)[0]
    assert said(first).startswith("1  ✓   ~   ▸   ·   · ")


def test_three_rows_leave_a_length_out_that_has_no_room_and_cut_none() -> None:
    began = NOW - timedelta(seconds=64)
    over = pair(1, 5, status=PairStatus.DONE, began=began, since=NOW, since_exact=True)
    wide, narrow = (said(pairs.rows(over, width, NOW)[0]) for width in (80, 58))
    assert f"done {NOW:%H:%M:%S} after 64s  " in wide
    assert f"done {NOW:%H:%M:%S}  " in narrow
    assert "…" not in narrow


def test_three_rows_tell_halves_route_and_ports() -> None:
    second = said(pairs.rows(pair(2, 2), 120, NOW)[1])
    assert second.split()[:6] == ["sim", "●", "running", "↻1", "agt", "●"]
    assert second.endswith("GPU 1 :2100/2110")


def test_halves_that_are_not_there_yet_are_not_unknown() -> None:
    fresh = pair(1, 0, simulator=None, agent=None, not_created=True)
    assert "sim ◌ not created  agt ◌ not created" in said(pairs.rows(fresh, 120, NOW)[1])


def test_proven_restarts_of_a_half_that_is_gone_are_told_as_a_bound() -> None:
    gone = pair(1, 2, simulator=None, agent=None, proven_restarts=(("simulator-1", 2),))
    second = pairs.rows(gone, 120, NOW)[1]
    assert "↻≥2" in toned(second, Tone.WARN)


def test_without_an_end_the_third_row_is_the_agents_last_line() -> None:
    third = pairs.rows(pair(1, 2), 120, NOW)[2]
    assert said(third).strip().startswith("│ === [Agent]")


def test_the_rows_of_sixteen_pairs_stand_below_each_other() -> None:
    told = [pair(number, 1, cells=cells(number, 1)[: 4 + number % 2]) for number in range(1, 17)]
    columns = columns_of(told)
    shown = [pairs.rows(each, 78, NOW, "", None, columns) for each in told]
    assert len({said(lines[0]).index("●") for lines in shown}) == 1
    assert {said(lines[0])[:3] for lines in shown} == {f"{n:>2} " for n in range(1, 17)}
    assert all(said(line).startswith("   ") for lines in shown for line in lines[1:])


def test_a_half_that_ended_for_another_s_sake_is_grey_beside_the_one_that_failed_first() -> None:
    def ended(name: str, code: int) -> ContainerFacts:
        exited = ContainerExit(code, "Error", NOW)
        return ContainerFacts(name, ContainerState.TERMINATED, reason="Error", ended=exited)

    halves = {"simulator": ended("simulator-1", 139), "agent": ended("agent-1", 1)}
    lines = pairs.panel(pair(1, 2, ended=CRASH, **halves), 80, 20, NOW)
    tones = [dict(line) for line in lines]
    assert {tone for each in tones for told, tone in each.items() if told == "✗ exit 139"} == {
        Tone.FAIL
    }
    assert {tone for each in tones for told, tone in each.items() if told == "✗ exit 1"} == {
        Tone.MUTED
    }
