"""The list of submissions, and what every screen shares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.boards import NOW, ROWS
from fakes.contexts import FakeContexts, backend_in
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from fakes.sweeps import sweep, sweep_rows
from msgspec.structs import replace

from console.domain.fleet import FleetSnapshot
from console.errors import ConsoleError, LoginRefused
from console.tui.backend import ClusterLink, Link
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.dialogs import CommandLine, ErrorDialog
from console.tui.screens.leaving import Palette
from console.tui.screens.logs import LogsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.results import ResultsScreen
from console.tui.screens.start import StartScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.whereabouts import EMBEDDED, Whereabouts

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize("size", sweep(SIZES, (80, 24)))
async def test_each_row_says_status_progress_restarts_score_and_age(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    now = datetime.now(UTC)
    young = replace(ROWS[0], created_at=now - timedelta(minutes=12, seconds=1))
    backend.shown_fleet = FleetSnapshot((young, *ROWS[1:]), True, "", now)
    async with opened(backend, size) as (app, pilot):
        await shows(pilot, "● Running", "12/20", "2/8", "47.38", "12m", "✗ Failed", "8/8", "24h")
        await shows(pilot, "lab", "leaderboard", "● live", "Monitor", "New", "Logs")
        assert max(len(line) for line in seen(app).splitlines()) <= size[0]


async def test_the_backend_is_told_which_rows_can_be_seen(backend: FakeBackend) -> None:
    """What only a log tells is read for these alone."""
    names = [f"run-{number:03}" for number in range(200)]
    rows = tuple(replace(ROWS[0], name=name) for name in names)
    backend.shown_fleet = FleetSnapshot(rows, True, "", NOW)
    async with opened(backend) as (_, pilot):
        await until(pilot, lambda: ("leaderboard", "run-000") in backend.visible)
        assert len(backend.visible) < 40
        await pilot.press("G")
        await until(pilot, lambda: ("leaderboard", "run-199") in backend.visible)
        assert ("leaderboard", "run-000") not in backend.visible


async def test_the_row_under_the_cursor_explains_itself(backend: FakeBackend) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("j", "j", "j")
        await shows(pilot, "BackoffLimitExceeded")


async def test_a_stale_list_says_since_when_and_why(backend: FakeBackend) -> None:
    backend.shown_fleet = FleetSnapshot(ROWS, False, "connection refused", NOW)
    async with opened(backend) as (_, pilot):
        await shows(pilot, f"stale since {NOW:%H:%M:%S}", "connection refused", "baseline-nightly")


async def test_the_filter_keeps_matching_rows_and_an_exclamation_mark_hides_them(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("slash", *"night", "enter")
        await until(pilot, lambda: "demo" not in seen(app))
        await shows(pilot, "baseline-nightly")
        await pilot.press("escape")
        await shows(pilot, "demo")
        await pilot.press("slash", "exclamation_mark", *"night", "enter")
        await until(pilot, lambda: "baseline-nightly" not in seen(app) and "demo" in seen(app))


async def test_the_cursor_stays_on_its_submission_when_rows_move(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("j", "j")
        screen = app.screen
        assert isinstance(screen, SubmissionsScreen)
        assert screen.candidate() == ("leaderboard", "baseline-nightly")
        backend.shown_fleet = FleetSnapshot(ROWS[::-1], True, "", NOW)
        await until(pilot, lambda: screen.table.rows[0].startswith("interfuser"))
        assert screen.candidate() == ("leaderboard", "baseline-nightly")


@pytest.mark.parametrize(
    ("keys", "screen"),
    sweep_rows(
        [
            (["enter"], MonitorScreen),
            (["n"], ComposeScreen),
            (["l"], LogsScreen),
            (["r"], ResultsScreen),
            (["colon", *"logs", "enter"], LogsScreen),
            (["colon", *"res", "enter"], ResultsScreen),
            (["colon", *"compose", "enter"], ComposeScreen),
        ],
        (["enter"], MonitorScreen),
        (["colon", *"res", "enter"], ResultsScreen),
    ),
)
async def test_keys_and_words_open_screens_and_escape_comes_back(
    backend: FakeBackend, keys: list[str], screen: type
) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        first, *word = keys
        await pilot.press(first)
        # What is typed before the command line can be seen is not meant for it.
        if word:
            await until(pilot, lambda: isinstance(app.screen, CommandLine) and app.focused)
            await pilot.press(*word)
        await until(pilot, lambda: isinstance(app.screen, screen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))


async def test_an_unknown_word_lists_the_known_ones(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, CommandLine) and app.focused)
        await pilot.press(*"nonsense", "enter")
        await shows(pilot, "There is no :nonsense")


async def test_help_names_the_keys_of_the_screen_below(backend: FakeBackend) -> None:
    async with opened(backend, (80, 24)) as (_, pilot):
        await shows(pilot, "demo")
        await pilot.press("question_mark")
        await shows(pilot, "Keys", "Compose and launch a submission", "^d")
        await pilot.press("end")
        await shows(pilot, "^p")


async def test_what_help_tells_is_found_by_a_part_of_its_name(backend: FakeBackend) -> None:
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("question_mark")
        await shows(pilot, "/ finds one")
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, Palette) and app.focused)
        await pilot.press(*"co")
        await shows(pilot, "compose and launch a submission")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))


@pytest.mark.parametrize(("key", "verb"), [("ctrl+k", "cancel"), ("ctrl+d", "delete")])
async def test_ending_asks_first_and_says_what_is_lost(
    backend: FakeBackend, key: str, verb: str
) -> None:
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press(key)
        await shows(pilot, " (y) ")
        await shows(pilot, "RouteScenario_3_rep0", "12 of 20", "kubectl")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
        assert (verb, "leaderboard", "demo") not in backend.asked
        await pilot.press(key)
        await shows(pilot, " (y) ")
        await pilot.press("y")
        await until(pilot, lambda: (verb, "leaderboard", "demo") in backend.asked)


async def test_an_error_of_a_command_is_explained_and_the_console_goes_on(
    backend: FakeBackend,
) -> None:
    backend.raises = ConsoleError(
        "The server said no.", why="[/red] quota", fix="Ask [b]for[/b] it."
    )
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+k")
        await shows(pilot, " (y) ")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "The server said no.", "[/red] quota", "Ask [b]for[/b] it.")
        await pilot.press("escape")
        await shows(pilot, "● live")


async def test_an_unexpected_error_names_a_log_file_and_shows_no_traceback(
    backend: FakeBackend,
) -> None:
    backend.raises = RuntimeError("token=hunter2")
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "Something went wrong inside the console.", "console.log")
        assert "Traceback" not in seen(app)
        assert "hunter2" not in seen(app)


async def test_an_empty_list_opens_the_form(backend: FakeBackend) -> None:
    backend.shown_fleet = FleetSnapshot((), True, "", NOW)
    async with opened(backend) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await pilot.press("escape")
        await shows(pilot, "No submission yet.")


async def test_without_a_cluster_one_key_starts_the_embedded_one(backend: FakeBackend) -> None:
    problem = ConsoleError("The cluster lab does not answer.", why="connection refused")
    backend.shown_connection = ClusterLink(Link.UNREACHABLE, None, problem, local_offered=True)
    backend.shown_fleet = FleetSnapshot()
    contexts = FakeContexts(lab=backend, embedded=backend_in(EMBEDDED, "default", "mine"))
    async with opened(backend, (60, 18), contexts=contexts) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await shows(pilot, "The cluster lab does not answer.", "connection refused")
        ways = ("same user", "another context of the kubeconfig", "is recorded", "on this machine,")
        await shows(pilot, *(f"{words}  " for words in ways))  # none is broken
        await pilot.press("e")
        await shows(pilot, "mine", EMBEDDED)
        assert isinstance(app.screen, SubmissionsScreen)
        assert contexts.ways == [Whereabouts(local=True)]


async def test_who_tries_again_in_vain_reads_what_is_wrong_by_now(backend: FakeBackend) -> None:
    async def refused() -> None:
        raise LoginRefused("The login has expired.", fix="Log in again.")

    backend.retry = refused  # type: ignore[method-assign]
    problem = ConsoleError("The cluster lab does not answer.")
    backend.shown_connection = ClusterLink(Link.UNREACHABLE, None, problem, local_offered=True)
    backend.shown_fleet = FleetSnapshot()
    async with opened(backend, contexts=FakeContexts(lab=backend)) as (app, pilot):
        await shows(pilot, "The cluster lab does not answer.")
        await pilot.press("r")
        await shows(pilot, "The login has expired.", "Log in again.", "Tried again.")
        await shows(pilot, "another context", "is recorded", "on this machine,")
        assert "does not answer" not in seen(app)
        assert isinstance(app.screen, StartScreen)


async def test_hostile_text_in_a_row_stays_text(backend: FakeBackend) -> None:
    evil = "\x1b]0;owned\x07[red]x[/red]\x1b[2J\u202eabc"
    backend.shown_fleet = FleetSnapshot((replace(ROWS[0], reason=evil),), True, "", NOW)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "[red]x[/red]")
        assert not set(seen(app)) & {"\x1b", "\x07", "\u202e"}
        assert "owned" not in seen(app)


@pytest.mark.parametrize("size", sweep(SIZES, (80, 24)))
async def test_it_is_shown_as_whom_everything_is_asked(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    """Beside the context, at every width, only where the kubeconfig says `as`."""
    where = backend.shown_connection.description
    assert where is not None
    async with opened(backend, size) as (app, pilot):
        await shows(pilot, "context lab")
        assert "as admin-view" not in seen(app)
        acting = replace(where, acts_as="admin-view")
        backend.shown_connection = replace(backend.shown_connection, description=acting)
        await shows(pilot, "as admin-view")
