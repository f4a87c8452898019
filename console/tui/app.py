"""The console as a Textual app: first screen, themes, the error boundary, the `:` line.

Everything it shows comes from the one `Backend` it is given, or from recordings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import SystemCommand
from textual.markup import escape
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from console import paths
from console.domain.hostile_text import neutralise
from console.errors import ConsoleError
from console.tui import boundary, garbage
from console.tui.backend import Backend, ClusterLink, Link
from console.tui.command_groups import Group, grouped
from console.tui.commands import bindings, find
from console.tui.console_commands import CONSOLE_COMMANDS
from console.tui.copying import Copies
from console.tui.keyed_screens import bind_anew, keyed_console
from console.tui.leaving_words import plugins_go_on
from console.tui.line_commands import LINE_COMMANDS
from console.tui.meant_input import MeantInput
from console.tui.moving import Moving
from console.tui.navigation import go, go_by_name, return_to, screen_of, unsaved
from console.tui.outage import Outage
from console.tui.palette_rows import InOrder, palette_row, palette_word
from console.tui.places import Destination, Place
from console.tui.plain_rows import PlainRows
from console.tui.returning import Returning
from console.tui.said_in_passing import SaidInPassing
from console.tui.screens.screen import ConsoleScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.skins import skin
from console.tui.textual_internals import CalmCrash, Sparing, to_terminal
from console.tui.themed import Themed
from console.tui.typed_words import TypedWords
from console.tui.unbound_keys import UnboundKeys
from console.tui.user_files.added import NO_FILES
from console.tui.user_files.loading import load
from console.tui.view_history import ViewHistory

if TYPE_CHECKING:
    from rich.console import RenderableType

    from console.operations.ports.call_settings import CallReport
    from console.tui.calling import Calling
    from console.tui.submission_source import Recordings
    from console.tui.whereabouts import Contexts


THEMES_SECONDS = 3.0
"""How long those that are not worn stay unread while the list is waited for."""
OUTAGE_SECONDS = 30.0
"""How long it is said that the list is old; its first row says so as long as it is."""


class ConsoleApp(
    CalmCrash,
    Sparing,
    SaidInPassing,
    Themed,
    PlainRows,
    Copies,
    Returning,
    Moving,
    TypedWords,
    MeantInput,
    ViewHistory,
    UnboundKeys,
):
    """Takes a backend, and the user's recordings; `run()` returns when the user leaves."""

    TITLE = "CARLA Leaderboard Console"
    CSS_PATH = "app.tcss"
    BINDINGS = bindings(CONSOLE_COMMANDS)
    COMMANDS = {InOrder}  # noqa: RUF012 - as Textual has it
    # Its own has no name, by which a user could choose another key.
    COMMAND_PALETTE_BINDING = ""

    def __init__(
        self,
        backend: Backend,
        *,
        theme: str | None = None,
        recordings: Recordings | None = None,
        opened: Callable[[], Destination] | None = None,
        calls: Callable[[], CallReport] | None = None,
        ascii_alone: bool = False,
        contexts: Contexts | None = None,
    ) -> None:
        """`opened`: the one place that is shown, instead of the list; no cluster is asked then.

        `calls`: what is set of calling the user, asked for behind the first paint.
        `contexts`: where else the console can go; None for one that stays.
        """
        super().__init__()
        self._calls = calls
        self._calling: Calling | None = None
        self.backend, self.recordings, self._opened = backend, recordings, opened
        self.contexts = contexts
        self.ascii_alone = ascii_alone
        self.theme_flag = theme
        self.wear(skin(theme, contexts.present_skin if contexts else ""))
        self.user_files = load(paths.settings())
        bind_anew(self._bindings, keyed_console(self.user_files))
        self._offered_start = False
        self._remarked, self._outage = "", Outage()
        self._leaving = False
        self._themes_by = monotonic() + THEMES_SECONDS

    def get_default_screen(self) -> Screen[None]:
        return SubmissionsScreen() if self._opened is None else screen_of(self._opened())

    def on_mount(self) -> None:
        self.set_interval(0.2, self._watch_link)
        self.set_interval(1.0, garbage.young)
        self.set_interval(60.0, garbage.whole)
        # Behind the first paint, which waits for neither disk nor cluster.
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        garbage.settle()
        if self._opened is None:
            self.backend.start()
        self._call()
        if self.user_files is not NO_FILES:
            self.run_worker(self._tell_mistakes, thread=True, exit_on_error=False)

    def _tell_mistakes(self) -> None:
        """Of the user's files. All screens are loaded for it, which nobody is to wait for."""
        from console.tui.file_mistakes import told

        if error := told(self.user_files):
            self.call_from_thread(self.show_error, error)

    def _call(self) -> None:
        """Of what happens where the console is now; what was so when it came there is no news."""
        if self._calls is None:
            return
        from console.tui.calling import Calling

        if self._calling is not None:
            self._calling.leave()
        self._calling = Calling(self, self.backend, self._calls())
        self.run_worker(
            self._calling.run(), name="calls", group="calls", exclusive=True, exit_on_error=False
        )

    def arrived(self) -> None:
        self._offered_start, self._outage = False, Outage()
        self._call()

    async def on_unmount(self) -> None:
        garbage.release()
        if self._calling is not None:
            self._calling.leave()
        await asyncio.to_thread(self.close_all)

    def _watch_link(self) -> None:
        """Offer the ways on, once, when there is no cluster to be reached."""
        link = self.backend.connection()
        self._offer_themes(link)
        unreachable = link.link is Link.UNREACHABLE
        if link.remark and link.remark != self._remarked:
            self._remarked = link.remark
            self.notify(link.remark, severity="warning")
        if link.link is Link.CONNECTED:
            self._tell_outage(self._outage.news(self.backend.fleet(), monotonic()))
        if unreachable and not self._offered_start:
            from console.tui.screens.start import StartScreen

            self.push_screen(StartScreen())
        self._offered_start = unreachable
        if self._opened is None:
            self.look_around()
        if unreachable or self.is_listed:
            self.say_first()

    def _offer_themes(self, link: ClusterLink) -> None:
        """Once, behind the first rows: reading them all takes as long as these do."""
        waits = self._opened is None and not self.backend.fleet().live
        waits = waits and link.link is not Link.UNREACHABLE and monotonic() < self._themes_by
        if not waits and self._themes_by:
            self._themes_by = 0.0
            self.run_worker(self.offer_all_themes(), name="themes", exit_on_error=False)

    def _tell_outage(self, news: str) -> None:
        if news:
            self.notify(neutralise(news), severity="warning", timeout=OUTAGE_SECONDS)

    def exit(
        self, result: None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        # Keys that come while it closes are meant for nobody.
        self.gate.shut()
        self.keep_place()
        super().exit(result, return_code, message)

    # --- errors

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A command's error ends here: it is shown, and the console goes on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.show_error(boundary.explained(event.worker.error))

    def show_error(self, error: ConsoleError) -> None:
        """What happened, why and what to do next, in a dialog."""
        from console.tui.screens.dialogs import ErrorDialog

        self.push_screen(ErrorDialog(error))

    def crashed(self, error: Exception) -> str:
        return str(boundary.explained(error))

    def tell_terminal(self, sequences: str) -> None:
        """What is not drawn: its title, its bell."""
        to_terminal(self, sequences)

    # --- going places

    def action_help(self) -> None:
        from console.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen), self._find_if)

    def go(self, destination: Destination) -> None:
        """Show that place."""
        go(self, destination)

    def action_command(self, name: str) -> None:
        """One of the console's own, or why it cannot run."""
        command = find(CONSOLE_COMMANDS, name)
        if command is not None and (reason := command.reason(self)):
            self.notify(reason, severity="warning")
        elif command is not None:
            command.run(self)

    def return_to(self, destination: Destination) -> bool:
        return return_to(self, destination)

    def visited_at(self) -> object:
        """A view keeps the backend for which it was opened; no other one has it."""
        where = self.backend.connection().description
        return self.backend, (where.context, where.server) if where else None

    def action_go(self, place: str) -> None:
        """Show a place about what the present screen is about."""
        if Place(place).about_one or self._may_go_elsewhere():
            go_by_name(self, Place(place))

    def go_to_named(self, place: Place, typed: str) -> None:
        if self._may_go_elsewhere():
            super().go_to_named(place, typed)

    def _may_go_elsewhere(self) -> bool:
        """What is about another submission than the one this console was opened for."""
        if self._opened is not None:
            self.notify("This console was opened for one submission alone.", severity="warning")
        return self._opened is None

    def action_leave(self) -> None:
        """Leave; ask first where a submission would end with the console. Twice leaves at once."""
        typed = unsaved(self.screen_stack)
        ends = [told for each in self.left_or_here() for told in each.lost_by_leaving()]
        lost = () if self._leaving else (*typed, *ends)
        if not lost:
            self._leave()
            return
        from console.tui.screens.dialogs import ConfirmDialog, Question

        self._leaving = True
        question = Question("Leave the console?", lost, "", "Leave", "Stay")
        self.push_screen(ConfirmDialog(question), self._answered_leave)

    def _answered_leave(self, leave: bool | None) -> None:
        self._leaving = False
        if leave:
            self._leave()

    def _leave(self) -> None:
        """What goes on without us is said where it can still be read: on the terminal behind us."""
        told = [each for b in self.left_or_here() for each in b.goes_on_after_leaving()]
        if self.user_files is not NO_FILES:
            from console.tui.screens.running_plugins import going_on

            told += plugins_go_on(going_on())
        self.exit(message=Text("\n".join(map(neutralise, told))) if told else None)

    def _find_if(self, wanted: bool | None) -> None:
        """The palette has what the help tells of, and what is typed there leaves few of it."""
        if wanted:
            self.action_command_palette()

    def action_command_palette(self) -> None:
        from console.tui.screens.leaving import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        from console.tui.screens.leaving import ThemePalette
        from console.tui.theme_choice import OfferedThemes

        self.push_screen(ThemePalette(providers=[OfferedThemes], placeholder="Search for themes…"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: this screen's commands, the places, the console's own; by group."""
        if isinstance(screen, ConsoleScreen):
            for group, commands in grouped(screen.help_commands()).items():
                for each in commands:
                    run = partial(screen.action_command, each.name)
                    yield SystemCommand(palette_row(group, each), escape(each.help), run)
        for word in LINE_COMMANDS:
            told = palette_word(word.names[0])
            yield SystemCommand(told, word.help, partial(self.run_later, word.action))
        for each in CONSOLE_COMMANDS:
            run = partial(self.action_command, each.name)
            yield SystemCommand(palette_row(Group.CONSOLE, each), each.help, run)

    def run_later(self, action: str) -> None:
        """Run an action once the present dialog is gone."""
        self.call_later(self.run_action, action)
