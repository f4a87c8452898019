"""How a submission stands here, for whoever publishes it: from its board and its recording.

Reads the recording's files, no cluster.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.evidence import end_heard
from console.domain.facts import EvalAiPlace
from console.operations.outcome.view import ResultsView, results
from console.operations.ports.evalai import EvalAiUpdate, RemoteOutcome
from console.operations.publishing.next_step import StandingHere
from console.operations.publishing.said_there import (
    SaidThere,
    digest_of,
    of_an_end,
    of_final_result,
    of_merged,
)
from console.operations.recording.earlier import earlier_of
from console.operations.recording.recorded import recorded_board, recordings_of
from console.operations.recording.recorded_drives import recorded_drives
from console.operations.services import Services
from console.operations.storing.result_files import merged, plan_of_board

UNHEARD = "nobody has heard how it ended: what is recorded stops before logcopy's last words"
STILL_RAN = "it still ran when it was last recorded"
NOT_KEPT = (
    "its recording lacks the Job itself, so that nobody can tell whether it goes on from another,"
    " whose drives would be lost"
)
AS_FAILED = "To send it as failed: publish NAME --as-failed"
GONE = "the cluster no longer has them"
_WITHOUT_RESULT = (RemoteOutcome.FAILED, RemoteOutcome.CANCELLED)


class Recorded(msgspec.Struct, frozen=True):
    """What is known of it here, and the texts that go with it."""

    view: ResultsView
    merged: str | None
    """The merged file so far; None where nobody knows what was launched."""
    partly: SaidThere | None
    digest: str
    """Of what a partial result would say; empty where it would say nothing."""
    ended: RemoteOutcome | None
    unknown: str
    handed_on: int = 0
    """Drives of `merged` that are of those from which it went on: it has told none itself."""

    @property
    def over(self) -> bool:
        """Nothing new will come of it."""
        return self.ended is not None or bool(self.unknown)

    @property
    def passing(self) -> bool:
        """What is unknown may be recorded yet, though nothing is seen to change."""
        return self.unknown.startswith(NOT_KEPT)

    @property
    def standing(self) -> StandingHere:
        return StandingHere(self.digest, self.ended, self.unknown)

    def update(self, place: EvalAiPlace, outcome: RemoteOutcome) -> EvalAiUpdate:
        """What is sent with that outcome."""
        said: SaidThere | None
        if outcome is RemoteOutcome.PARTIALLY_EVALUATED:
            said = self.partly
        elif outcome is RemoteOutcome.FINISHED:
            said = of_final_result(self.view)
        else:
            said = of_an_end(outcome, self.view, self.merged, self.handed_on)
        assert said is not None, f"nothing to say with {outcome}"
        return said.update(place, outcome)


def recorded_now(
    services: Services,
    board: BoardSnapshot,
    *,
    heard: bool,
    gone: bool = False,
    beyond: str = "",
    said: Sequence[str] = (),
) -> Recorded:
    """`heard`: what it said last is on the board, or never will be; `gone`: the cluster no longer
    has it, whatever was seen of its pod last; `beyond`: why no more of it can be heard than is
    recorded, which may have been cut; `said`: logcopy's lines of progress that the cluster still
    has, beside those that are recorded."""
    view = results(board)
    ended, unknown = how_it_ended(board, view, heard=heard, gone=gone, beyond=beyond)
    so_far, drives = _merged(services, board, view, said)
    partly = None
    if so_far is not None and not board.ended and 0 < drives < (view.total or 0):
        # With the last drive what is to be said is final, and waits for logcopy's own document.
        partly = of_merged(so_far, view)
    handed_on = 0
    if ended in _WITHOUT_RESULT and not drives and not _is_kept(services, board):
        ended, unknown = None, f"{NOT_KEPT}. {AS_FAILED}"
    if board.ended and not drives:
        before, handed_on = _handed_on(services, board)
        so_far = before or so_far
    digest = digest_of(partly) if partly else ""
    return Recorded(view, so_far, partly, digest, ended, unknown, handed_on)


def _is_kept(services: Services, board: BoardSnapshot) -> bool:
    """The Job stands in its recording; it may be written a moment after the Job was seen."""
    return (
        board.job is not None
        and services.recorder.manifest(services.recording_of(board.job)) is not None
    )


def how_it_ended(
    board: BoardSnapshot, view: ResultsView, *, heard: bool, gone: bool, beyond: str = ""
) -> tuple[RemoteOutcome | None, str]:
    """The outcome of one that no container can change any more; why nobody can tell it.

    `beyond`: why no more can be heard; whoever recorded it may have been killed before the end.
    """
    cut = bool(beyond) and not board.live
    if not (board.settled or ((gone or cut) and board.ended)):
        return None, f"{STILL_RAN}, and {beyond}. {AS_FAILED}" if cut else ""
    if view.final and board.status is not SubmissionStatus.CANCELLED:
        return RemoteOutcome.FINISHED, ""
    if not heard:
        return None, ""
    if board.status is SubmissionStatus.CANCELLED:
        return RemoteOutcome.CANCELLED, ""
    if board.status is SubmissionStatus.UNVERIFIED:
        return None, board.reason
    if beyond and not end_heard(board):
        return None, f"{UNHEARD}, and {beyond}. {AS_FAILED}"
    return RemoteOutcome.FAILED, ""


def _merged(
    services: Services, board: BoardSnapshot, view: ResultsView, said: Sequence[str]
) -> tuple[str | None, int]:
    """The merged file so far, and how many drives are in it."""
    job, plan = board.job, plan_of_board(board)
    if job is None or job.plan is None or plan is None:
        return None, 0
    recording = services.recording_of(job)
    finished = recorded_drives(services.recorder, recording, plan, job.plan.nonce, said)
    return merged(plan, view, finished), len(finished.records)


def _handed_on(services: Services, board: BoardSnapshot) -> tuple[str | None, int]:
    """As `_merged`, of the last one before it in the chain that has finished drives. Where one
    goes on and tells nothing, what is at EvalAI already must not get lost."""
    if board.job is None:
        return None, 0
    recording = services.recording_of(board.job)
    kept = services.recorder.manifest(recording)
    for name in earlier_of(services, recording, kept.manifest if kept else {}):
        before = recordings_of(services, recording.namespace, name)
        old = recorded_board(services, before[-1]) if before else None
        if old is not None and (told := _merged(services, old, results(old), ()))[1]:
            return told
    return None, 0
