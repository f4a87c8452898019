"""What the marks of results and comparisons mean: signs, letters, colours. Pure."""

from __future__ import annotations

from console.presentation.comparison_lines import ABSENT, BETTER, SAME, WORSE
from console.presentation.infraction_marks import meanings
from console.presentation.result_lines import FAILED, PARTIAL, PERFECT
from console.presentation.tones import BLANK, Line, Tone, text
from console.presentation.wrapping import all_wrapped
from console.results.leaderboard import USUAL, find

_VERDICTS = (
    ("✓ final", Tone.OK, "Every launched route is there once, checked here, and the entry counts"),
    ("✗ final", Tone.WARN, "Checked and complete, but the entry does not count; why stands beside"),
    ("◑ not final", Tone.WARN, "So far, or of unknown worth; why stands beside"),
)
_ROUTES = (
    (PERFECT, Tone.OK, "Driven to the end without an infraction"),
    (PARTIAL, Tone.TEXT, "Driven to the end with infractions"),
    (FAILED, Tone.WARN, "Not driven to the end; the status says why"),
)
_DELTAS = (
    (f"{BETTER} +3.20", Tone.OK, "Better than A by so much"),
    (f"{WORSE} -3.20", Tone.WARN, "Worse than A; of infractions more is worse"),
    (SAME, Tone.MUTED, "The same as A"),
    (ABSENT, Tone.MUTED, "Missing in one of both"),
    ("2 CV", Tone.WARN, "Two collisions with vehicles; in a comparison +2 CV: two more than A"),
)
_WIDEST = 13


def legend(leaderboard: str, width: int) -> list[Line]:
    """The marks, and each infraction's letters and price in that version."""
    version = find(leaderboard) or USUAL
    lines = [*_section("A RESULT", _VERDICTS), BLANK, *_section("A ROUTE", _ROUTES)]
    lines += [BLANK, *_section("A COMPARISON", _DELTAS), BLANK]
    lines.append(text((f"INFRACTIONS of Leaderboard {version}", Tone.MUTED)))
    for letters, label, cost in meanings(version):
        lines.append(text((f"{letters:<{_WIDEST}}", Tone.WARN), f"{label}: ", (cost, Tone.MUTED)))
    told = "Colours only repeat what signs and words say: good, of doubt, quiet."
    lines += [BLANK, text((told, Tone.MUTED))]
    return all_wrapped(lines, width, _WIDEST)


def _section(title: str, marks: tuple[tuple[str, Tone, str], ...]) -> list[Line]:
    rows = [text((f"{mark:<{_WIDEST}}", tone), meaning) for mark, tone, meaning in marks]
    return [text((title, Tone.MUTED)), *rows]
