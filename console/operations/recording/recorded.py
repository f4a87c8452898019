"""What a recording tells of a submission whose cluster has forgotten some of it.

Reads files, through the recorder, and asks no cluster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.events import (
    KEPT_DRIVES,
    ClusterEventSeen,
    ConsoleActed,
    Event,
    JobSeen,
    JobVanished,
    PodSeen,
    PodVanished,
    StreamChanged,
)
from console.domain.facts import IndexedJob, JobFacts
from console.domain.folding import fold
from console.domain.standing import standing
from console.domain.submission import Layout, SubmissionPlan, is_logcopy
from console.errors import ConsoleError, NotFound
from console.operations.ports.recorder import LogLine, LogView, RecorderPort, Recording
from console.operations.recording.logcopies import (
    SubmissionProgress,
    in_order_of_time,
    progress_of,
)
from console.operations.recording.progress import MARK
from console.operations.services import Services
from console.specs.plan import plan_of

LINES_AT_ONCE = 5000
PROGRESS = MARK.decode()


def new_lines(view: LogView, start: int) -> Iterator[LogLine]:
    """Every line from there on, some thousand at a time."""
    while lines := view.lines(start, start + LINES_AT_ONCE):
        start += len(lines)
        yield from lines


def lines_until(view: LogView, end: int) -> Iterator[LogLine]:
    """Those that there were at one time, though the log still grows."""
    for start in range(0, end, LINES_AT_ONCE):
        yield from view.lines(start, min(start + LINES_AT_ONCE, end))


def lost_pods(
    services: Services, recording: Recording, present: Collection[str] = ()
) -> list[Event]:
    """What a recording tells of pods that the cluster no longer has, to their end. Reads files.

    For a console that looks late: it then knows what the other saw. `present`: uids of the pods
    that there are; of these the cluster tells more, and of logcopy's stream too.
    """
    told = [each for each in services.recorder.history(recording) if _of_lost_pods(each, present)]
    seen = {each.pod.uid: None for each in told if isinstance(each, PodSeen)}
    gone = {each.uid for each in told if isinstance(each, PodVanished)}
    now = services.clock()
    return [*told, *(PodVanished(now, uid) for uid in seen if uid not in gone)]


def _of_lost_pods(event: Event, present: Collection[str]) -> bool:
    match event:
        case PodSeen():
            return event.pod.uid not in present
        case PodVanished():
            return event.uid not in present
        case StreamChanged():
            kept = event.container == KEPT_DRIVES
            return kept or (is_logcopy(event.container) and not present)
    return isinstance(event, ClusterEventSeen | ConsoleActed)


def recorded_progress(
    services: Services, recording: Recording, progress: SubmissionProgress
) -> list[Event]:
    """What logcopy had told when it was recorded. Reads files."""
    views = {name: services.recorder.log(recording, name) for name in progress.containers}
    logs = ((name, new_lines(view, 0)) for name, view in views.items())
    return [
        event
        for name, line in in_order_of_time(logs)
        if not line.gap and line.text.startswith(PROGRESS)
        for event in progress.of(name).line(line.text, services.clock(), line.pod)
    ]


def recorded_board(services: Services, recording: Recording) -> BoardSnapshot | None:
    """The board as the recording has it, marked as old; None where it does not tell the Job.

    Reads files.
    """
    board = BoardSnapshot(recording.namespace, recording.name)
    for event in services.recorder.history(recording):
        board = fold(board, event)
    if board.job is None or board.job.plan is None:
        job = kept_job(services.recorder, recording)
        if job is None:
            return None
        board = fold(board, JobSeen(services.clock(), job))
        assert board.job is not None
    since = board.updated_at
    for event in recorded_progress(services, recording, progress_of(board.job)):
        board = fold(board, event)
    return replace(
        board, live=False, stale_since=since, stale_why="Read from this console's recording."
    )


def without_job(named: str, *, fix: str = "") -> NotFound:
    """The error of whoever needs what was launched, and finds a recording that does not tell it."""
    return NotFound(
        f"The recording of {named} does not hold the Job itself.",
        why="What was launched cannot be told without it.",
        fix=fix,
    )


def damage_words(services: Services, recording: Recording) -> str:
    """What a reader must know of a recording that is not whole; empty for one that is."""
    told = services.recorder.damage(recording)
    return f"Not all of it can be read: {'; '.join(told)}." if told else ""


def as_it_ended(board: BoardSnapshot, now: datetime, *, gone: bool = False) -> BoardSnapshot:
    """How it ended, whether or not somebody watched its deletion; deleted where it had not.

    `gone`: the cluster was asked, and no longer has the Job.
    """
    before = replace(board, vanished=False)
    status, reason = standing(before)
    ended = replace(before, status=status, reason=reason)
    if ended.ended:
        return ended
    if not (gone or board.vanished):
        return board
    return replace(fold(board, JobVanished(board.updated_at or now)), live=False)


def recordings_of(services: Services, namespace: str, name: str) -> tuple[Recording, ...]:
    """Of all submissions that had that name on this cluster, newest last; imported ones too.

    Where no cluster is known any more, of all that were recorded.
    """
    context = services.cluster.description.context
    return tuple(
        each
        for each in services.recorder.recordings()
        if (each.namespace, each.name) == (namespace, name)
        and (context in ("", each.cluster) or services.recorder.imported(each) is not None)
    )


def kept_job(recorder: RecorderPort, recording: Recording) -> JobFacts | None:
    """The kept Job as facts; None where none is kept, or it is no submission that can be read."""
    kept = recorder.manifest(recording)
    if kept is None:
        return None
    try:
        return launched_job(recording, plan_of(kept.manifest))
    except ConsoleError:
        return None


def launched_job(
    recording: Recording, plan: SubmissionPlan, created_at: datetime | None = None
) -> JobFacts:
    """What never changes of a recorded Job."""
    return JobFacts(
        name=recording.name,
        namespace=recording.namespace,
        uid=recording.uid,
        created_at=created_at,
        backoff_limit=plan.backoff_limit,
        leaderboard=plan.drives.leaderboard.name,
        plan=plan,
        indexes=_indexes(plan),
    )


def _indexes(plan: SubmissionPlan) -> IndexedJob | None:
    """Each pair's limit; how they ended only the Job itself says."""
    return IndexedJob(plan.backoff_limit) if plan.layout is Layout.POD_PER_PAIR else None
