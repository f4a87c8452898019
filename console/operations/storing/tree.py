"""All that a place is to hold of one submission, in the order in which it is to appear there.

Reads the recording; asks no cluster and no place. Whoever reads the place meanwhile, or finds what
a killed console has left: logs first, then results, EvalAI's files, and the marks that say how it
ended only after all that they speak of.
"""

from __future__ import annotations

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.upstream_refusals import refuse_upstreams
from console.operations.outcome.verify import ROUTES_UNKNOWN
from console.operations.outcome.view import ResultsView
from console.operations.outcome.view import results as results_of
from console.operations.ports.object_place import Blocks
from console.operations.ports.recorder import Recording
from console.operations.recording.earlier import earlier_of
from console.operations.recording.recorded import as_it_ended, recorded_board, without_job
from console.operations.recording.recorded_drives import recorded_drives
from console.operations.services import Services
from console.operations.storing import folder_owner, marks, result_files
from console.operations.storing.log_files import logs
from console.specs.publishing_annotations import folder_of


class Tree(msgspec.Struct, frozen=True):
    """Key -> content below `folder`, in the order of the sending."""

    folder: str
    whose: folder_owner.FolderOwner
    files: dict[str, Blocks]
    view: ResultsView
    ended: bool
    lines: dict[str, int]
    """How many the log of that key has."""
    remarks: tuple[str, ...] = ()


def tree_of(services: Services, recording: Recording, folder: str = "") -> Tree:
    """From what is recorded of it now. Reads files; raises NotFound where the Job is not there."""
    # The logs first: a result then never tells of less than they do.
    written = logs(services.recorder, recording)
    kept = services.recorder.manifest(recording)
    board = recorded_board(services, recording) if kept else None
    if kept is None or board is None:
        raise without_job(recording.name)
    refuse_upstreams(board.job, "publish")
    board = as_it_ended(board, services.clock())
    view = results_of(board)
    found, remarks = _results(services, recording, board, view)
    texts = found | {f"{marks.FOLDER}/{name}": "" for name in marks.marks(board, final=view.final)}
    earlier = earlier_of(services, recording, kept.manifest)
    whose = folder_owner.identity_of(recording, kept, board.routes, earlier)
    contents = {key: each.content for key, each in written.items()}
    own = {folder_owner.KEY: _of_text(folder_owner.as_text(whose))}
    return Tree(
        folder_of(kept.manifest, recording.name, folder),
        whose,
        own | contents | {k: _of_text(v) for k, v in texts.items()},
        view,
        ended=board.ended,
        lines={key: each.lines for key, each in written.items()},
        remarks=remarks,
    )


def _results(
    services: Services, recording: Recording, board: BoardSnapshot, view: ResultsView
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Key -> text, and what must be said of them."""
    plan = result_files.plan_of_board(board)
    if plan is None or board.job is None or board.job.plan is None:
        return {}, (f"no result is published: {ROUTES_UNKNOWN}",)
    finished = recorded_drives(services.recorder, recording, plan, board.job.plan.nonce)
    merged = result_files.merged(plan, view, finished)
    found = result_files.partials(plan, finished) | {result_files.MERGED: merged}
    found |= result_files.for_evalai(merged, plan.leaderboard)
    return found, ()


def _of_text(text: str) -> Blocks:
    return lambda: iter((text.encode(),))
