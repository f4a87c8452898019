"""A line of a list, told by a Job and its pod alone: the very line that folding both gives."""

from __future__ import annotations

from fakes.drawn_facts import AT, jobs, pods
from hypothesis import given
from hypothesis import strategies as st

from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen, PodSeen
from console.domain.facts import JobFacts, PodFacts
from console.domain.folding import fold, listed
from console.operations.outcome.row import row_of


@given(jobs, st.none() | pods())
def test_a_line_is_the_one_that_folding_the_job_and_its_pod_gives(
    job: JobFacts, pod: PodFacts | None
) -> None:
    board = BoardSnapshot("races", "run")
    for event in (*([PodSeen(AT, pod)] if pod else []), JobSeen(AT, job)):
        board = fold(board, event)
    short = listed(job, pod, AT)
    assert row_of(short) == row_of(board)
    assert (short.ended, short.logcopy) == (board.ended, board.logcopy)
