"""Whatever a place, a table and the machine do: all files there, and one end told, the right one."""

from __future__ import annotations

import pytest
from fakes.delivered_runs import LAST, DeliveredRun
from fakes.demo_recording import DEMO, unpacked
from fakes.evalai_model import Killed, Killing
from fakes.sweeps import sweep

from console.domain.board import BoardSnapshot
from console.operations.delivering import files_errand
from console.operations.delivering.table_marks import SCORES
from console.operations.ports.deliveries import DeliveryKind, DeliveryStage
from console.operations.ports.evalai import RemoteOutcome
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services
from console.operations.storing.tree import Tree, tree_of

TOGETHER = 5
"""Runs in one test."""
Finished = tuple[Services, BoardSnapshot, Tree]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    services = unpacked(tmp_path_factory.mktemp("finished"))
    board = recorded_board(services, DEMO)
    assert board is not None
    return services, board, tree_of(services, DEMO)


def played(seed: int, finished: Finished, monkeypatch, faults: float = 0.2) -> DeliveredRun:
    run = DeliveredRun(seed, *finished, faults=faults)
    monkeypatch.setattr(files_errand, "tree_of", run.tree)
    return run


def judge(run: DeliveredRun, seed: int, *others: DeliveredRun) -> None:
    delivered = [each.known[DeliveryKind.FILES] for each in (run, *others)]
    told = f"seed {seed}: {run.truth}, {run.known}\n{run.bucket.puts}"
    for known in run.known.values():
        assert known.stage is DeliveryStage.PUBLISHED, told
        assert known.outcome is run.truth, told
    finished = run.truth is RemoteOutcome.FINISHED
    assert run.there == run.wanted, told
    last = [n for n, (key, _) in enumerate(run.bucket.puts) if key.endswith(LAST)]
    assert last == ([len(run.bucket.puts) - 1] if finished else []), told
    assert run.needless == [], told
    assert any(each.delivered for each in delivered), told
    assert len({each.fields for each in run.ends}) == 1, told
    assert run.row.row["submission_status"] == run.truth.value.upper(), told
    assert bool(set(SCORES) & set(run.row.row)) is finished, told


@pytest.mark.parametrize("first", sweep(range(0, 1000, TOGETHER), 500))
def test_there_is_one_end_the_right_one_and_all_files_before_it(
    first, finished, monkeypatch
) -> None:
    """One of five requests fails, and the recorder is killed at one place of fifty."""
    for seed in range(first, first + TOGETHER):
        run = played(seed, finished, monkeypatch)
        run.play()
        judge(run, seed)


@pytest.mark.parametrize("first", sweep(range(0, 300, TOGETHER), 100))
def test_of_two_machines_each_ends_it_and_all_is_there_once(first, finished, monkeypatch) -> None:
    """They know nothing of each other but what the place and the table tell them."""
    for seed in range(first, first + TOGETHER):
        run = played(seed, finished, monkeypatch)
        other = run.another()
        run.play(other)
        judge(run, seed, other)
        assert {each.stage for each in other.known.values()} == {DeliveryStage.PUBLISHED}, seed


class KilledOnceAt(Killing):
    def __init__(self, place: int) -> None:
        self._place, self.passed = place, 0

    def may(self) -> None:
        self.passed += 1
        if self.passed == self._place:
            raise Killed


@pytest.mark.parametrize("seed", sweep(range(6)))
def test_killed_at_any_single_place_the_next_recorder_ends_it_as_well(
    seed, finished, monkeypatch
) -> None:
    place, last = 0, 1
    while place < last:
        run = played(seed, finished, monkeypatch, faults=0.0)
        killing = KilledOnceAt(place)
        run.killing = run.bucket.killing = run.row.killing = run.ledger._killing = killing
        run.play()
        judge(run, seed)
        place, last = place + 1, max(last, killing.passed)
