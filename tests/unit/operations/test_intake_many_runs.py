"""Whatever EvalAI, the cluster and the machine do: each submission is launched once, and none is lost."""

from __future__ import annotations

import pytest
from fakes.intake_runs import IntakeRun
from fakes.sweeps import sweep

TOGETHER = 10
_PLAYED: dict[int, tuple[IntakeRun, int]] = {}


def told(run: IntakeRun, seed: int) -> str:
    """What a reader of a failure needs."""
    began = {name: len(uids) for name, uids in run.cluster.began.items()}
    return f"seed {seed}: wanted {sorted(run.wanted)}, began {began}, {run.rules.messages}"


async def played(seed: int) -> tuple[IntakeRun, int]:
    """The run of that seed, played once for all who look at it, and how often it was killed."""
    if seed not in _PLAYED:
        run = IntakeRun(seed)
        killing = run.trouble.killing
        await run.play()
        _PLAYED[seed] = run, killing.count
    return _PLAYED[seed]


@pytest.mark.parametrize("first", sweep(range(0, 400, TOGETHER), 0))
async def test_each_is_launched_once_though_killed_anywhere_and_nothing_stays_behind(
    first: int,
) -> None:
    """One of five requests fails, in four ways, and a console is killed at one place of thirty."""
    for seed in range(first, first + TOGETHER):
        run, _ = await played(seed)
        began = {name for name, uids in run.cluster.began.items() if uids}
        assert began == run.wanted, told(run, seed)
        assert all(len(uids) == 1 for uids in run.cluster.began.values() if uids), told(run, seed)
        assert run.rules.messages == [], told(run, seed)


@pytest.mark.parametrize("first", sweep(range(0, 400, 2), 0))
async def test_of_several_clusters_on_one_queue_one_launches_each_and_none_is_lost(
    first: int,
) -> None:
    """They know of each other by EvalAI alone. What was cut short waits there for a person."""
    for seed in (first, first + 1):
        run = IntakeRun(seed, clusters=2)
        await run.play()
        begun = [name for each in run.clusters for name, uids in each.began.items() if uids]
        assert len(begun) == len(set(begun)), (seed, begun)
        waits = {f"submission-{each.body['submission_pk']}" for each in run.rules.messages}
        assert {*begun} | waits == run.wanted, (seed, begun, waits)


async def test_of_several_clusters_on_one_queue_each_is_launched_where_nothing_fails() -> None:
    for seed in range(5):
        run = IntakeRun(seed, faults=0.0, kills=0.0, clusters=3)
        await run.play()
        begun = sorted(name for each in run.clusters for name, uids in each.began.items() if uids)
        assert (begun, run.rules.messages) == (sorted(run.wanted), []), seed


async def test_without_trouble_each_is_launched_at_its_first_look() -> None:
    run = IntakeRun(3, faults=0.0, kills=0.0)
    await run.play()
    launched = [each for each in run.news if each.accepted and each.accepted.launched]
    assert {each.accepted.job for each in launched if each.accepted} == run.wanted
    assert len(launched) == len(run.news)


async def test_the_runs_meet_what_they_are_for() -> None:
    """Else they would prove nothing."""
    killed = acknowledged_later = unacknowledged = 0
    for seed in range(16):
        run, count = await played(seed)
        killed += count
        accepted = [each.accepted for each in run.news if each.accepted]
        acknowledged_later += sum(not each.launched for each in accepted)
        unacknowledged += sum(bool(each.unacknowledged) for each in accepted)
    assert min(killed, acknowledged_later, unacknowledged) > 3
