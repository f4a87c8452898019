"""What logcopy's snapshot says of each pair: its phase, its drive, how its attempts ended."""

from __future__ import annotations

import json
from typing import Any

import pytest
from logcopy_pod import partial

from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import V2_0
from console.results.plan import launched
from console.results.trustworthy import merge
from console.workers import protocol
from console.workers.snapshots import snapshot_payload
from console.workers.status_files import GivenUp, Gpu, HalfEnd, HalfStatus, PairsStatus

PLAN = launched(Drives.of(V2_0, "0-4;5-9;10-14;15-19", 1))
NOW = 1_700_000_000.1234


def snapshot(word: str = "running", done: int = 2, **halves: HalfStatus) -> dict[str, Any]:
    """Of a submission whose pairs have `done` drives each; halves of pair 1 by their role."""
    partials = [Partial(pair, json.dumps(partial(pair, done))) for pair in range(1, 5)]
    status = PairsStatus({(1, role): half for role, half in halves.items()}, cancelled=False)
    return snapshot_payload(PLAN, merge(PLAN, partials), status, word, NOW)


def first_pair(**halves: HalfStatus) -> dict[str, Any]:
    told: dict[str, Any] = snapshot(**halves)["pairs"][0]
    return told


def ended(attempt: int, half: str = "agent", reason: str = "crashed", **more: Any) -> HalfEnd:
    told = {"exit": 1, "signal": 0, "route": None, "t": 100 + attempt, **more}
    return HalfEnd(attempt, half, reason, **told)


def test_a_snapshot_counts_the_drives_of_all_pairs_and_of_each() -> None:
    told = snapshot()
    assert (told["status"], told["done"], told["total"], told["t"]) == (
        "running",
        8,
        20,
        1.7e9 + 0.123,
    )
    assert [(pair["pair"], pair["done"], pair["total"]) for pair in told["pairs"]] == [
        (number, 2, 5) for number in range(1, 5)
    ]


@pytest.mark.parametrize(
    ("half", "phase"),
    [
        (HalfStatus(), "pending"),
        (HalfStatus(attempt=1), "pending"),
        (HalfStatus(attempt=1, phase="booting"), "booting"),
        (HalfStatus(attempt=1, phase="driving"), "driving"),
        (HalfStatus(attempt=1, phase="driving", ended=(ended(1),)), "ended"),
        (HalfStatus(attempt=2, phase="waiting", ended=(ended(1),)), "waiting"),
        (HalfStatus(attempt=1, phase="driving", done=True), "done"),
    ],
)
def test_a_half_is_what_it_last_said_unless_its_attempt_is_over(
    half: HalfStatus, phase: str
) -> None:
    told = first_pair(agent=half, simulator=HalfStatus(attempt=1, phase="ready"))
    assert (told["agent"], told["simulator"]) == (phase, "ready")


@pytest.mark.parametrize("phase", ["booting", "waiting", "driving", ""])
def test_only_a_driving_pair_has_a_route_and_it_is_the_first_without_a_record(phase: str) -> None:
    told = first_pair(agent=HalfStatus(attempt=1, phase=phase))
    assert told["route"] == ("RouteScenario_2_rep0" if phase == "driving" else None)


def test_a_pair_that_has_driven_everything_is_at_no_route() -> None:
    driving = HalfStatus(attempt=1, phase="driving")
    assert snapshot(done=5, agent=driving)["pairs"][0]["route"] is None


def test_a_pair_is_in_the_later_of_its_halves_attempts() -> None:
    assert first_pair(agent=HalfStatus(attempt=3), simulator=HalfStatus(attempt=2))["attempt"] == 3
    assert first_pair(agent=HalfStatus(attempt=1), simulator=HalfStatus(attempt=2))["attempt"] == 2


def test_ends_are_told_in_the_order_of_attempts_and_time() -> None:
    agent = HalfStatus(attempt=2, ended=(ended(1, t=109), ended(2)))
    simulator = HalfStatus(
        attempt=2, ended=(ended(1, "simulator", t=101), ended(2, "simulator", t=190))
    )
    told = first_pair(agent=agent, simulator=simulator)["ended"]
    assert [(end["attempt"], end["half"]) for end in told] == [
        (1, "simulator"), (1, "agent"), (2, "agent"), (2, "simulator"),
    ]  # fmt: skip


def test_a_servers_end_has_the_route_of_its_agent_in_that_attempt_and_no_other() -> None:
    route = "RouteScenario_2_rep0"
    simulator = (ended(1, "simulator"), ended(2, "simulator"), ended(3, "simulator", route="own"))
    told = first_pair(
        agent=HalfStatus(attempt=3, ended=(ended(1, route=route), ended(3, route=route))),
        simulator=HalfStatus(attempt=3, ended=simulator),
    )["ended"]
    assert [end["route"] for end in told if end["half"] == "simulator"] == [route, None, "own"]


def test_the_gpus_that_the_halves_see_are_told_and_what_nobody_said_is_null() -> None:
    gpu = Gpu(1, 3, "GPU-7", None, "0", "NVIDIA L4", shared=True)
    told = first_pair(agent=HalfStatus(attempt=1), simulator=HalfStatus(attempt=1, gpu=gpu))["gpus"]
    assert told["agent"] is None
    assert (told["simulator"]["index"], told["simulator"]["driver"]) == (3, None)
    assert told["simulator"]["shared"] is True


def test_a_drive_that_was_given_up_is_a_problem_of_its_pair() -> None:
    given_up = (GivenUp("RouteScenario_1_rep0", 2),)
    told = snapshot(agent=HalfStatus(attempt=3, given_up=given_up))["problems"]
    assert told == [
        {
            "kind": "given-up",
            "pair": 1,
            "text": "RouteScenario_1_rep0 was given up after 2 attempts and counts as failed",
        }
    ]


def test_what_is_not_driven_yet_becomes_a_problem_with_the_end_of_the_submission() -> None:
    driving = {role: HalfStatus(attempt=1, phase="driving") for role in ("agent", "simulator")}
    assert snapshot(**driving)["problems"] == []
    missing = snapshot("incomplete", **driving)["problems"]
    assert {problem["pair"] for problem in missing} == {1, 2, 3, 4}


def test_no_more_than_thirty_problems_are_told() -> None:
    given_up = tuple(GivenUp(f"RouteScenario_{number}_rep0", 2) for number in range(40))
    assert len(snapshot(agent=HalfStatus(attempt=3, given_up=given_up))["problems"]) == 30


def test_what_does_not_fit_a_line_loses_its_oldest_ends_before_its_problems() -> None:
    route = "RouteScenario_" + "7" * 120
    ends = tuple(ended(number, "agent", "r" * 30, route=route) for number in range(1, 7))
    given_up = tuple(GivenUp(f"{route}_rep{number}", 2) for number in range(8))
    half = HalfStatus(attempt=6, ended=ends, given_up=given_up)
    halves = {(pair, role): half for pair in range(1, 5) for role in ("agent", "simulator")}
    partials = [Partial(pair, json.dumps(partial(pair, 2))) for pair in range(1, 5)]
    status = PairsStatus(halves, cancelled=False)
    told = snapshot_payload(PLAN, merge(PLAN, partials), status, "running", NOW)
    assert len(protocol.format_line("n" * 64, 10**12, "snapshot", told)) < protocol.LIMIT
    assert len(told["problems"]) == 30
    for pair in told["pairs"]:
        assert 0 < len(pair["ended"]) < 12
        assert pair["ended"][-1]["attempt"] == 6


def test_a_snapshot_names_the_sensors_once_a_partial_does() -> None:
    """Else nobody outside could tell them before the merge is complete."""
    assert snapshot()["sensors"] == partial(1, 2)["sensors"] != []
    unnamed = [{**partial(pair, 2), "sensors": []} for pair in range(1, 5)]
    partials = [Partial(n, json.dumps(each)) for n, each in enumerate(unnamed, 1)]
    status = PairsStatus({}, cancelled=False)
    assert "sensors" not in snapshot_payload(PLAN, merge(PLAN, partials), status, "running", NOW)


def test_sensors_that_would_not_fit_a_line_are_left_out() -> None:
    many = [{**partial(pair, 2), "sensors": ["s" * 100] * 200} for pair in range(1, 5)]
    partials = [Partial(n, json.dumps(each)) for n, each in enumerate(many, 1)]
    status = PairsStatus({}, cancelled=False)
    told = snapshot_payload(PLAN, merge(PLAN, partials), status, "running", NOW)
    assert "sensors" not in told
    assert protocol.format_line("n0nce", 1, "snapshot", told)
