"""Whatever EvalAI, the network and the machine do: one final result, the right one, and the last."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from fakes.evalai_model import BEGIN, PLACE, EvalAiModel, Killed, Killing, VirtualClock
from fakes.published_runs import HereInTime, PublishedRun
from fakes.sweeps import sweep

from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.publications import PublicationStage
from console.publish.ledger import LedgerOnDisk

TOGETHER = 25
"""Runs in one test."""
LATEST = 1800
"""Seconds in which a cancel is seen, with kills of minutes in between."""


def told(run: PublishedRun, seed: int) -> str:
    """What a reader of a failure needs."""
    taken = "\n".join(f"{at:%H:%M:%S} {update.outcome}" for at, update in run.evalai.taken)
    return f"seed {seed}: {run.known}\n{taken}"


@pytest.mark.parametrize("first", sweep(range(0, 1000, TOGETHER), 0, 500))
async def test_there_is_one_final_result_the_right_one_and_nothing_after_it(
    first, tmp_path
) -> None:
    """Three of ten requests fail, in six ways, and the recorder is killed at one place of twenty."""
    for seed in range(first, first + TOGETHER):
        run = PublishedRun(seed, tmp_path, faults=0.3, kills=0.05)
        await run.play()
        assert run.known.stage is PublicationStage.PUBLISHED, told(run, seed)
        assert run.finals, told(run, seed)
        assert all(final == run.finals[0] for final in run.finals), told(run, seed)
        assert run.finals[0].outcome is run.right, told(run, seed)
        assert run.evalai.status is run.finals[0].outcome.shown, told(run, seed)
        assert run.partials_after_final == 0, told(run, seed)


@pytest.mark.parametrize("first", sweep(range(0, 1000, TOGETHER), 250, 750))
async def test_nothing_is_sent_twice_where_evalai_tells_when_it_took_the_last(
    first, tmp_path
) -> None:
    """It does: by the time of its last update, which is another one after each."""
    for seed in range(first, first + TOGETHER):
        run = PublishedRun(seed, tmp_path, faults=0.3, kills=0.05, tells=True)
        await run.play()
        assert run.sent_again == 0, told(run, seed)


class KilledAt(Killing):
    """Once, at that place where the recorder touches the outside."""

    def __init__(self, place: int) -> None:
        super().__init__(Random(0), 0.0)
        self._place, self.passed = place, 0

    def may(self) -> None:
        self.passed += 1
        if self.passed == self._place:
            raise Killed


@pytest.mark.parametrize("seed", sweep(range(12), 0))
async def test_killed_between_any_two_steps_the_next_recorder_ends_it_as_well(
    seed, tmp_path
) -> None:
    place, last = 0, 1
    while place < last:
        run = PublishedRun(seed, tmp_path, faults=0.0, kills=0.0, tells=True)
        killing = run.killing = run.evalai.killing = run.memory.killing = KilledAt(place)
        await run.play()
        assert run.known.stage is PublicationStage.PUBLISHED, told(run, seed)
        assert [final.outcome for final in run.finals] == [run.right], told(run, seed)
        assert (run.sent_again, run.partials_after_final) == (0, 0), told(run, seed)
        place, last = place + 1, killing.passed
    assert place > 10


async def test_a_cancel_there_ends_it_here_and_no_partial_result_follows_it(tmp_path) -> None:
    cancelled = 0
    for seed in range(40):
        run = PublishedRun(seed, tmp_path, faults=0.0, kills=0.1)
        await run.play()
        if not run.evalai.cancels:
            continue
        cancelled += 1
        after = [u for at, u in run.evalai.taken if at > run.evalai.cancels[0]]
        assert [update.outcome.shown for update in after] == [RemoteStatus.CANCELLED], seed
        late = (run.evalai.cancels[0] - BEGIN).total_seconds() + LATEST > run.planned
        assert run.cluster.patched or late, seed
    assert cancelled > 5


async def test_without_trouble_each_step_of_progress_is_sent_once(tmp_path) -> None:
    for seed in range(20):
        run = PublishedRun(seed, tmp_path, faults=0.0, kills=0.0)
        await run.play()
        said = [update.stdout for _, update in run.evalai.taken]
        assert len(said) == len(set(said)), seed
        assert len(run.finals) == 1, seed


async def test_it_is_looked_at_and_told_no_more_often_than_the_period_says(tmp_path) -> None:
    """But for the end, which is told at once."""
    run = PublishedRun(3, tmp_path, faults=0.0, kills=0.0)
    await run.play()
    partials = [at for at, update in run.evalai.taken if not update.outcome.final]
    assert len(partials) > 3
    gaps = [(later - at).total_seconds() for at, later in itertools.pairwise(partials)]
    assert min(gaps) >= 60


@pytest.mark.parametrize("seed", range(5))
async def test_the_ledger_on_disk_knows_as_much_after_a_kill(seed, tmp_path) -> None:
    ledger = LedgerOnDisk(tmp_path / "publications")
    run = PublishedRun(seed, tmp_path, faults=0.3, kills=0.1, ledger=ledger)
    await run.play()
    assert [final.outcome for final in run.finals[:1]] == [run.right]
    assert run.partials_after_final == 0
    kept = LedgerOnDisk(tmp_path / "publications").read(PLACE)
    assert kept is not None
    assert (kept.stage, kept.final) == (PublicationStage.PUBLISHED, run.right)


async def test_a_server_that_answers_nothing_for_hours_gets_all_of_it_afterwards(tmp_path) -> None:
    run = PublishedRun(1, tmp_path, faults=0.0, kills=0.0)
    run.evalai.broken_until = run.clock.now.replace(hour=23)
    await run.play()
    assert run.known.stage is PublicationStage.PUBLISHED
    asked = run.evalai.requests_made
    assert len(asked) < 120, "it is asked less and less often"
    assert run.evalai.status is run.right.shown


async def test_one_that_never_answers_is_given_up_after_days_and_told_so(tmp_path) -> None:
    run = PublishedRun(1, tmp_path, faults=0.0, kills=0.0, longest_days=4)
    run.evalai.broken_until = run.clock.now.replace(year=2027)
    await run.play()
    assert run.known.stage is PublicationStage.HELD
    assert run.known.words == "Given up after 3 days: 502 Bad Gateway"
    assert not run.known.busy


async def test_the_model_forgets_a_cancel_as_evalai_does() -> None:
    """Else the runs would prove nothing."""
    model = EvalAiModel(VirtualClock(), Random(0))
    model.cancel()
    await model.update(HereInTime(1, None).update(PLACE, RemoteOutcome.PARTIALLY_EVALUATED))
    assert (await model.submission(PLACE.submission)).status is RemoteStatus.PARTIALLY_EVALUATED
