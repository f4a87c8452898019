"""Whether one may go on from a submission: one rule, for the key on a screen and for the command."""

from __future__ import annotations

from fakes.folded_boards import JOB, board_of, pod
from msgspec.structs import replace

from console.domain.board import SubmissionStatus
from console.domain.progress import MergedResult
from console.domain.resumable import Unresumable, why_unresumable

ENDED = replace(board_of(), job=JOB, status=SubmissionStatus.FAILED)


def test_what_has_not_ended_is_not_gone_on_from() -> None:
    for status in (SubmissionStatus.RUNNING, SubmissionStatus.QUEUED, SubmissionStatus.BLOCKED):
        assert why_unresumable(replace(ENDED, status=status)) is Unresumable.GOES_ON


def test_containers_that_still_stop_are_waited_for_unless_their_job_is_gone() -> None:
    stopping = replace(ENDED, pod=pod())
    assert why_unresumable(stopping) is Unresumable.STOPS
    assert why_unresumable(replace(stopping, vanished=True)) is None


def test_a_final_result_leaves_nothing_to_drive_and_one_that_is_not_does() -> None:
    final = replace(ENDED, merged=MergedResult("", "{}", final=True))
    assert why_unresumable(final) is Unresumable.FINAL
    assert why_unresumable(replace(final, merged=MergedResult("", "{}"))) is None
    assert why_unresumable(ENDED) is None
