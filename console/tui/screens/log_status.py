"""The line below a log: where one is in it, what is sought, what is left out. Knows no screen."""

from __future__ import annotations

from datetime import UTC, datetime

from console.domain.board import BoardSnapshot
from console.domain.events import StreamState
from console.operations.recording.log_times import Times
from console.presentation import gpu_use
from console.presentation.containers import pairs_of
from console.presentation.tones import Line, Tone, cut, joined, spread, text, width_of
from console.tui.screens.log_choice import LogChoice
from console.tui.screens.saving import Saving
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.container_tabs import ContainerTabs
from console.tui.widgets.log_pane import LogPane

_TIMES = {Times.ABSOLUTE: "time", Times.RELATIVE: "since begin", Times.ATTEMPT: "since attempt"}


def _place(*, following: bool, over: bool) -> Line:
    """Where the pane is; nobody follows a log that has ended."""
    if not following:
        return text(("‖ paused", Tone.WARN))
    return text(("■ at the end", Tone.MUTED)) if over else text(("● following", Tone.ACCENT))


class LogStatus(Canvas):
    """Follow or paused with the lines that arrived since, search position, switches."""

    DEFAULT_CSS = "LogStatus { dock: bottom; margin-bottom: 1; background: $surface; }"

    def __init__(self, tabs: ContainerTabs, pane: LogPane) -> None:
        super().__init__()
        self._tabs, self._pane = tabs, pane
        self.choice = LogChoice()
        self.missing = ""
        """What cannot be shown and why."""
        self.looking = ""
        """What is being looked for, and takes its time."""
        self.cleared = 0
        """Lines that were there and are out of sight."""
        self.saving: Saving | None = None
        """What of it is being written to a file."""

    def draw(self, width: int, height: int) -> list[Line]:
        pane = self._pane
        news = text((f"+{pane.unseen:,} new lines", Tone.WARN)) if pane.unseen else ()
        mark = (
            text((f"marked from {pane.mark + 1:,}", Tone.ACCENT)) if pane.mark is not None else ()
        )
        lacking = text((self.missing, Tone.WARN)) if self.missing else ()
        use = self._gpu(width)
        left = joined(
            [
                text((" " + self.choice.title(self._tabs.chosen), Tone.STRONG)),
                self._state(self._tabs.board),
                lacking,
                *self._under_way(),
                news,
                self._filter(),
                self._hits(),
                use,
                mark,
                *self._switches(),
            ]
        )
        lines = f"{pane.counted_so_far:,}{'' if pane.counted else '+'}"
        told = text((f"  {lines} lines ", Tone.MUTED))
        gap, state = self._stream()
        # A long reason leaves room for which log this is, and for how its stream stands.
        room = width - min(width_of(left), width // 3) - width_of((*state, *told)) - 1
        return [spread(left, (*cut(gap, room), *state, *told), width)]

    def _under_way(self) -> list[Line]:
        saving = f"saving… {self.saving.lines:,} lines" if self.saving else ""
        return [text((each, Tone.ACCENT)) for each in (self.looking, saving) if each]

    def _state(self, board: BoardSnapshot) -> Line:
        stream, _ = self._tabs.stream()
        over = stream is StreamState.ENDED or (stream is None and board.ended)
        return _place(following=self._pane.following, over=over)

    def _hits(self) -> Line:
        """What is sought stays in view."""
        pane = self._pane
        if pane.search is None:
            return ()
        where = pane.search.position(pane.hit, pane.line_count)
        return text(("search ", Tone.MUTED), where, (f" /{pane.search.typed}", Tone.MUTED))

    def _gpu(self, width: int) -> Line:
        """How busy the card of the chosen half's pair is, beside its log."""
        board, chosen = self._tabs.board, self._tabs.chosen
        own = {e.number for e in pairs_of(board) if chosen in (e.simulator, e.agent)}
        pair = next((each for each in board.pairs if each.number in own), None)
        use = gpu_use.line(pair, datetime.now(UTC), width // 3) if pair and board.live else ()
        return (("GPU ", Tone.MUTED), *use) if use else ()

    def _filter(self) -> Line:
        keep, drop = self.choice.keep, self.choice.drop
        with_it = (("only ", Tone.MUTED), (keep, Tone.ACCENT)) if keep else ()
        without = (("  " if keep else "") + "not ", Tone.MUTED), (drop, Tone.ACCENT)
        return text(*with_it, *(without if drop else ()))

    def _switches(self) -> list[Line]:
        times = _TIMES.get(self._pane.times, "")
        before = f"cleared: {self.cleared:,} lines before" if self.cleared else ""
        on = [before, times, "wrap" if self._pane.wrap else ""]
        return [text((name, Tone.ACCENT)) for name in on if name]

    def _stream(self) -> tuple[Line, Line]:
        """What is missing of it, or why nothing comes; and how it stands."""
        state, gap = self._tabs.stream()
        lost = text((f"! {gap}", Tone.WARN)) if gap else ()
        if state is StreamState.LIVE and not self._tabs.board.live:
            # Who does not hear the cluster cannot know whether a stream is only quiet.
            return lost, text(("  stream ?", Tone.WARN))
        return lost, text((f"  stream {state.value}", Tone.MUTED)) if state else ()
