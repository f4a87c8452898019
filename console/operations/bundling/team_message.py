"""A message to a team about a failure of its submission, ready to be sent. Pure.

What happened, on which route, the lines of their own container, what to change; nothing of the
platform's. Of a failure that is not theirs it says so, and asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from console.diagnosis.catalogue import Owner
from console.diagnosis.scene import Witness
from console.diagnosis.verdict import Confidence, Verdict
from console.domain.board import BoardSnapshot
from console.operations.bundling.redaction import Redaction
from console.operations.inspecting.attempt_lines import as_shown
from console.operations.ports.recorder import LogView

CONTEXT = 8
"""Lines before the one that tells the cause."""
_WHERE = "message to the team"
NOT_THEIRS = (
    "This is not a fault of your agent, and there is nothing that you have to change. What was "
    "driven is kept where it could be; the operators look after the rest."
)
_NOBODY_KNOWS = (
    "What caused it is not known yet. If you know what your agent does at that place, tell us."
)


class Message(msgspec.Struct, frozen=True):
    """The text, and how often something was left out of it."""

    text: str
    left_out: int


def team_message(
    board: BoardSnapshot, verdict: Verdict, log: LogView | None, redaction: Redaction
) -> Message:
    """`log`: of the pair's agent, None without one; `redaction`: one for a team's eyes."""
    lines = [redaction.text(line, _WHERE) for line in _own_lines(verdict, log)]
    parts = [
        f"Submission {board.name}: {_what(verdict, redaction)}",
        _place(verdict),
        "\n".join(f"    {line}" for line in lines),
        _ask(verdict, redaction),
    ]
    text = "\n\n".join(part for part in parts if part)
    return Message(text, sum(each.count for each in redaction.left_out))


def _what(verdict: Verdict, redaction: Redaction) -> str:
    """In words of ours; those of the cluster only as far as they name nothing."""
    if verdict.cause is None:
        return "an attempt ended, and nothing that is known tells why."
    if verdict.owner is Owner.AGENT:
        return redaction.text(verdict.what, _WHERE)
    return f"{verdict.cause.title}."


def _place(verdict: Verdict) -> str:
    told = []
    if verdict.route:
        told.append(f"route {verdict.route}")
    if verdict.attempt:
        told.append(f"attempt {verdict.attempt}")
    if verdict.died_first:
        told.append(f"the {verdict.died_first} ended first")
    return f"Where: {', '.join(told)}." if told else ""


def _own_lines(verdict: Verdict, log: LogView | None) -> Iterator[str]:
    """Lines of the team's own container, with the one that tells the cause last."""
    own = [each.line for each in verdict.evidence if each.witness is Witness.AGENT and each.line]
    if not own:
        return
    last = own[-1]
    if log is None or last.number is None:
        yield last.text
        return
    for line in log.lines(max(last.number - CONTEXT, 0), last.number + 1):
        if not line.gap:
            yield as_shown(line.text)


def _ask(verdict: Verdict, redaction: Redaction) -> str:
    if verdict.confidence is Confidence.UNSURE:
        return _NOBODY_KNOWS
    if verdict.team:
        return f"What to change: {redaction.text(verdict.team, _WHERE)}"
    return NOT_THEIRS if verdict.owner is not Owner.AGENT else ""
