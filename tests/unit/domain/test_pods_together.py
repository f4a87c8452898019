"""The pods of one list, taken together: the very board that taking one after the other gives."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.drawn_facts import AT, jobs, pods
from fakes.indexed_pods import JOB, PAIRS, WAITING, at, part
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from console.domain.board import BoardSnapshot
from console.domain.events import Event, JobSeen, PodSeen, PodsSeen
from console.domain.facts import JobFacts, PodFacts
from console.domain.folding import fold

several = st.tuples(*(pods(f"p{number}", AT + timedelta(hours=number)) for number in range(3)))


def board_of(*events: Event) -> dict[str, object]:
    board = BoardSnapshot("races", "run")
    for event in events:
        board = fold(board, event)
    return asdict(board)


@given(jobs, several.flatmap(st.permutations), st.none() | pods("p1", AT + timedelta(hours=1)))
def test_pods_of_one_list_are_those_that_come_one_after_the_other(
    job: JobFacts, listed: list[PodFacts], known: PodFacts | None
) -> None:
    before = [JobSeen(AT, job), *([PodSeen(AT, known)] if known else [])]
    together = PodsSeen(AT, tuple(listed))
    assert board_of(*before, together) == board_of(*before, *together.each)
    assert board_of(together, *before) == board_of(*together.each, *before)


PARTS = [part(pair, second=pair) for pair in PAIRS]


@pytest.mark.parametrize(
    "listed",
    [
        PARTS,
        PARTS[::-1],
        [part(1, phase="Failed"), *PARTS, part(2, 1, state=WAITING, uid="anew")],
        [part(2, 1, uid="anew"), *PARTS],
    ],
)
def test_so_are_the_pods_of_pairs_that_have_one_each(listed: list[PodFacts]) -> None:
    together = PodsSeen(at(9), tuple(listed))
    for before in ([JobSeen(at(0), JOB)], [JobSeen(at(0), JOB), PodSeen(at(1), PARTS[1])]):
        assert board_of(*before, together) == board_of(*before, *together.each)
