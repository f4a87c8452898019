"""What went to places and tables, and is to go there: as `publish` and `publish status` tell it."""

from __future__ import annotations

from typing import Any

from console import wiring
from console.cli import narration, output
from console.cli.documents import moment
from console.operations.ports.deliveries import Delivery
from console.operations.ports.publishing_settings import PublishingSettings


def show_deliveries(settings: PublishingSettings) -> None:
    """A table of its own, where there is anything to tell."""
    entries = sorted(wiring.deliveries().all(), key=lambda each: each.changed)
    if entries:
        output.columns(("SUBMISSION", "GOES TO", "STATE", "LAST THERE", "WHAT"), map(_row, entries))
    if settings.storage:
        every = f"looked at every {settings.storage.seconds:g} s"
        narration.say(f"files of what is launched go to {settings.storage.to}, {every}")
    if settings.table:
        narration.say(f"DynamoDB's table {settings.table} is told of what is launched")


def _row(each: Delivery) -> tuple[str, ...]:
    """Of `publish status`."""
    when = f"{each.delivered:%Y-%m-%d %H:%M:%S}" if each.delivered else "-"
    name = f"{each.recording.namespace}/{each.recording.name}"
    return (name, each.where, each.stage, when, each.words)


def document_of(each: Delivery) -> dict[str, Any]:
    return {
        "submission": each.recording.name,
        "namespace": each.recording.namespace,
        "uid": each.recording.uid,
        "kind": each.kind.value,
        "target": each.target,
        "subject": each.subject or None,
        "state": each.stage.value,
        "closed": each.closed,
        "what": each.words,
        "outcome": each.outcome.value if each.outcome else None,
        "deliveredAt": moment(each.delivered) if each.delivered else None,
        "notBefore": moment(each.not_before) if each.not_before else None,
    }
