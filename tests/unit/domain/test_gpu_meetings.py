"""Two submissions on one node: who meets whom on a GPU, and where that is no fault."""

from __future__ import annotations

import pytest
from fakes.boards import board, gpu, pair
from fakes.indexed_pods import part
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.domain.gpu_meetings import meetings, words

ONE, TWO = ("lab", "one"), ("lab", "two")


def submission(name: str, *indices: int, shared: bool = False) -> BoardSnapshot:
    """Its pairs on these GPUs."""
    own = [replace(gpu(index), shared=shared) for index in indices]
    pairs = [
        replace(pair(number, 1), simulator_gpu=seen, agent_gpu=seen)
        for number, seen in enumerate(own, start=1)
    ]
    shown = replace(board(), namespace="lab", name=name, pairs=tuple(pairs))
    assert shown.pod_lives
    return shown


def test_each_is_told_its_pair_the_other_and_the_gpu() -> None:
    found = meetings([submission("one", 0, 1), submission("two", 1, 2)])
    assert {key: [each.text for each in told] for key, told in found.items()} == {
        ONE: ["pair 2 is on one GPU with pair 1 of two: GPU-00000001"],
        TWO: ["pair 1 is on one GPU with pair 2 of one: GPU-00000001"],
    }
    assert found[ONE][0].pair == 2
    assert words(found[ONE]) == "pair 2 is on one GPU with pair 1 of two: GPU-00000001."
    both = meetings([submission("one", 0, 1), submission("two", 0, 1)])
    assert words(both[TWO]).endswith("GPU-00000000 (and 1 more).")


def test_pairs_on_gpus_of_their_own_meet_nobody() -> None:
    assert meetings([submission("one", 0, 1), submission("two", 2, 3)]) == {}
    assert words(()) == ""


def test_shares_are_meant_to_meet() -> None:
    one, two = (submission(name, 0, shared=True) for name in ("one", "two"))
    assert meetings([one, two]) == {}


def test_a_submission_that_has_ended_holds_no_gpu() -> None:
    over = replace(submission("one", 0), status=SubmissionStatus.COMPLETE)
    assert meetings([over, submission("two", 0)]) == {}


@pytest.mark.parametrize("phase", ["Succeeded", "Failed", "Pending"])
def test_a_pair_whose_own_pod_does_not_run_holds_no_gpu(phase: str) -> None:
    """It is somebody else's from then on, though other pairs drive."""
    apart = replace(submission("one", 0, 1), parts=(part(1, phase=phase), part(2)))
    assert set(meetings([apart, submission("two", 0)])) == set()
    assert set(meetings([apart, submission("two", 1)])) == {ONE, TWO}


def test_a_gpu_that_nobody_could_tell_is_nobodys() -> None:
    blind = submission("one", 0)
    unknown = replace(gpu(0), uuid=None)
    blind = replace(
        blind, pairs=tuple(replace(p, simulator_gpu=unknown, agent_gpu=None) for p in blind.pairs)
    )
    assert meetings([blind, submission("two", 0)]) == {}


@pytest.mark.parametrize("status", [PairStatus.DONE, PairStatus.STOPPED, PairStatus.FAILED])
def test_a_pair_whose_halves_have_ended_drives_beside_nobody(status: PairStatus) -> None:
    one = submission("one", 0, 1)
    over = replace(one, pairs=(replace(one.pairs[0], status=status), *one.pairs[1:]))
    assert meetings([over, submission("two", 0)]) == {}
