"""The command by which one goes on that EvalAI wants resumed, to be copied."""

from __future__ import annotations

import shlex

from console import wiring
from console.domain.hostile_text import neutralise
from console.operations.intake.queue_messages import QueueMessage, as_text
from console.operations.ports.publications import Publication
from console.operations.publishing.way_on import to_be_resumed
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services, unasked
from console.operations.shell_commands import carla_console


def to_go_on(known: Publication) -> str:
    """That it is to, and how: from what has finished, or from zero for the same number."""
    at = known.recording
    where = wiring.recorded_cluster(at.cluster, at.namespace)
    services = Services(unasked(where), wiring.recordings(), wiring.now)
    if name := to_be_resumed(services, at):
        command = carla_console(where, "resume", name, namespace=at.namespace)
        return neutralise(f"note: {at.name} is to be resumed: {command}")
    launch = carla_console(where, "launch", "--from-evalai", "-", namespace=at.namespace)
    command = f"echo {shlex.quote(_message(services, known))} | {launch}"
    why = "for no drive of it has finished"
    return neutralise(f"note: {at.name} is to be launched anew, {why}: {command}")


def _message(services: Services, known: Publication) -> str:
    """With the image that was launched: EvalAI does not name it a second time."""
    board, place = recorded_board(services, known.recording), known.place
    plan = board.job.plan if board is not None and board.job is not None else None
    image = plan.images.agent if plan else ""
    return as_text(QueueMessage(place.challenge, place.phase, place.submission, image))
