"""An incident bundle: everything that is recorded of one submission in one file, to be passed on.

A cleaned copy of the recording is made first. The report and all else are read from that copy, so
that nothing can be in the file that was left out of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

import msgspec
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.submission import is_logcopy
from console.errors import NotFound
from console.operations.bundling.cleaned_events import CLUSTER, NAMESPACE, cleaned_events
from console.operations.bundling.cleaned_log import CleanedLog, cleaned_texts
from console.operations.bundling.cleaned_manifest import cleaned_manifest, platform_names
from console.operations.bundling.documents import documents
from console.operations.bundling.file_names import usual_name
from console.operations.bundling.redaction import LeftOut, Redaction
from console.operations.inspecting.attempt_lines import LogOf
from console.operations.inspecting.inspection import Inspection
from console.operations.inspecting.inspector import Inspector
from console.operations.ports.recorder import (
    BundleHeader,
    KeptManifest,
    LogLine,
    LogView,
    RecorderPort,
    Recording,
    RecordingWriter,
    SpoolWriter,
)
from console.operations.recording.recorded import (
    LINES_AT_ONCE,
    as_it_ended,
    lines_until,
    recorded_board,
    without_job,
)
from console.operations.recording.tail import moment_of
from console.operations.services import Services
from console.version import VERSION

SERVER = "https://platform.invalid"
"""What a team's bundle says of the cluster's address."""


class CopiedLog(msgspec.Struct, frozen=True):
    """How much of a container's log is in the bundle."""

    container: str
    runs: int
    lines: int
    gaps: int
    """Places where the recording itself says that something is missing."""


class BundleContent(msgspec.Struct, frozen=True):
    """What a report on a bundle is made of."""

    board: BoardSnapshot
    header: BundleHeader
    logs: tuple[CopiedLog, ...]
    left_out: tuple[LeftOut, ...]
    inspection: Inspection | None = None
    """Of the copy, so that its evidence holds nothing that was left out; None: nothing failed."""


class _Copied(msgspec.Struct, frozen=True):
    recording: Recording
    """By the name that it has in the bundle."""
    newest: datetime | None
    """When its newest word is of."""
    logs: tuple[CopiedLog, ...]
    left_out: tuple[LeftOut, ...]


class WantedBundle(msgspec.Struct, frozen=True):
    """Which recording, for whom, and into which file."""

    recording: Recording
    team: bool = False
    """It names nothing of the platform."""
    file: str | None = None
    """Never written over; None: one of the recording's name in the working folder."""


Report = Callable[[BundleContent], str]


class Exported(msgspec.Struct, frozen=True):
    """The file that was written, and what is not in it."""

    file: str
    left_out: tuple[LeftOut, ...]
    ended: bool


def export(services: Services, wanted: WantedBundle, report: Report) -> Exported:
    """Write the bundle, whole or not at all. Reads and writes files; asks no cluster.

    `report` makes the words for people. Raises NotFound where the recording does not tell what was
    launched, ConsoleError for a disk that does not take it.
    """
    with services.recorder.beside() as recorder:
        copied = _copy(services, wanted, recorder)
        # As of its newest word: the same recording tells the same whenever it is exported.
        then = copied.newest or services.clock()
        aside = replace(services, recorder=recorder, clock=lambda: then)
        board = recorded_board(aside, copied.recording)
        if board is None:
            raise _nothing_launched(wanted.recording)
        board = as_it_ended(board, then)
        header = BundleHeader(
            copied.recording,
            team=wanted.team,
            machine="" if wanted.team else services.recorder.owner(),
            console=VERSION,
            ended=board.ended,
            newest=copied.newest,
            kubernetes=_version(recorder, copied.recording),
        )
        found = Inspector(_logs_of(recorder, copied.recording), lambda: then).of(board)
        content = BundleContent(board, header, copied.logs, copied.left_out, found)
        files = documents(recorder, header, board, copied.left_out) | {"report.md": report(content)}
        name = wanted.file or usual_name(wanted.recording, team=wanted.team)
        file = recorder.pack(header, files, name, exactly=wanted.file is not None)
        return Exported(file, copied.left_out, board.ended)


def _logs_of(recorder: RecorderPort, recording: Recording) -> LogOf:
    there = frozenset(recorder.containers(recording))
    return lambda container: recorder.log(recording, container) if container in there else None


def _version(recorder: RecorderPort, recording: Recording) -> str | None:
    kept = recorder.manifest(recording)
    return (kept.version if kept else "") or None


def _nothing_launched(recording: Recording) -> NotFound:
    return without_job(
        recording.name,
        fix=f"Its logs can be read: carla-console logs {recording.name} --recorded "
        f"--all-containers -n {recording.namespace}",
    )


def _copy(services: Services, wanted: WantedBundle, target: RecorderPort) -> _Copied:
    """A copy of the recording without what is left out."""
    source, recorder = wanted.recording, services.recorder
    # The journal first: whatever it tells of a log is then in the logs too, though it still grows.
    events = list(recorder.history(source))
    views = {name: recorder.log(source, name) for name in recorder.containers(source)}
    ends = {name: view.line_count() for name, view in views.items()}
    kept = recorder.manifest(source)
    redaction = Redaction(platform_names(source, kept, events) if wanted.team else None)
    recording = Recording(CLUSTER, NAMESPACE, source.name, source.uid) if wanted.team else source
    writer = target.claim(recording)
    assert writer is not None, "nobody else knows of a recorder that is made aside"
    try:
        for event in cleaned_events(events, redaction, source.name):
            writer.note(event)
        if kept is not None:
            manifest = cleaned_manifest(kept.manifest, redaction)
            of_platform = (SERVER, "") if wanted.team else (kept.server, kept.version)
            writer.keep(KeptManifest(manifest, *of_platform))
        logs = tuple(
            _copy_log(name, partial(lines_until, view, ends[name]), writer, redaction)
            for name, view in views.items()
        )
    finally:
        writer.release()
    told = [event.at for event in events[-1:]]
    told += [at for name, view in views.items() if (at := _last_moment(view, ends[name]))]
    return _Copied(recording, max(told, default=None), logs, redaction.left_out)


def _last_moment(view: LogView, end: int) -> datetime | None:
    last = view.lines(max(end - 1, 0), end)
    return moment_of(last[0].at) if last else None


def _copy_log(
    container: str,
    lines: Callable[[], Iterator[LogLine]],
    writer: RecordingWriter,
    redaction: Redaction,
) -> CopiedLog:
    """All runs of a container, each into a spool of its own."""
    texts = cleaned_texts(lines(), redaction) if is_logcopy(container) else {}
    # Between two runs a view has a line of its own, which the next view makes again.
    own = (line for line in lines() if line.at or not line.gap)
    runs = itertools.groupby(
        CleanedLog(container, redaction, texts).lines(own),
        key=lambda line: (line.restarts, line.pod),
    )
    begun = written = gaps = 0
    for (restarts, pod), found in runs:
        begun += 1
        spool = writer.open_spool(container, restarts, pod=pod)
        try:
            for gap, some in itertools.groupby(found, key=lambda line: line.gap):
                if gap:
                    gaps += _append_gaps(spool, some)
                else:
                    written += _append(spool, some)
        finally:
            spool.close()
    return CopiedLog(container, begun, written, gaps)


def _append_gaps(spool: SpoolWriter, lines: Iterator[LogLine]) -> int:
    count = 0
    for line in lines:
        spool.gap(line.text, at=line.at)
        count += 1
    return count


def _append(spool: SpoolWriter, lines: Iterator[LogLine]) -> int:
    count = 0
    while block := list(itertools.islice(lines, LINES_AT_ONCE)):
        count += len(block)
        spool.write(b"".join(b"%s %s\n" % (line.at.encode(), line.content) for line in block))
    return count
