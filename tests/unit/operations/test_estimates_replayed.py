"""Estimates held against what came of it: a recorded run, looked at second by second."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fakes.demo_recording import BEGIN, CRASH, DEMO, unpacked
from msgspec.structs import replace

from console.domain.board import KNOWN_ENDS, BoardSnapshot, PairStatus
from console.domain.drive_times import drive_times
from console.domain.estimates import BoardTime, board_time
from console.domain.usual_times import NOTHING_RECORDED, UsualTimes, usual_times
from console.operations.replay.boards_by_time import BoardsByTime
from console.operations.replay.recorded_order import timeline

LENGTH = 74


class Run:
    """The recorded demo, at any second of it."""

    def __init__(self, root: Path) -> None:
        recorder = unpacked(root).recorder
        told = timeline(recorder, DEMO, lambda name: recorder.log(DEMO, name))
        self._boards = BoardsByTime(DEMO.namespace, DEMO.name, told)
        self.times = drive_times(self.board(LENGTH))
        self.known = usual_times([replace(self.times)])

    def board(self, second: int) -> BoardSnapshot:
        return replace(self._boards.at(at(second)), live=True)

    def time(self, second: int, known: UsualTimes | None = None) -> BoardTime:
        return board_time(self.board(second), known or self.known, at(second))

    @property
    def end(self) -> int:
        """The first second at which every pair is done."""
        return next(
            second
            for second in range(LENGTH)
            if (pairs := self.board(second).pairs)
            and all(pair.status is PairStatus.DONE for pair in pairs)
        )


def at(second: int) -> datetime:
    return BEGIN + timedelta(seconds=second)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("demo"))


def test_each_of_its_drives_is_told_once_though_one_of_them_crashed(run: Run) -> None:
    routes = sorted(int(route.rpartition("_")[2]) for route, _ in run.times.drives)
    assert routes == list(range(20))
    assert all(1 < seconds < 20 for _, seconds in run.times.drives)
    assert len(run.times.boots) == 5


def test_the_end_that_came_lay_in_every_span_that_was_told(run: Run) -> None:
    """But for seconds that logcopy's reports are late, and for the crash that nobody foresaw."""
    crash, end = (CRASH - BEGIN).seconds, run.end
    told = {second: run.time(second).left for second in range(crash + 2, end)}
    spans = {second: left for second, left in told.items() if left is not None}
    assert len(spans) > (end - crash) / 2
    for second, left in spans.items():
        assert second + left.least <= end + 3
        assert left.most is None or second + left.most >= end - 3


def test_the_pair_that_crashed_is_the_last_one_from_then_on(run: Run) -> None:
    named = {run.time(second).last for second in range((CRASH - BEGIN).seconds + 3, run.end)}
    assert 2 in named
    assert named <= {2, None}


def test_no_end_is_in_the_past_and_the_span_closes(run: Run) -> None:
    spans = [run.time(second).left for second in range(LENGTH)]
    known = [left for left in spans if left is not None]
    assert all(left.least >= 0 for left in known)
    widths = [left.most - left.least for left in known if left.most is not None]
    assert widths[0] > widths[-1]


def test_without_recordings_the_run_itself_tells_after_some_drives(run: Run) -> None:
    early, late = (run.time(second, NOTHING_RECORDED) for second in (10, run.end - 12))
    assert early.left is None
    assert late.left is not None
    assert all(each.usual is None or each.usual.count == 1 for each in late.pairs)


def test_gpus_of_pairs_that_are_done_idle_until_the_last_one_is(run: Run) -> None:
    before, after = run.time(run.end - 4), run.time(run.end)
    assert any(each.idle for each in before.pairs if each.over)
    assert all(each.idle is None for each in after.pairs)
    assert [pair.status in KNOWN_ENDS for pair in run.board(run.end).pairs] == [True] * 4
