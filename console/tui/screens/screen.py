"""What every screen has: a header line, commands with keys, a tick. Knows no content."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.widget import Widget
from textual.worker import Worker

from console.domain.board import BoardSnapshot
from console.errors import NotFound
from console.presentation.next_steps import steps_of
from console.tui import boundary
from console.tui.backend import Link
from console.tui.commands import Command, find
from console.tui.heading import Heading
from console.tui.keyed_screens import ScreenKeys, bind_anew, shown_keys
from console.tui.live_source import LiveSource
from console.tui.screens.leaving import LeavesOnce
from console.tui.textual_internals import backlogged
from console.tui.textual_opening import stand_for
from console.tui.user_keys import KeyedCommands
from console.tui.widgets.header import Header
from console.tui.widgets.key_line import KeyLine
from console.tui.widgets.notice_strip import NoticeStrip

if TYPE_CHECKING:
    from console.tui.backend import Backend
    from console.tui.host import Host
    from console.tui.places import Destination, Subject
    from console.tui.submission_source import SubmissionSource
    from console.tui.user_files.added import UserFiles

ALL_GONE = "All that was marked is gone. ctrl+\\ takes the marks back."
NARROW, MEDIUM, WIDE = "-narrow", "-medium", "-wide"


class ConsoleScreen(LeavesOnce[None]):
    """A full screen with header, body and footer; subclasses give `body` and `tick`."""

    TITLE_WORD: ClassVar[str] = ""
    TICK_SECONDS: ClassVar[float] = 0.2
    HORIZONTAL_BREAKPOINTS = [(0, NARROW), (110, MEDIUM), (170, WIDE)]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012
    NO_CANDIDATE: ClassVar[str] = "There is no submission here yet: n composes one."
    """Why a command about one has none."""
    commands: ClassVar[tuple[Command, ...]] = ()
    """Its own; `all_commands` are those that it has now."""
    further_commands: ClassVar[tuple[Command, ...]] = ()
    """Those that what it shows may bring with it."""
    _told_of_keys: tuple[object, ...] = ()
    """What cannot run, and what is sensible, as the last row has it."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: set[str] = set()
        """Names of the commands that are under way."""
        self._backend: Backend | None = None
        self._keyed = KeyedCommands()

    @property
    def host(self) -> Host:
        """The app, as far as a screen knows it."""
        return cast("Host", self.app)

    @property
    def backend(self) -> Backend:
        """The one for which this screen was opened: what is begun here never reaches another."""
        if self._backend is None:
            self._backend = self.host.backend
        return self._backend

    def go(self, destination: Destination) -> None:
        """Say where to go on; which screen that is stands in one table above all screens."""
        self.host.go(destination)

    def compose(self) -> ComposeResult:
        stand_for(self, self.app.size)
        if self.host.user_files.change_keys:
            self._keyed = self.screen_keys(self.host.user_files).keyed(self.host.user_files)
            bind_anew(self._bindings, self._keyed)
        yield Header(self.heading())
        yield from self.below_header()
        yield from self.body()
        yield NoticeStrip()
        yield KeyLine()

    def below_header(self) -> Iterable[Widget]:
        """What is told of the source of all that is shown, where that takes a row of its own."""
        return ()

    def body(self) -> Iterable[Widget]:
        """The widgets between header and footer."""
        raise NotImplementedError

    def all_commands(self) -> tuple[Command, ...]:
        """Its own, and those that what it shows brings with it."""
        return self.commands

    @classmethod
    def screen_keys(cls, files: UserFiles) -> ScreenKeys:
        """What can have a key here; files of the user's call the screen by its title's word."""
        from console.tui.screens.user_commands import added  # where there are such files

        word = cls.TITLE_WORD.lower()
        return ScreenKeys(word, (*cls.commands, *cls.further_commands), added(files, word))

    def present_commands(self) -> tuple[Command, ...]:
        """Those that it has now with the keys that they have for this user, and the user's own."""
        changed = self._keyed.changed
        ours = (changed.get(each.name, each) for each in self.all_commands())
        return (*ours, *self._keyed.added)

    def key_of(self, command: Command) -> str:
        """The key that runs it here, as it is shown; empty where it has none."""
        return shown_keys(self._keyed.changed.get(command.name, command))

    def container_shown(self) -> str:
        """The container that is looked at; empty where none is."""
        return ""

    def tick(self) -> None:
        """Show the latest snapshot; called a few times a second while the screen is on top."""

    def unsaved(self) -> tuple[str, ...]:
        """What of the user's would be lost with this screen, in plain sentences."""
        return ()

    def subject(self) -> Subject | None:
        """Namespace and name of the submission this screen is about, if any."""
        return None

    def candidate(self) -> Subject | None:
        """The submission that `:logs` and the like mean here; the list gives its selected row."""
        return self.subject()

    def marked(self) -> tuple[Subject, ...]:
        """The submissions that are marked here; what acts on several acts on these."""
        return ()

    @property
    def has_marks(self) -> bool:
        """Whether anything was marked here, be it gone since."""
        return False

    def marks_gone(self) -> str:
        """Why nothing acts on what is marked; empty where nothing is, and where some of it is."""
        return ALL_GONE if self.has_marks and not self.marked() else ""

    def still_marked(self) -> tuple[Subject, ...]:
        """What is marked, none where nothing was. Raises NotFound where all of it has gone: it
        never turns into what the cursor is on.
        """
        marked = self.marked()
        if not marked and self.has_marks:
            raise NotFound(ALL_GONE)
        return marked

    def keep_marked(self, subjects: Sequence[Subject]) -> None:
        """Take the marks of all others back."""

    def source(self) -> SubmissionSource | None:
        """Where what is shown of the subject comes from; None where there is none."""
        return None

    def candidate_source(self) -> SubmissionSource | None:
        """The same of the candidate, for a screen that opens about it."""
        chosen = self.candidate()
        return self.source() or (LiveSource(self.backend, *chosen) if chosen else None)

    def candidate_board(self) -> BoardSnapshot | None:
        """What is known of the candidate. A row of a list is not followed for the asking."""
        if source := self.source():
            return source.board()
        chosen = self.candidate()
        return self.backend.listed_board(*chosen) if chosen else None

    def heading(self) -> Heading:
        """What the first row says now."""
        source, connection = self.source(), self.backend.connection()
        board = self.board() if source and connection.link is Link.CONNECTED else None
        return Heading(
            self.TITLE_WORD,
            connection,
            self.backend.fleet(),
            board,
            self.subject(),
            source.origin if source else None,
        )

    def board(self) -> BoardSnapshot:
        """The latest board of the subject."""
        source = self.source()
        return source.board() if source else BoardSnapshot("", "")

    def on_mount(self) -> None:
        """Textual runs this besides the `on_mount` of a subclass, which must not call it again."""
        self.set_interval(self.TICK_SECONDS, self._tick)
        # Not after the first interval: a screen opens with what is known.
        self.call_after_refresh(self._tick)

    destination: Destination | None = None
    """What was gone to when it opened; the way back to it."""

    def on_screen_resume(self) -> None:
        self.show_notices()
        if self.destination is not None:
            self.host.visited(self.destination)
        self._tick()

    def show_notices(self) -> None:
        """What is told in passing, whichever screen it was told on."""
        for strip in self.query(NoticeStrip):  # none before it is composed
            strip.show(self.host.notices)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """As Textual has them; what cannot run now is dimmed, and says why when it is pressed."""
        found = super().active_bindings
        stopped = {f"console.{name}" for name in self._stopped()}
        hidden = {
            f"console.{each.name}"
            for each in self.present_commands()
            if each.only_when_possible or (self.is_mounted and self._never(each))
        }
        return {
            key: _stopped(each, hide=each.binding.id in hidden)
            if each.binding.id in stopped
            else each
            for key, each in found.items()
        }

    def _stopped(self) -> tuple[str, ...]:
        """The commands that cannot run now."""
        if not self.is_mounted:
            return ()
        return tuple(each.name for each in self.present_commands() if self.reason_against(each))

    def reason_against(self, command: Command) -> str:
        """Why it cannot run now, by itself or because nothing may be changed; empty when it can."""
        why = self.backend.connection().read_only if command.dangerous else ""
        return f"This console is read-only. {why}" if why else command.reason(self)

    def offers(self, command: Command) -> bool:
        """Whether footer, help and palette tell of it now."""
        return not self._never(command) and command.offered(self)

    def _never(self, command: Command) -> bool:
        """Whether nothing that happens here will make it run: here nothing can be changed."""
        if not command.dangerous:
            return False
        source = self.source()
        recorded = source is not None and source.origin is not None
        return bool(self.backend.connection().read_only) or (
            recorded and bool(command.reason(self))
        )

    def next_steps(self) -> tuple[tuple[str, str], ...]:
        """What is sensible now: action of a key, and what it does to what is shown."""
        board = self.candidate_board() if self.is_mounted else None
        if board is None:
            return ()
        steps = steps_of(board)
        known = {each.name: each for each in self.present_commands()} if steps else {}
        return tuple(
            (f"command({name!r})", words)
            for name, words in steps
            if name in known and self.offers(known[name]) and not self.reason_against(known[name])
        )

    def _dim_keys(self) -> None:
        told = (self._stopped(), self.next_steps())
        if told != self._told_of_keys:
            self._told_of_keys = told
            self.refresh_bindings()

    def look_again(self) -> None:
        """Tick as soon as what goes on now is done: there is something new to show."""
        self.call_later(self._tick)

    def _tick(self) -> None:
        # What lies beneath is painted when it comes up, and a terminal that is behind is given no
        # more.
        if self.is_current and self.is_mounted and not backlogged(self.app):
            self.query_one(Header).show(self.heading())
            self.tick()
            self._dim_keys()

    def on_opened(self) -> None:
        """What Enter does here."""
        if enters := [each for each in self.present_commands() if "enter" in each.key.split(",")]:
            self.action_command(enters[0].name)

    def action_command(self, name: str) -> None:
        """Run one of this screen's commands, or say why it cannot run.

        Only the screen on top has something to run, and a command that waits runs once at a time.
        What does not wait is done before the next key is looked at.
        """
        command = find(self.present_commands(), name)
        if command is None or not self.is_active or name in self._waiting:
            return
        if reason := self.reason_against(command):
            self.notify(reason, severity="warning", markup=False)
            return
        try:
            work = command.run(self)
        except Exception as error:  # noqa: BLE001 - shown, and written to the log
            self.host.show_error(boundary.explained(error))
            return
        if work is not None:
            self._waiting.add(name)
            self.run_worker(self._wait(name, work), name=name, exit_on_error=False)

    @property
    def waits(self) -> bool:
        """Whether a command is under way."""
        return bool(self._waiting)

    async def _wait(self, name: str, work: Awaitable[None]) -> None:
        try:
            await work
        finally:
            self._waiting.discard(name)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Textual tells the owner of a worker only; errors are the app's business."""
        self.host.on_worker_state_changed(event)

    def help_commands(self) -> Iterator[Command]:
        """Those that help and palette tell of now."""
        return (each for each in self.present_commands() if self.offers(each) and each.key)


def _stopped(active: ActiveBinding, *, hide: bool) -> ActiveBinding:
    binding = replace(active.binding, show=False) if hide else active.binding
    return active._replace(enabled=False, binding=binding)
