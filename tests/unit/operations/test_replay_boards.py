"""The board at any time of a recording, and what is worth going to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from fakes.boards import CRASH as ENDS
from fakes.boards import cells, pair
from fakes.demo_recording import BEGIN, CRASH, DEMO
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairStatus
from console.domain.folding import fold
from console.domain.landmarks import LandmarkKind, landmarks
from console.operations.replay import boards_by_time
from console.operations.replay.boards_by_time import BoardsByTime
from console.operations.replay.recorded_order import timeline
from console.operations.services import Services

KEPT = (1, 7, 1000)


class Demo:
    """What its recording tells, and boards of it."""

    def __init__(self, services: Services) -> None:
        self.told = timeline(
            services.recorder, DEMO, lambda name: services.recorder.log(DEMO, name)
        )

        self.kept = {every: self.boards(every) for every in KEPT}
        self.played = [BoardSnapshot("default", "demo")]
        for each in self.told.happenings:
            self.played.append(fold(self.played[-1], each.event))

    def boards(self, every: int = 10) -> BoardsByTime:
        return BoardsByTime("default", "demo", self.told, kept_every=every)


@pytest.fixture(scope="module")
def demo(demo_services: Services) -> Demo:
    return Demo(demo_services)


def facts(board: BoardSnapshot) -> dict[str, Any]:
    return msgspec.structs.asdict(board)


@given(st.lists(st.floats(-1, 80), min_size=1), st.sampled_from(KEPT))
def test_a_board_that_is_sought_is_the_one_that_is_played_to(
    demo: Demo, seconds: list[float], every: int
) -> None:
    seeking = demo.kept[every]
    for second in seconds:
        time = BEGIN + timedelta(seconds=second)
        count = sum(each.at <= time for each in demo.told.happenings)
        assert facts(seeking.at(time)) == facts(demo.played[count])


def test_a_board_is_the_same_object_until_something_happens(demo: Demo) -> None:
    found = demo.boards()
    first, second = sorted({each.at for each in demo.told.happenings})[-2:]
    assert found.at(first) is found.at(second - timedelta(microseconds=1))
    assert found.at(second) is not found.at(first)


def test_seeking_backwards_folds_only_what_lies_after_a_kept_board(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, folded = demo.boards(every=10), []

    def counted(board: BoardSnapshot, event: Any) -> BoardSnapshot:
        folded.append(event)
        return fold(board, event)

    monkeypatch.setattr(boards_by_time, "fold", counted)
    for second in (70, 1, 60, 20, 74, 0):
        folded.clear()
        found.at(BEGIN + timedelta(seconds=second))
        assert len(folded) < 10


def test_before_the_begin_nothing_is_known(demo: Demo) -> None:
    board = demo.boards().at(BEGIN - timedelta(seconds=1))
    assert (board.job, board.pairs) == (None, ())


def test_the_demo_as_it_was_while_pair_two_came_back(demo: Demo) -> None:
    board = demo.boards().at(CRASH)
    second = board.pairs[1]
    assert (second.attempt, second.restarts) == (2, 2)
    assert [each.reason for each in second.ended] == ["lost-partner", "crashed"]
    assert board.pairs[0].status is PairStatus.DRIVING


def test_the_demos_landmarks_are_its_attempts_and_its_routes(demo: Demo) -> None:
    found = demo.boards().landmarks
    assert [each.at for each in found] == sorted(each.at for each in found)
    begun = [(e.pair, e.attempt) for e in found if e.attempt and e.begins]
    assert begun == [(1, 1), (2, 1), (3, 1), (4, 1), (2, 2)]
    ended = {(e.pair, e.attempt) for e in found if e.attempt and not e.begins}
    assert ended == {(1, 1), (2, 1), (2, 2), (3, 1), (4, 1)}
    finished = [e.route for e in found if e.kind is LandmarkKind.ROUTE and not e.begins]
    assert sorted(finished) == sorted(f"RouteScenario_{n}" for n in range(20))
    crash = next(e for e in found if "crashed" in e.text)
    assert (crash.at, crash.text) == (CRASH, "pair 2: simulator ends attempt 1 (crashed)")


def texts(*, before: tuple[Any, ...], after: tuple[Any, ...]) -> list[str]:
    return [each.text for each in landmarks(BEGIN, before, after)]


def test_pairs_in_which_nothing_is_new_tell_nothing() -> None:
    pairs = (pair(1, 2), pair(2, 2, ended=ENDS))
    again = tuple(replace(each, agent_line="another line") for each in pairs)
    assert texts(before=pairs, after=pairs) == texts(before=pairs, after=again) == []


def test_what_the_kubelet_adds_to_a_known_end_is_no_other_end() -> None:
    known = pair(2, 2, ended=ENDS)
    worded = replace(known, ended=(replace(ENDS[0], kubelet="OOMKilled"), ENDS[1]))
    assert texts(before=(known,), after=(worded,)) == []


def test_the_attempts_of_another_pod_begin_anew() -> None:
    assert texts(before=(), after=(pair(1, 0, route=""),)) == ["pair 1 begins attempt 1"]


def test_a_repetition_is_told_where_it_is_not_the_first() -> None:
    before = pair(1, 0, route="RouteScenario_0_rep0")
    repeated = tuple(replace(each, repetition=1) for each in cells(1, 1))
    after = replace(before, cells=repeated, route="RouteScenario_0_rep2")
    assert texts(before=(before,), after=(after,)) == [
        "pair 1 finishes RouteScenario_0_rep0 (repetition 1) (perfect)",
        "pair 1 begins RouteScenario_0 (repetition 2)",
    ]
