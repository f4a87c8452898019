"""The compose screen as a user finds it: opened, its fields, its end, and what was launched of it."""

from __future__ import annotations

from fakes.pilots import seen, shows, until
from fakes.screens import FakeBackend
from textual.pilot import Pilot
from textual.widgets import Input

from console.tui.app import ConsoleApp
from console.tui.drafts import Draft
from console.tui.screens.compose import ComposeScreen
from console.tui.widgets.form import Form


async def compose(app: ConsoleApp, pilot: Pilot[None]) -> ComposeScreen:
    await pilot.press("n")
    await shows(pilot, "✓ ready", "9 containers")
    assert isinstance(app.screen, ComposeScreen)
    return app.screen


def field(screen: ComposeScreen, path: str) -> Input:
    return screen.query_one(f"#field-{path.replace('.', '-')} Input", Input)


async def says_at_its_end(pilot: Pilot[None], *words: str) -> None:
    """The form, whose end moves as there is more or less to say above it."""

    def said() -> bool:
        pilot.app.screen.query_one(Form).scroll_end(animate=False)
        return all(each in seen(pilot.app) for each in words)

    await until(pilot, said)


def launched(backend: FakeBackend) -> Draft:
    drafts = [asked[2] for asked in backend.asked if asked[0] == "launch"]
    assert isinstance(drafts[-1], Draft)
    return drafts[-1]
