"""Queues of Kueue on the form and in the question of `R`: offered where there are any."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.compose_form import compose, field, launched
from fakes.pilots import opened, seen, shows, until
from fakes.recordings import manifest_of
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.pilot import Pilot
from tui.test_screens_resuming import cancelled

from console import paths
from console.domain.queues import QueuesOffered
from console.specs.presets import load_preset
from console.specs.rendering import to_yaml
from console.specs.turns import QUEUE_LABEL
from console.tui import fillings
from console.tui.app import ConsoleApp
from console.tui.form_state import Filling
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.resuming import ResumeDialog
from console.tui.widgets.form import Choice

TWO = QueuesOffered(("season", "teams"), kueue=True)


def choice(screen: ComposeScreen) -> Choice:
    return screen.query_one("#field-run-queue Choice", Choice)


async def launch_it(app: ConsoleApp, pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+l")
    await until(pilot, lambda: isinstance(app.screen, MonitorScreen))


async def test_the_form_offers_the_queues_that_there_are_and_goes_into_the_chosen_one(
    backend: FakeBackend,
) -> None:
    backend.shown_queues = replace(TWO, stopped=("teams admits nothing now: it is held.",))
    async with opened(backend, (120, 40)) as (app, pilot):
        screen = await compose(app, pilot)
        await shows(pilot, "Queue of Kueue", "● (none)", "○ season", "○ teams")
        assert field(screen, "submission.name").has_focus
        screen.set_focus(choice(screen))
        await pilot.press("right", "right")
        await shows(pilot, "● teams", "teams admits nothing now: it is")
        await shows(pilot, f"{QUEUE_LABEL}: teams", "✓ ready")
        await launch_it(app, pilot)
    assert launched(backend).queue == "teams"


@pytest.mark.parametrize("queues", [QueuesOffered(kueue=False), QueuesOffered()])
async def test_where_no_queue_is_or_may_be_read_the_form_has_no_field(
    backend: FakeBackend, queues: QueuesOffered
) -> None:
    backend.shown_queues = queues
    async with opened(backend, (120, 40)) as (app, pilot):
        await compose(app, pilot)
        assert "Queue of Kueue" not in seen(app)
        await launch_it(app, pilot)
    assert launched(backend).queue == ""


async def test_where_a_namespace_has_a_default_queue_the_form_begins_with_it(
    backend: FakeBackend,
) -> None:
    backend.shown_queues = QueuesOffered(("default", "teams"), kueue=True)
    async with opened(backend, (120, 40)) as (app, pilot):
        await compose(app, pilot)
        await shows(pilot, "● default", f"{QUEUE_LABEL}: default", "✓ ready")
        await launch_it(app, pilot)
    assert launched(backend).queue == "default"


def copied(queue: str) -> Filling:
    job = manifest_of("heron")
    job["metadata"].setdefault("labels", {})[QUEUE_LABEL] = queue
    filling = fillings.of_manifest(to_yaml(job))
    assert filling is not None
    return filling


async def test_what_is_launched_again_keeps_its_queue(backend: FakeBackend) -> None:
    backend.shown_queues = TWO
    async with opened(backend, (120, 40)) as (app, pilot):
        await shows(pilot, "▌Submissions")
        await app.push_screen(ComposeScreen(copied("teams")))
        await shows(pilot, "● teams", "○ season", "✓ ready")
        await launch_it(app, pilot)
    assert launched(backend).queue == "teams"


async def test_a_copied_queue_that_is_not_there_is_said_and_another_can_be_chosen(
    backend: FakeBackend,
) -> None:
    async with opened(backend, (120, 40)) as (app, pilot):
        await shows(pilot, "▌Submissions")
        screen = ComposeScreen(copied("teams"))
        await app.push_screen(screen)
        await shows(pilot, "● teams", "✗ This cluster has no Kueue: it")
        screen.set_focus(choice(screen))
        await pilot.press("left")
        await shows(pilot, "● (none)", "✓ ready")
        await launch_it(app, pilot)
    assert launched(backend).queue == ""


async def test_a_preset_brings_its_queue_and_keeps_the_chosen_one(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    paths.presets().mkdir(parents=True)
    (paths.presets() / "own.yaml").write_text("queue: teams\n")
    backend.shown_queues = TWO
    async with opened(backend, (120, 40)) as (app, pilot):
        screen = await compose(app, pilot)
        await shows(pilot, "Queue of Kueue")
        screen.set_focus(screen.query_one("#field-run-preset Choice", Choice))
        await pilot.press("right")
        await shows(pilot, "● teams", f"{QUEUE_LABEL}: teams", "✓ ready")
        draft = screen.draft()
    assert draft is not None
    fillings.keep_preset("kept", draft)
    assert load_preset("kept").queue == "teams"


async def test_a_resume_says_into_which_queue_it_goes_and_takes_another(
    backend: FakeBackend,
) -> None:
    backend.shown_board = cancelled()
    backend.offer = replace(backend.offer, queue="teams", queues=TWO)
    async with opened(backend, (120, 40)) as (app, pilot):
        await shows(pilot, "R goes on from here")
        await pilot.press("R")
        await shows(pilot, "It goes into Kueue's queue teams, as the old one did.", "● teams")
        await pilot.press("tab", "left", "enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        assert backend.asked[-1] == ("launch_resumed", "demo-2", "season")


async def test_a_resume_whose_queue_is_gone_is_not_sent_into_it(backend: FakeBackend) -> None:
    backend.shown_board = cancelled()
    gone = QueuesOffered(kueue=False)
    backend.offer = replace(backend.offer, queue="teams", queues=gone)
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "R Resume")
        await pilot.press("R")
        await shows(pilot, "✗ This cluster has no Kueue: it would wait for ever.")
        await pilot.press("enter")
        assert isinstance(app.screen, ResumeDialog)
        await pilot.press("tab", "left", "enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        assert backend.asked[-1] == ("launch_resumed", "demo-2")
