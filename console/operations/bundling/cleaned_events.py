"""What a recording's journal tells, without what a bundle leaves out. Pure.

Every text of every event is looked at, whatever the event is; a team's bundle has the events of its
own Job and pods alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any

import msgspec
from msgspec.structs import replace

from console.domain.events import ClusterEventSeen, ConsoleActed, Event, MergedReported
from console.operations.bundling.redaction import EVENT, NAME, Redaction
from console.workers import protocol

WHERE = "states and events"
NAMESPACE, CLUSTER = "team", "platform"
"""What a team's bundle calls them."""
_CLUSTERS_WORDS = frozenset(("message", "gap", "why"))
"""Fields that the cluster filled with a sentence."""
_SUFFIX = "[bcdfghjklmnpqrstvwxz2456789]{5}"
"""What a Job's pod has behind its Job's name, in the letters that Kubernetes takes."""


def cleaned_events(
    events: Iterable[Event], redaction: Redaction, submission: str
) -> Iterator[Event]:
    """The same events of the submission of that name, in order."""
    own = re.compile(rf"Job/{re.escape(submission)}|Pod/{re.escape(submission)}-{_SUFFIX}(?: .*)?")
    for event in events:
        if redaction.names is not None and isinstance(event, ConsoleActed):
            redaction.note(WHERE, NAME)  # who operates the platform is none of a team's concern
            continue
        if (
            redaction.names is not None
            and isinstance(event, ClusterEventSeen)
            and not own.fullmatch(event.event.about)
        ):
            redaction.note(WHERE, EVENT)
            continue
        yield _sealed(event, _mapped(event, "", _change(redaction)))


def _change(redaction: Redaction) -> Callable[[str, str], str]:
    def change(field: str, text: str) -> str:
        if redaction.names is not None:
            if field == "namespace":
                return NAMESPACE
            if field == "node":
                return ""
        if field in _CLUSTERS_WORDS:
            return redaction.platform_text(text, WHERE)
        return redaction.text(text, WHERE)

    return change


def _mapped(value: Any, field: str, change: Callable[[str, str], str]) -> Any:
    """The value with each text in it changed; the rest is what it was."""
    if isinstance(value, str):
        return value if isinstance(value, Enum) or not value else change(field, value)
    if type(value) is tuple:  # one with names is a value of its own, and holds no outside text
        return tuple(_mapped(each, field, change) for each in value)
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {name: _mapped(each, name, change) for name, each in fields.items()}
        return replace(value, **{k: v for k, v in new.items() if v is not fields[k]})
    return value


def _sealed(before: Event, event: Event) -> Event:
    """A document that was changed has another checksum."""
    if isinstance(event, MergedReported) and isinstance(before, MergedReported):
        result = event.result
        if result.text != before.result.text:
            sealed = replace(result, sha256=protocol.digest_of(result.text))
            return replace(event, result=sealed)
    return event
