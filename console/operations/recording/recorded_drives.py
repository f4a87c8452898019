"""What a recording tells of finished drives: one rule, for whoever publishes or resumes it.

logcopy's own lines, whole and in their order, and the last merged document that was kept, which
counts where the log has lost what it said. What is made of them `finished_drives` says. Reads
files, through the recorder; asks no cluster.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from console.operations.ports.recorder import LogLine, RecorderPort, Recording
from console.operations.recording.finished_drives import Finished, finished_drives
from console.operations.recording.logcopies import logcopies_recorded
from console.operations.recording.recorded import PROGRESS, new_lines
from console.results.plan import Plan


def progress_told(recorder: RecorderPort, recording: Recording) -> Iterator[LogLine]:
    """What logcopy said to programs, of several one after the other; a gap says nothing."""
    for name in logcopies_recorded(recorder, recording):
        for line in new_lines(recorder.log(recording, name), 0):
            if not line.gap and line.text.startswith(PROGRESS):
                yield line


def documents_kept(recorder: RecorderPort, recording: Recording) -> tuple[str, ...]:
    """The last merged document, where one was."""
    text = recorder.merged_text(recording)
    return () if text is None else (text,)


def recorded_drives(
    recorder: RecorderPort,
    recording: Recording,
    plan: Plan,
    nonce: str,
    said: Sequence[str] = (),
) -> Finished:
    """Each finished drive of which the recording has a record that fits what was launched, or a
    line of `said`: what was not recorded of it."""
    told = (line.text for line in progress_told(recorder, recording))
    lines = itertools.chain(told, said)
    return finished_drives(plan, nonce, lines, documents_kept(recorder, recording))
