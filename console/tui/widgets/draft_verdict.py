"""The row beneath the compose form: whether it can be launched, and what the server said of it."""

from __future__ import annotations

from console.presentation.tones import Line, Tone, joined, spread, text, width_of
from console.tui.drafts import Composition
from console.tui.widgets.canvas import Canvas


class DraftVerdict(Canvas):
    """Ready, or what is wrong; at the right what the server said."""

    DEFAULT_CSS = "DraftVerdict { height: 1; background: $surface; width: 1fr; }"
    composition: Composition | None = None
    server: Line = ()

    def draw(self, width: int, height: int) -> list[Line]:
        found = self.composition
        if found is None:
            return [text((" composing …", Tone.MUTED))]
        errors = [each for each in found.findings if not each.warning]
        warnings = len(found.findings) - len(errors)
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            return [text((f" ✗ {errors[0].text}{more}", Tone.FAIL))]
        many = "s" if warnings > 1 else ""
        noted = text((f"{warnings} warning{many}", Tone.WARN)) if warnings else ()
        right = (*self.server, (" ", Tone.TEXT))
        return [spread(ready_in(found.summary, noted, width - width_of(right) - 1), right, width)]


def ready_in(summary: str, noted: Line, room: int) -> Line:
    """With as many of the numbers as have room whole: half of one would be another."""
    numbers = summary.split(", ")
    while True:
        told = text((", ".join(numbers), Tone.MUTED)) if numbers else ()
        ready = joined([text((" ✓ ready", Tone.OK)), told, noted])
        if not numbers or width_of(ready) <= room:
            return ready
        numbers.pop()
