"""A preflight's checklist as toned lines, for the screen and for the command line. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from console.domain.hostile_text import neutralise
from console.domain.preflight.checklist import NodeFinding, NodeVerdict
from console.presentation.tones import Line, Tone, text

VERDICT_MARKS: dict[NodeVerdict, tuple[str, Tone]] = {
    NodeVerdict.OK: ("✓", Tone.OK),
    NodeVerdict.WARNING: ("!", Tone.WARN),
    NodeVerdict.FAILS: ("✗", Tone.FAIL),
    NodeVerdict.UNKNOWN: ("?", Tone.MUTED),
}
INDENT = 13
"""Columns before a finding's words."""


def checklist_lines(findings: Iterable[NodeFinding]) -> list[Line]:
    """A line for each finding; what to do about it beneath."""
    lines: list[Line] = []
    for each in findings:
        mark, tone = VERDICT_MARKS[each.verdict]
        topic = f" {each.topic.value:<{INDENT - 2}}"
        lines.append(text((mark, tone), (topic, Tone.STRONG), neutralise(each.text)))
        if each.fix:
            lines.append(text((" " * INDENT + each.fix, Tone.MUTED)))
    return lines


def summary(findings: Iterable[NodeFinding]) -> str:
    """One sentence over all of them."""
    verdicts = [each.verdict for each in findings]
    fails, unknown = verdicts.count(NodeVerdict.FAILS), verdicts.count(NodeVerdict.UNKNOWN)
    if fails:
        return f"A launch would fail: {fails} finding{'s' if fails > 1 else ''} marked ✗."
    warned = verdicts.count(NodeVerdict.WARNING)
    many = f"{warned} warning{'s' if warned > 1 else ''} marked !" if warned else ""
    rest = [each for each in (many, f"{unknown} could not be told" if unknown else "") if each]
    if rest:
        return f"Nothing that was found would fail a launch; {', '.join(rest)}."
    return "Nothing speaks against a launch."
