"""Screens about one submission, and the commands that they share with the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from textual.widget import Widget
from textual.widgets import Input

from console.domain.board import SubmissionStatus
from console.domain.upstream_refusals import why_not_changed
from console.presentation import again_words
from console.presentation.resume_points import hint
from console.presentation.stop_words import offered
from console.tui.backend import Link
from console.tui.commands import Command, bindings
from console.tui.live_source import LiveSource
from console.tui.places import Contender, Destination, Place, Subject
from console.tui.screens.ending import ask_to_cancel, ask_to_delete, ended_reason
from console.tui.screens.exporting import EXPORTING
from console.tui.screens.replaying import LETTERS, REPLAYING, replayed
from console.tui.screens.screen import ConsoleScreen
from console.tui.submission_source import SubmissionSource
from console.tui.typed_ahead import BeforePanes
from console.tui.widgets.replay_line import ReplayLine

_OF_A_REPLAY = {each.name for each in REPLAYING}


class OfOneSubmission(ConsoleScreen):
    """A screen that was opened for one submission, which its source has."""

    def __init__(self, subject: Subject, source: SubmissionSource | None = None) -> None:
        """`source`: None for the cluster."""
        super().__init__()
        self._subject, self._source = subject, source

    def subject(self) -> Subject:
        return self._subject

    def source(self) -> SubmissionSource:
        if self._source is None:
            self._source = LiveSource(self.backend, *self._subject)
        return self._source


class SubmissionScreen(OfOneSubmission, BeforePanes):
    """A screen about that submission."""

    letters_first = LETTERS
    further_commands = (*REPLAYING, *EXPORTING)
    BINDINGS = bindings(further_commands)

    def __init_subclass__(cls, **named: Any) -> None:
        """A replay's keys are there besides what a screen has the same keys for: Textual would
        leave them out then, and of two bindings of one key the replay's comes first."""
        if "BINDINGS" in cls.__dict__:
            cls.BINDINGS = [*cls.BINDINGS, *bindings(cls.further_commands)]
        super().__init_subclass__(**named)

    def all_commands(self) -> tuple[Command, ...]:
        return (*self.commands, *EXPORTING, *(REPLAYING if replayed(self) else ()))

    # --- a replay

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of a replay are there while one is shown, and never while somebody types."""
        if action == "command" and parameters and parameters[0] in _OF_A_REPLAY:
            return replayed(self) is not None and not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def below_header(self) -> Iterable[Widget]:
        if replayed(self):
            yield ReplayLine()

    def _tick(self) -> None:
        super()._tick()
        if (source := replayed(self)) is not None and self.is_current and self.is_mounted:
            self.query_one(ReplayLine).show(source.state, source.note)


def opening(place: Place) -> Callable[[ConsoleScreen], None]:
    """What a key that opens a screen about the candidate does."""

    def run(screen: ConsoleScreen) -> None:
        chosen = screen.candidate()
        if chosen:
            screen.go(Destination(place, chosen, screen.candidate_source()))

    return run


def no_candidate(screen: ConsoleScreen) -> str:
    """A reason when there is nothing to act on."""
    return "" if screen.candidate() else screen.NO_CANDIDATE


def without_cluster(screen: ConsoleScreen) -> str:
    """A reason where the cluster cannot be told anything about the candidate."""
    source = screen.candidate_source()
    return source.without_cluster() if source else no_candidate(screen)


def _opens(place: Place, key: str, label: str, text: str, *, show: bool = True) -> Command:
    return Command(place.value, key, label, text, opening(place), no_candidate, show)


def _previous_log(screen: ConsoleScreen) -> None:
    """Of the container that is looked at, where one is."""
    chosen, source = screen.candidate(), screen.candidate_source()
    container = screen.container_shown()
    screen.go(Destination(Place.LOGS, chosen, source, container, previous=True))


def _copy_name(screen: ConsoleScreen) -> None:
    """As commands take it."""
    chosen = screen.candidate()
    if chosen:
        screen.app.copy_to_clipboard(chosen[1])
        screen.notify(f"Copied {chosen[1]}.")


def _back(screen: ConsoleScreen) -> None:
    screen.dismiss()


async def _enter(screen: ConsoleScreen) -> None:
    from console.tui.screens.entering import enter

    await enter(screen)


async def _resume(screen: ConsoleScreen) -> None:
    from console.tui.screens.resuming import ask_to_resume

    board = screen.candidate_board()
    if board is not None and board.status is SubmissionStatus.SUSPENDED:
        from console.tui.screens.running_on import ask_to_let_run_on

        await ask_to_let_run_on(screen, board)
        return
    await ask_to_resume(screen)


async def _rerun(screen: ConsoleScreen) -> None:
    from console.tui.screens.rerunning import ask_to_rerun

    await ask_to_rerun(screen)


def _no_rerun(screen: ConsoleScreen) -> str:
    board = screen.candidate_board()
    if board is None:
        return no_candidate(screen)
    return without_cluster(screen) or screen.backend.why_no_rerun(board)


def _not_resumable(screen: ConsoleScreen) -> str:
    board = screen.candidate_board()
    if board is None:
        return no_candidate(screen)
    return without_cluster(screen) or screen.backend.why_not_resumable(board)


def way_hint(screen: ConsoleScreen) -> str:
    """What the screen says about going on from its ended submission, or about stopping one that
    fails by no chance; empty without either."""
    board = screen.candidate_board()
    if board is None or without_cluster(screen) or screen.backend.connection().read_only:
        return ""
    if board.ended:
        on = hint(board, screen.backend.why_not_resumable(board), RESUME.key)
        return "; ".join(filter(None, (on, again_hint(screen))))
    return "" if why_not_changed(board.job, "cancel") else offered(board, CANCEL.key)


def again_hint(screen: ConsoleScreen) -> str:
    """That what a crash has ended of it can be driven again; empty where it cannot from here."""
    board = screen.candidate_board()
    if board is None or without_cluster(screen) or screen.backend.connection().read_only:
        return ""
    return again_words.hint(board, RERUN.key)


def upstreams(verb: str) -> Callable[[ConsoleScreen], str]:
    """What says why that is not done to a submission of upstream's; of marked ones each says so
    by itself."""

    def reason(screen: ConsoleScreen) -> str:
        board = None if screen.marked() else screen.candidate_board()
        return why_not_changed(board.job, verb) if board is not None else ""

    return reason


_NOT_CANCELLED, _NOT_DELETED, _NOT_LAUNCHED = map(upstreams, ("cancel", "delete", "launch again"))


def _not_again(screen: ConsoleScreen) -> str:
    if why := _NOT_LAUNCHED(screen):
        return why
    connected = screen.backend.connection().link is Link.CONNECTED
    return no_candidate(screen) or ("" if connected else "There is no cluster to launch it on.")


def _history(screen: ConsoleScreen) -> None:
    screen.go(Destination(Place.HISTORY))


def _compare(screen: ConsoleScreen) -> None:
    """What is marked, the first one against the others; else the candidate."""
    marked = screen.still_marked()
    if not marked:
        opening(Place.COMPARISON)(screen)
        return
    others = tuple(Contender(each) for each in marked[1:])
    screen.go(Destination(Place.COMPARISON, marked[0], others=others))


def _not_compared(screen: ConsoleScreen) -> str:
    count = len(screen.marked())
    if count < 2:
        return screen.marks_gone() or no_candidate(screen)
    from console.operations.outcome.comparison import too_many  # late: the first paint is before it

    return too_many(count)


HISTORY = Command(
    Place.HISTORY.value,
    "h",
    "History",
    "All submissions that are recorded, deleted ones and of clusters that are gone too",
    _history,
)
MONITOR = _opens(Place.MONITOR, "enter", "Monitor", "Watch the submission", show=True)
LOGS = _opens(Place.LOGS, "l", "Logs", "Read the logs of its containers")
RESULTS = _opens(Place.RESULTS, "r", "Results", "Scores, routes and infractions")
EVENTS = _opens(
    Place.EVENTS,
    "e",
    "Events",
    "Failed attempts, problems, the Job's conditions and the cluster's events",
)
INSPECT = _opens(
    Place.INSPECT,
    "i",
    "Inspect",
    "Why it failed: what died first, both logs at that moment, whose it is, what to do",
)
MANIFEST = _opens(Place.MANIFEST, "y", "YAML", "The Job as the cluster has it")
COMPARE = Command(
    Place.COMPARISON.value,
    "C",
    "Compare",
    "Compare what is marked, route by route; of one alone it asks with which",
    _compare,
    _not_compared,
    show=False,
)
DESCRIBE = _opens(
    Place.DESCRIBE, "d", "Describe", "Job, pod, containers, events, as kubectl describe", show=False
)
AGAIN = Command(
    "launch_again",
    "L",
    "Again as…",
    "Launch a copy of it: the form with all that it says, under a free name",
    opening(Place.COMPOSE),
    _not_again,
)
PREVIOUS_LOG = Command(
    "previous_log",
    "p",
    "Previous log",
    "The log at the end of the attempt before, as kubectl logs -p",
    _previous_log,
    no_candidate,
    show=False,
)
COPY_NAME = Command(
    "copy_name",
    "c",
    "Copy",
    "Copy its name",
    _copy_name,
    no_candidate,
    show=False,
)
CANCEL = Command(
    "cancel",
    "ctrl+k",
    "Cancel",
    "Stop it cleanly; finished routes stay. Asks first",
    ask_to_cancel,
    lambda screen: (
        without_cluster(screen)
        or screen.marks_gone()
        or _NOT_CANCELLED(screen)
        or ended_reason(screen)
    ),
    dangerous=True,
)
RESUME = Command(
    "resume",
    "R",
    "Resume",
    "Go on from it in a new submission; finished routes stay. One that was suspended is let run. "
    "Asks first",
    _resume,
    _not_resumable,
    only_when_possible=True,
    dangerous=True,
)
RERUN = Command(
    "rerun",
    "D",
    "Drive again",
    "Drive given-up or other routes of it again; the rest stays. Asks first",
    _rerun,
    _no_rerun,
    show=False,
    dangerous=True,
)
DELETE = Command(
    "delete",
    "ctrl+d",
    "Delete",
    "Delete the Job and all that belongs to it. Asks first",
    ask_to_delete,
    lambda screen: without_cluster(screen) or screen.marks_gone() or _NOT_DELETED(screen),
    dangerous=True,
)
SHELL = Command(
    "shell",
    "s",
    "Shell",
    "Into a container: a shell, its output or a port, by kubectl, which gets the terminal",
    _enter,
    lambda screen: without_cluster(screen) or ended_reason(screen),
    show=False,
    dangerous=True,
)
BACK = Command("back", "escape,q", "Back", "Go back", _back, key_display="esc")
