"""A screen leaves once, however often it is asked to: keys and clicks come in bursts."""

from __future__ import annotations

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.screen import ScreenResultType
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from console.tui.textual_internals import Deafened
from console.tui.typed_ahead import TakesEarly


class LeavesOnce(Deafened[ScreenResultType]):
    """The only way in which our screens close; never another screen than this one."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close this screen with its answer; nothing where it is not the one on top."""
        if not self.is_active:
            return AwaitComplete()
        self.deaf = True
        if len(self.app.screen_stack) == 1:
            # It was what the console was opened for.
            self.app.exit()
            return AwaitComplete()
        done: AwaitComplete = super().dismiss(result)
        return done


class Palette(CommandPalette, TakesEarly[None], LeavesOnce[None]):
    """Textual's palette, which would do at a second Enter what it has done, and close the next.

    In the frame of our dialogs: Textual's own has keys of black and a picture of a lens.
    """

    DEFAULT_CSS = """
    Palette { align: center top; background: $background 60%; }
    Palette #--container {
        width: 100; max-width: 94%; height: auto; max-height: 90%; margin: 1 0 0 0;
        border: round $border; border-title-color: $foreground; background: $surface;
        padding: 0 1; visibility: visible;
    }
    Palette #--input, Palette #--input.--list-visible { height: 1; border: none; }
    Palette SearchIcon { display: none; }
    Palette CommandInput, Palette CommandInput:focus {
        height: 1; border: none; padding: 0 1; color: $foreground; background: $panel;
    }
    Palette CommandInput > .input--placeholder { color: $text-muted; }
    Palette #--results { overlay: none; height: auto; }
    Palette CommandList {
        height: auto; max-height: 80vh; border: none; padding: 0; background: $surface;
    }
    Palette CommandList > .option-list--option { padding: 0 1; text-style: bold; }
    Palette > .command-palette--help-text { color: transparent; text-style: not bold; }
    Palette LoadingIndicator, Palette LoadingIndicator.--visible { display: none; }
    """
    TOLD = "Commands"

    def on_mount(self) -> None:
        """Besides what Textual's own does."""
        frame = self.query_one("#--container")
        frame.border_title, frame.border_subtitle = self.TOLD, "enter runs it, esc closes"

    _chosen: bool = False

    @on(Input.Submitted)
    def _choose_what_is_found(self, event: Input.Submitted) -> None:
        """Textual would take what was found for the letters before, as long as it still seeks."""
        if any(self._is_search(each) and not each.is_finished for each in self.workers):
            self._chosen = True
            event.stop()
            event.prevent_default()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        found = event.state is WorkerState.SUCCESS and self._is_search(event.worker)
        if found and self._chosen and self.is_active:
            self._chosen = False
            self.query_one(CommandList).action_select()

    def _is_search(self, worker: Worker[object]) -> bool:
        return worker.node is self and worker.group == self._GATHER_COMMANDS_GROUP


class ThemePalette(Palette):
    """The same of themes: each is worn as soon as it is chosen."""

    TOLD = "Themes"
