"""Keys, words and programs that a user adds by files act on the screens, and help tells of them."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from fakes.boards import board
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from textual.content import Content
from textual.widgets import Input

from console import paths
from console.tui import plugin_output
from console.tui.screens import running_plugins
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.dialogs import CommandLine, ErrorDialog
from console.tui.screens.help import HelpScreen
from console.tui.screens.history import HistoryScreen
from console.tui.screens.logs import LogsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.plugin_inputs import InputsDialog
from console.tui.screens.results import ResultsScreen
from console.tui.widgets.key_line import KeyLine

STERN = """
plugins:
  stern:
    shortCut: Ctrl-Y
    description: Logs <Stern>
    scopes: [pods, jobs]
    command: stern
    args: [--tail, 50, $NAME, -n, $NAMESPACE, --context, $CONTEXT]
"""


def file(name: str, text: str) -> Path:
    """A file of the user's, in a home of the test's own."""
    path = paths.settings() / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


class Terminal:
    """Takes what is handed over, and remembers it."""

    def __init__(self) -> None:
        self.argv: list[tuple[str, ...]] = []
        self.environment: dict[str, str] = {}

    def __call__(self, _app: object, argv: Sequence[str], environment: Mapping[str, str]) -> int:
        self.argv.append(tuple(argv))
        self.environment = dict(environment)
        return 0


@pytest.fixture(autouse=True)
def no_plugin_goes_on() -> Iterator[None]:
    """What runs behind a console that was left is waited for: Python names it at its own end."""
    yield
    for process in tuple(running_plugins._GOING_ON):
        process.wait(30)
    assert not running_plugins.going_on()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    taken = Terminal()
    monkeypatch.setattr(running_plugins, "hand_over", taken)
    return taken


async def test_a_command_has_the_key_that_the_user_chose_and_the_old_one_is_nobodys(
    backend: FakeBackend,
) -> None:
    file("keys", "keys: {results: Shift-Z, submissions: {cancel: [F2, Ctrl-X]}}")
    async with opened(backend, (160, 45)) as (app, pilot):
        await shows(pilot, "Z Results", "f2 Cancel")
        await pilot.press("r", "ctrl+k")
        await pilot.press("Z")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        await pilot.press("escape")
        await shows(pilot, "f2 Cancel")
        await pilot.press("ctrl+x")
        await shows(pilot, " (y) ")
        await pilot.press("escape")
        await pilot.press("enter")
        await shows(pilot, "Z Results", "^k Cancel")
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await shows(pilot, "Z  Scores, routes and infractions")


async def test_the_consoles_own_keys_are_chosen_too(backend: FakeBackend) -> None:
    file("keys", "keys: {line: Ctrl-O, help: F12}")
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, CommandLine))
        await pilot.press("escape")
        await shows(pilot, "n New")
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_a_key_that_is_taken_twice_is_named_at_the_start_with_its_screen(
    backend: FakeBackend,
) -> None:
    file("keys", "keys: {logs: i, cancl: x, monitor: {results: j, events: c}}")
    async with opened(backend, (120, 50)) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(
            pilot,
            "Files of yours have mistakes.",
            "i is for logs now, and inspect has no key (submissions,",
            "keys.cancl names no command. Did you mean cancel?",
            "j of results is for moving and leaving (monitor).",
        )
        await pilot.press("escape")
        await shows(pilot, "i Logs")
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))


async def test_a_file_with_a_mistake_is_named_and_the_console_goes_on(
    backend: FakeBackend,
) -> None:
    path = file("hotkeys", "hotKeys:\n  why: {shortCut: Shift-0}\n")
    async with opened(backend) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, path.name, "line 2", "hotKeys.why.command is missing")
        await pilot.press("escape")
        await shows(pilot, "demo")


async def test_a_hot_key_goes_where_its_word_goes_from_any_screen(backend: FakeBackend) -> None:
    file("aliases", "aliases: {past: history}")
    file("hotkeys", "hotKeys:\n  old: {shortCut: Shift-0, description: Old ones, command: past}\n")
    async with opened(backend, (120, 60)) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await pilot.press("right_parenthesis")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        await pilot.press("question_mark")
        await shows(pilot, ")  Old ones")


async def test_a_hot_key_takes_a_key_of_ours_only_where_it_says_so(backend: FakeBackend) -> None:
    told = "hotKeys:\n  new: {shortCut: l, command: compose}\n  also: {shortCut: r, command: compose, override: true}\n"
    file("hotkeys", told)
    async with opened(backend, (120, 50)) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "hotkeys.yaml: l of hotkey_new is for logs (submissions,")
        await pilot.press("escape")
        await shows(pilot, "l Logs")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        await pilot.press("escape")
        await shows(pilot, "l Logs")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))


async def test_a_plugin_of_k9s_gets_the_terminal_and_is_told_of_what_is_shown(
    backend: FakeBackend, terminal: Terminal
) -> None:
    file("plugins", STERN)
    async with opened(backend, (160, 45)) as (app, pilot):
        await shows(pilot, "^y Logs <Stern>")
        await pilot.press("ctrl+y")
        await until(pilot, lambda: terminal.argv)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await shows(pilot, "^y Logs <Stern>")
        await pilot.press("ctrl+y")
        await until(pilot, lambda: len(terminal.argv) == 2)
    of_job, of_pod = terminal.argv
    assert of_job[3] == "demo"
    assert of_pod[3:] == ("demo-x7k2p", "-n", "leaderboard", "--context", "lab")


async def test_a_plugin_is_offered_in_its_scopes_alone(
    backend: FakeBackend, terminal: Terminal
) -> None:
    file("plugins", STERN.replace("[pods, jobs]", "[deployments, results]"))
    async with opened(backend, (160, 45)) as (app, pilot):
        await shows(pilot, "n New")
        assert "Stern" not in seen(app)
        await pilot.press("r")
        await shows(pilot, "^y Logs <Stern>")


async def test_what_a_plugin_needs_and_nobody_knows_is_said_and_nothing_runs(
    backend: FakeBackend, terminal: Terminal
) -> None:
    file("plugins", STERN)
    backend.shown_board = board(pod=None)
    async with opened(backend) as (_, pilot):
        await shows(pilot, "demo")
        await pilot.press("enter")
        await shows(pilot, "pair 1")
        await pilot.press("ctrl+y")
        await shows(pilot, "stern needs $NAME, and that is not known here.")
    assert not terminal.argv


async def test_a_dangerous_plugin_asks_first(backend: FakeBackend, terminal: Terminal) -> None:
    file("plugins", STERN.rstrip() + "\n    dangerous: true\n")
    async with opened(backend) as (_, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+y")
        await shows(pilot, " (y) ")
        await shows(pilot, "It runs: stern --tail 50 $NAME")
        await pilot.press("escape")
        await shows(pilot, "n New")
        assert not terminal.argv
        await pilot.press("ctrl+y")
        await shows(pilot, " (y) ")
        await pilot.press("y")
        await until(pilot, lambda: terminal.argv)


async def test_a_script_is_left_as_it_is_written_and_finds_the_names_in_its_environment(
    backend: FakeBackend, tmp_path: Path, terminal: Terminal
) -> None:
    script = 'echo "$NAME" && kubectl -n $NAMESPACE get job ${NAME}'
    file(
        "plugins",
        f"plugins:\n  p: {{shortCut: Ctrl-O, description: d, scopes: [all], command: bash, args: [-c, {script!r}]}}",
    )
    async with opened(backend) as (_, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: terminal.argv)
    assert terminal.argv == [("bash", "-c", script)]
    assert terminal.environment["NAME"] == "demo"
    assert terminal.environment["NAMESPACE"] == "leaderboard"


async def test_a_plugin_in_the_background_tells_how_it_went(
    backend: FakeBackend, tmp_path: Path
) -> None:
    behind = "scopes: [all], background: true, overwriteOutput: true"
    file(
        "plugins",
        f"""
plugins:
  good: {{shortCut: Ctrl-O, description: good, {behind}, command: echo, args: [about, $NAME]}}
  bad: {{shortCut: F8, description: bad, {behind}, command: sh, args: [-c, "echo broken; exit 3"]}}
  none: {{shortCut: F9, description: none, {behind}, command: no-such-program}}
""",
    )
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+o")
        await shows(pilot, "about demo")
        await pilot.press("f8")
        await shows(pilot, "bad ended with 3.", "broken", "What is kept of its output is in")
        await pilot.press("escape")
        await shows(pilot, "n New")
        await pilot.press("f9")
        await shows(pilot, "no-such-program cannot be started.", "Install it")
        assert isinstance(app.screen, ErrorDialog)


async def test_a_plugin_asks_for_its_inputs_and_is_told_of_them(
    backend: FakeBackend, terminal: Terminal
) -> None:
    file(
        "plugins",
        """
plugins:
  p:
    shortCut: Ctrl-O
    description: Trace
    scopes: [all]
    command: trace
    args: [--for, $INPUT_SECONDS, --kind, $INPUT_KIND]
    inputs:
      - {name: seconds, label: How long, type: number, required: true}
      - {name: kind, type: dropdown, options: [dns, tcp], default: dns}
""",
    )
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, InputsDialog) and app.focused)
        await pilot.press("enter")
        await shows(pilot, "How long is needed.")
        await pilot.press(*"soon", "enter")
        await shows(pilot, "How long is a number.")
        await pilot.press(*["backspace"] * 4, *"30", "enter")
        await until(pilot, lambda: terminal.argv)
    assert terminal.argv == [("trace", "--for", "30", "--kind", "dns")]


async def test_a_hot_key_and_a_plugin_may_have_any_name(
    backend: FakeBackend, terminal: Terminal
) -> None:
    """A name is no part of an expression."""
    name = r'"it\u0027s (my) \\"'
    file("hotkeys", f"hotKeys:\n  {name}: {{shortCut: F8, command: history}}\n")
    told = "description: Odd, scopes: [all], command: odd"
    file("plugins", f"plugins:\n  {name}: {{shortCut: Ctrl-O, {told}}}\n")
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: terminal.argv == [("odd",)])
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))


async def test_what_a_user_calls_a_plugin_is_no_markup(backend: FakeBackend) -> None:
    told = "scopes: [all], command: 'odd[/b]'"
    file("plugins", f"plugins:\n  p: {{shortCut: F7, description: 'Odd [/b] one', {told}}}\n")
    async with opened(backend, (160, 45)) as (app, pilot):
        await shows(pilot, "f7 Odd [/b] one")
        line = app.screen.query_one(KeyLine)
        place = seen(app).splitlines()[-1].index("f7 ")
        await pilot.hover(KeyLine, offset=(place, 0))
        await until(pilot, lambda: line.tooltip)
        assert isinstance(line.tooltip, Content)
        assert "(odd[/b])" in line.tooltip.plain
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen.query(Input))
        await pilot.press(*"odd")
        await shows(pilot, "Odd [/b] one (odd[/b])")


def test_a_plugin_in_the_background_goes_on_when_the_console_is_left(
    backend: FakeBackend, tmp_path: Path
) -> None:
    gate, done = tmp_path / "gate", tmp_path / "done"
    for each in (gate, done):
        os.mkfifo(each)
    script = f"read go < {gate}; head -c 5000000 /dev/zero && echo much && echo well > {done}"
    told = "description: late, scopes: [all], background: true, command: sh"
    file("plugins", f"plugins:\n  p: {{shortCut: Ctrl-O, {told}, args: [-c, {script!r}]}}\n")

    async def start_and_leave() -> str:
        async with opened(backend) as (app, pilot):
            await shows(pilot, "demo")
            await pilot.press("ctrl+o")
            await shows(pilot, "late runs.")
            await until(pilot, running_plugins.going_on)
            await pilot.press("q")
            await until(pilot, lambda: app._exit)
            return "\n".join(map(str, app._exit_renderables))

    told = asyncio.run(start_and_leave())
    kept = paths.plugin_outputs() / "p.log"
    assert told == f"1 plugin goes on: p (its output: {kept})."
    gc.collect(1)  # all that was made lately, as the console was
    with gate.open("w") as opens:
        opens.write("go\n")
    assert asyncio.run(within(10, done.read_text)) == "well\n"
    assert 0 < kept.stat().st_size <= plugin_output.MOST_KEPT


async def within(seconds: float, work: Callable[[], str]) -> str:
    async with asyncio.timeout(seconds):
        return await asyncio.to_thread(work)
