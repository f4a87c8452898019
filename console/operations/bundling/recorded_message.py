"""The message to a team about a recorded submission: nothing that its recording calls the platform
is in it. Reads files."""

from __future__ import annotations

from console.diagnosis.verdict import Verdict
from console.domain.board import BoardSnapshot
from console.operations.bundling.cleaned_manifest import platform_names
from console.operations.bundling.redaction import Redaction
from console.operations.bundling.team_message import Message, team_message
from console.operations.ports.recorder import RecorderPort, Recording


def recorded_message(
    recorder: RecorderPort, recording: Recording, board: BoardSnapshot, verdict: Verdict
) -> Message:
    """About that verdict, with lines of the pair's agent where they are recorded."""
    names = platform_names(recording, recorder.manifest(recording), recorder.history(recording))
    agent = f"agent-{verdict.pair}"
    there = agent in recorder.containers(recording)
    log = recorder.log(recording, agent) if there else None
    return team_message(board, verdict, log, Redaction(names))
