"""The key into a container: asks which, shows what will run, and hands kubectl the terminal."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from console.domain.board import BoardSnapshot
from console.domain.hostile_text import neutralise
from console.operations.ports.cluster import ClusterDescription
from console.operations.shell_commands import ProgramCall
from console.presentation.ways_in import (
    WayInto,
    call_of,
    closed,
    entrances,
    forbidden,
    line_of,
    no_kubectl,
    place_of,
    usual,
)
from console.tui.screens.dialogs import Dialog, words
from console.tui.terminal_handover import hand_over

if TYPE_CHECKING:
    from console.tui.screens.screen import ConsoleScreen


async def enter(screen: ConsoleScreen) -> None:
    """Ask which container and which way, and hand the terminal over. Raises ConsoleError."""
    chosen, where = screen.candidate(), screen.backend.connection().description
    if chosen is None or where is None:
        return
    board = screen.candidate_board() or screen.backend.board(*chosen)
    dialog = EntranceDialog(where, board, usual(board, screen.container_shown()))
    if not await screen.host.push_screen_wait(dialog):
        return
    call, line = dialog.call, line_of(dialog.call)
    if (why := closed(board, dialog.container, line)) is not None:
        raise why
    if shutil.which(call.argv[0]) is None:
        raise no_kubectl(line)
    if not await screen.backend.may("create", dialog.way.right, chosen[0]):
        raise forbidden(dialog.way, chosen[0], line)
    hand_over(screen.app, call.argv, call.environment)
    screen.look_again()


class EntranceDialog(Dialog):
    """The containers, how each is, and below them the command that would run."""

    DEFAULT_CSS = """
    EntranceDialog > Vertical { width: 100; }
    EntranceDialog Button { min-width: 0; margin-left: 0; }
    EntranceDialog #command { margin-top: 1; color: $text-muted; }
    """
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "enter('attach')", "Attach"),
        Binding("f", "enter('port-forward')", "Forward a port"),
    ]

    def __init__(self, where: ClusterDescription, board: BoardSnapshot, first: str) -> None:
        super().__init__()
        self._where, self._board, self._known = where, board, entrances(board)
        self.container, self.way = first, WayInto.SHELL

    @property
    def call(self) -> ProgramCall:
        """What is to run: about the container and the way that were chosen last."""
        pod, container = place_of(self._board, self.container)
        ports = [f":{each.port}" for each in self._known if each.container == self.container]
        namespace = self._board.namespace
        return call_of(self._where, pod, namespace, container, self.way, ports=ports)

    def compose(self) -> ComposeResult:
        wide = max(len(each.container) for each in self._known)
        with Vertical():
            yield words(f"Into which container of {self._board.name}?", "title")
            yield OptionList(
                *(
                    Option(neutralise(f"{each.container:{wide}}  {each.state}"), each.container)
                    for each in self._known
                ),
                markup=False,
                compact=True,
            )
            yield Static(id="command", markup=False)
            with Horizontal():
                yield Button("Shell (enter)", id="exec", compact=True)
                yield Button("Attach (a)", id="attach", compact=True)
                yield Button("Port (f)", id="port-forward", compact=True)
                yield Button("Close (esc)", id="no", compact=True)

    def on_mount(self) -> None:
        names = [each.container for each in self._known]
        self.query_one(OptionList).highlighted = names.index(self.container)

    def on_resize(self, event: events.Resize) -> None:
        """As many as there are, three tenths of the terminal at the most: a box around them has no
        empty rows."""
        self.query_one(OptionList).styles.height = min(
            len(self._known), event.size.height * 3 // 10
        )

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self.container = str(event.option_id)
        self.query_one("#command", Static).update(neutralise(line_of(self.call)))

    def on_option_list_option_selected(self) -> None:
        self.action_enter(WayInto.SHELL)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "no":
            self.dismiss(False)
        else:
            self.action_enter(str(event.button.id))

    def action_enter(self, way: str) -> None:
        """Leave with that way; a port is that of a CARLA server."""
        port = next(each.port for each in self._known if each.container == self.container)
        if way == WayInto.FORWARD and port is None:
            told = (
                f"{self.container} has no CARLA server. Of other ports: carla-console port-forward"
            )
            self.notify(told, severity="warning", markup=False)
            return
        self.way = WayInto(way)
        self.dismiss(True)
