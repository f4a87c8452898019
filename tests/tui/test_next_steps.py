"""The last row begins with what is sensible to do with what is shown; help and palette have groups."""

from __future__ import annotations

import pytest
from fakes.boards import board, row
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from textual.color import Color
from textual.command import CommandPalette

from console.domain.board import SHARED_FAILURE
from console.domain.board import SubmissionStatus as Status
from console.domain.fleet import FleetSnapshot
from console.domain.progress import MergeProblem
from console.presentation.next_steps import STEPS, STOPPING
from console.tui.command_groups import Group, group_of, grouped
from console.tui.console_commands import CONSOLE_COMMANDS
from console.tui.navigation import screen_classes
from console.tui.palette_rows import palette_row
from console.tui.screens.help import HelpScreen, help_lines
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.user_files.added import UserFiles
from console.tui.widgets.key_line import KeyLine


def last_row(screen: str) -> str:
    return screen.splitlines()[-1]


def test_every_status_has_its_steps_and_each_names_a_command() -> None:
    assert set(STEPS) == set(Status)
    names = {
        command.name
        for screen in screen_classes()
        for command in screen.screen_keys(UserFiles()).commands
    }
    assert {name for steps in (*STEPS.values(), STOPPING) for name, _ in steps} <= names


@pytest.mark.parametrize(
    ("status", "begins"),
    [
        (Status.FAILED, " i Inspect why "),
        (Status.BLOCKED, " i Inspect why "),
        (Status.COMPLETE, " r Results "),
        (Status.PENDING, " ⏎ Monitor "),
        (Status.RUNNING, " ⏎ Monitor n New "),
    ],
)
async def test_the_row_of_keys_begins_with_what_suits_the_selected_submission(
    backend: FakeBackend, status: Status, begins: str
) -> None:
    backend.shown_fleet = FleetSnapshot((row("demo", status, 7),), True)
    backend.shown_board = board(status=status)
    async with opened(backend) as (app, pilot):
        await until(pilot, lambda: last_row(seen(app)).startswith(begins))


async def test_what_fails_by_no_chance_is_offered_to_be_stopped_where_it_runs(
    backend: FakeBackend,
) -> None:
    told = MergeProblem(SHARED_FAILURE, 0, "pairs 1 and 2: the agent's sensors are not allowed")
    backend.shown_board = board(problems=(told,))
    async with opened(backend) as (app, pilot):
        await until(pilot, lambda: last_row(seen(app)).startswith(" i Inspect why ^k Stop it "))
        await shows(pilot, "not allowed: ctrl+k stops it (12/20 drives stay")


async def test_what_is_sensible_follows_what_becomes_of_it(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "n New")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await shows(pilot, " l Logs i Inspect ")
        backend.shown_board = board(status=Status.FAILED)
        await until(pilot, lambda: last_row(seen(app)).startswith(" i Inspect why "))
        marked = [key.label for key in app.screen.query_one(KeyLine).keys if key.sensible]
        assert "Inspect why" in marked


# --- groups


def test_a_command_stands_in_the_group_that_its_user_looks_in() -> None:
    groups = grouped(SubmissionsScreen.commands)
    names = {group: {each.name for each in some} for group, some in groups.items()}
    assert {"monitor", "logs", "results", "inspect", "history"} <= names[Group.GO_TO]
    assert {"cancel", "resume", "delete", "copy_name"} <= names[Group.SUBMISSION]
    assert {"filter", "clear"} <= names[Group.HERE]
    assert list(groups) == [group for group in Group if group in groups]


@pytest.mark.parametrize("screen", screen_classes(), ids=lambda each: each.__name__)
def test_no_command_is_lost_in_the_groups(screen: type[SubmissionsScreen]) -> None:
    there = screen.screen_keys(UserFiles()).commands
    assert sum(map(len, grouped(there).values())) == len(there)
    for command in there:
        assert command.name in palette_row(group_of(command), command) or command.label in (
            palette_row(group_of(command), command)
        )


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (160, 45), (200, 60)])
async def test_help_cuts_no_word_at_any_size(backend: FakeBackend, size: tuple[int, int]) -> None:
    async with opened(backend, size) as (app, pilot):
        await until(pilot, lambda: "demo" in seen(app))
        screen = app.screen
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await shows(pilot, "Keys", "Go to", "Watch the submission")
        shown = seen(app)
        assert "…" not in "".join(line for line in shown.splitlines() if "│" in line)
        width = min(int(size[0] * 0.96), 170 if size[0] >= 145 else 90) - 6
        for line in help_lines(screen, width):
            assert sum(len(span) for span, _ in line) <= width
        words = " ".join("".join(span for span, _ in line) for line in help_lines(screen, 400))
        for command in CONSOLE_COMMANDS:
            assert command.help in words


async def test_the_digits_stand_in_one_row_of_the_help(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "n New")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        rows = ["".join(span for span, _ in line) for line in help_lines(app.screen, 120)]
    (row,) = (each for each in rows if "Focus that pair" in each)
    assert row.split()[:4] == ["1", "2", "3", "4"]
    assert row.endswith("pair1 to pair4")


async def test_the_palette_tells_group_name_and_key_in_the_groups_order(
    backend: FakeBackend,
) -> None:
    async with opened(backend, (120, 60)) as (app, pilot):
        await shows(pilot, "n New")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await shows(pilot, "Go to       Logs                      l")
        await shows(pilot, "Submission  Cancel                    ^k")
        told = seen(app)
        assert told.index("Go to       Logs") < told.index("Submission  Cancel")
        await pilot.press(*"history", "enter")
        await until(pilot, lambda: not isinstance(app.screen, CommandPalette))


async def test_the_palette_has_the_frame_of_our_dialogs_and_is_whole_in_every_terminal(
    backend: FakeBackend,
) -> None:
    sizes = [(60, 18), (80, 24), (120, 40), (160, 45), (200, 60)]
    async with opened(backend, sizes[0]) as (app, pilot):
        await shows(pilot, "? Help")
        await pilot.press("ctrl+p")
        await shows(pilot, "Commands", "Logs")
        frame = app.screen.query_one("#--container")
        colour = app.theme_variables["border"]
        assert frame.styles.border_top == ("round", Color.parse(colour))
        for width, height in sizes:
            await pilot.resize_terminal(width, height)
            await until(pilot, lambda width=width: app.screen.size.width == width)  # type: ignore[misc]
            await shows(pilot, "╭─ Commands ─", "─ enter runs it, esc closes ─╯")
            assert frame.region in app.screen.region
            assert frame.region.bottom < height, "the keys of the screen stay in view"


async def test_who_looks_for_the_aliases_of_k9s_finds_the_palette_but_in_a_text_its_begin(
    backend: FakeBackend,
) -> None:
    async with opened(backend, (120, 40)) as (app, pilot):
        await shows(pilot, "n New")
        await pilot.press("ctrl+a")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press("escape", "slash", "x", "ctrl+a", "y")
        await shows(pilot, "yx")
