"""Nothing that an operator needs is out of reach at 80x24, and an unknown is never a default."""

from __future__ import annotations

from fakes.boards import board
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog
from msgspec.structs import replace
from textual.widgets import Button

from console.cli.scores import results_text
from console.domain.board import SubmissionStatus
from console.domain.events import StreamState
from console.domain.progress import MergedResult
from console.errors import ConsoleError
from console.operations.outcome.view import results
from console.presentation import result_lines as presented
from console.tui.backend import Link
from console.tui.screens.dialogs import ConfirmDialog, ShellLine
from console.tui.screens.monitor import MonitorScreen


def test_infractions_that_nobody_could_read_are_not_none() -> None:
    view = results(board(records=()))
    unread = replace(view, done=None, rows=())
    told = ["".join(span for span, _ in line) for line in presented.infractions(unread, 40)]
    assert told == ["not known"]
    known = replace(view, done=0, rows=())
    assert "no infraction" in presented.infractions(known, 40)[0][0][0]
    assert "not known" in results_text(unread)
    assert "no infraction" in results_text(known)


async def test_why_a_result_is_not_final_is_readable_whole_with_its_scores(
    backend: FakeBackend,
) -> None:
    why = "4 of 20 drives are there: " + "agent1/agent_results.json lacks one; " * 4 + "THE END"
    unfinal = MergedResult("", "", why_not=why)
    backend.shown_board = board(merged=unfinal)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("enter")
        # What is typed before a screen can be seen is not meant for it.
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen) and app.gate.is_open)
        await pilot.press("r")
        await shows(pilot, "◑ not final", "THE END", "score ", "completion ")


async def test_the_status_of_a_route_is_told_whole_beside_its_infractions(
    backend: FakeBackend,
) -> None:
    first, *others = backend.shown_board.records
    status = "Failed - Agent's sensors were invalid"
    rejected = replace(first, status=status, infractions=())
    backend.shown_board = replace(backend.shown_board, records=(rejected, *others))
    async with opened(backend, (80, 24)) as (_, pilot):
        await pilot.press("enter", "r")
        await shows(pilot, status)


async def test_an_empty_log_of_an_ended_submission_says_so_also_where_a_route_is_sought(
    backend: FakeBackend,
) -> None:
    backend.shown_board = replace(board(status=SubmissionStatus.FAILED), streams=())
    backend.logs = {f"agent-{number}": FakeLog(0) for number in (1, 2, 3, 4)}
    async with opened(backend, (80, 24)) as (_, pilot):
        await pilot.press("enter", "l")
        await shows(pilot, "Nothing of this log is recorded here.")
        await pilot.press("escape", "r")
        await shows(pilot, "RouteScenario_0_rep0")
        await pilot.press("l")
        await shows(pilot, "Nothing of this log is recorded here.", "agent-1")


async def test_an_empty_log_of_an_ended_submission_says_what_forbids_to_read_it(
    backend: FakeBackend,
) -> None:
    why = "The cluster does not allow: get pods/log demo-x."
    streams = tuple((name, StreamState.LOST, why) for name in ("simulator-1", "agent-1"))
    backend.shown_board = replace(board(status=SubmissionStatus.FAILED), streams=streams)
    backend.logs = {name: FakeLog(0) for name, _, _ in streams}
    async with opened(backend, (160, 24)) as (app, pilot):
        await pilot.press("enter", "l")
        await shows(pilot, why)
        assert "Nothing of this log is recorded here." not in seen(app)


async def test_a_log_that_is_read_once_it_is_opened_is_not_called_unrecorded_then(
    backend: FakeBackend,
) -> None:
    backend.shown_board = replace(board(status=SubmissionStatus.FAILED), streams=())
    log = FakeLog(0)
    backend.logs = dict.fromkeys(("simulator-1", "agent-1"), log)
    async with opened(backend, (120, 24)) as (app, pilot):
        await pilot.press("enter", "l")
        await shows(pilot, "Nothing of this log is recorded here.")
        log.count = 7
        await shows(pilot, "7 lines")
        await until(pilot, lambda: "recorded here" not in seen(app))


async def test_an_ended_log_of_which_nothing_is_wanted_is_not_called_unrecorded(
    backend: FakeBackend,
) -> None:
    backend.shown_board = replace(board(status=SubmissionStatus.FAILED), streams=())
    async with opened(backend, (120, 24)) as (app, pilot):
        await pilot.press("enter", "l", "C")
        await shows(pilot, "cleared:", " 0 lines")
        await pilot.press("C", "ampersand", *"no such word", "enter")
        await shows(pilot, "No line of this log passes the filter.")
        assert "Nothing of this log is recorded here." not in seen(app)


async def test_a_notice_does_not_cover_a_question(backend: FakeBackend) -> None:
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "demo")
        app.notify("A notice of before.")
        await shows(pilot, "A notice of before.")
        await pilot.press("ctrl+d")
        await shows(pilot, "Delete leaderboard/demo?", "The same with kubectl")
        await until(pilot, lambda: "A notice of before." not in seen(app))


async def test_a_command_to_be_copied_goes_on_behind_a_backslash(backend: FakeBackend) -> None:
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+k")
        await shows(pilot, "The same with kubectl", " \\")
        assert isinstance(app.screen, ConfirmDialog)
        told = str(app.screen.query_one(ShellLine).render())
        one = told.replace("'\\\n'", "").replace("\\\n", "")
        assert one == app.screen.question.command
        assert (
            max(map(len, told.splitlines())) <= app.screen.query_one(ShellLine).content_size.width
        )


async def test_the_longest_reason_for_no_cluster_is_read_by_scrolling(
    backend: FakeBackend,
) -> None:
    lines = "\n".join(f"line {number} of what the plug-in wrote" for number in range(40))
    problem = ConsoleError("The plug-in failed.", why=lines, fix="Mend the plug-in.")
    backend.shown_connection = replace(
        backend.shown_connection, link=Link.UNREACHABLE, problem=problem
    )
    async with opened(backend, (80, 24)) as (_, pilot):
        await shows(pilot, "The plug-in failed.", "line 3 of")
        await pilot.press("end")
        await shows(pilot, "line 39 of", "Mend the plug-in.")
        await shows(pilot, "h  the history: all that is recorded")


async def test_the_longest_error_can_be_read_and_closed(backend: FakeBackend) -> None:
    lines = "\n".join(f"line {number}" for number in range(60))
    async with opened(backend, (80, 24)) as (app, pilot):
        app.show_error(ConsoleError("It failed.", why=lines, fix="Mend it."))
        await shows(pilot, "It failed.", "Close (esc)")
        assert app.screen.query_one(Button).region.height
        await pilot.press("end")
        await shows(pilot, "line 59", "Mend it.", "Close (esc)")
