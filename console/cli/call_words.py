"""What became of calls for webhooks: as `calls` and `record status` say it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.cli.documents import moment
from console.domain.hostile_text import neutralise
from console.operations.ports.call_settings import OutboxState, Sent, WebhookAnswer


def outbox_words(state: OutboxState) -> Iterator[str]:
    """Some lines; none where nothing was ever sent."""
    if not state.counts:
        return
    counts = ", ".join(f"{state.counts[each]} {each}" for each in Sent if each in state.counts)
    yield f"Calls for webhooks: {counts}"
    if state.last is not None:
        yield f"  last answer: {_told(state.last)}"
    if state.trouble is not None and state.trouble != state.last:
        yield f"  last that did not arrive: {_told(state.trouble)}"


def _told(answer: WebhookAnswer) -> str:
    at = f"{answer.at:%Y-%m-%d %H:%M:%S} UTC"
    return neutralise(f"{answer.host}, {at}, {answer.sent}: {answer.words} ({answer.subject})")


def outbox_document(state: OutboxState) -> dict[str, Any]:
    """Null is what there is none of."""
    return {
        "counts": {each.value: state.counts.get(each, 0) for each in Sent},
        "last": _document(state.last),
        "trouble": _document(state.trouble),
    }


def _document(answer: WebhookAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "at": moment(answer.at),
        "host": answer.host,
        "sent": answer.sent.value,
        "answer": answer.words,
        "about": answer.subject,
    }
