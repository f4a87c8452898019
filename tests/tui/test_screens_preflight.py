"""The preflight screen: what is waited for, then the checklist; leaving it ends the look."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from fakes.sweeps import sweep

from console.domain.facts import EvalAiPlace
from console.domain.preflight.checklist import NodeFinding, NodeVerdict, Topic
from console.errors import Conflict
from console.operations.ports.evalai import RemoteStatus, RemoteSubmission
from console.operations.publishing.asked_before import AskedBefore
from console.publish.publishing_file import PublishingOnDisk
from console.tui.drafts import Checklist
from console.tui.screens import asked_beside
from console.tui.screens.compose import ComposeScreen

FOUND = Checklist(
    (
        NodeFinding(Topic.GPUS, NodeVerdict.OK, "4 for 4 pairs"),
        NodeFinding(
            Topic.TOWNS, NodeVerdict.FAILS, "the image lacks Town13", "Build an image with it"
        ),
        NodeFinding(Topic.AGENT, NodeVerdict.FAILS, "its module \x1b[31mdoes not load"),
        NodeFinding(Topic.CLOCK, NodeVerdict.UNKNOWN, "nothing was told of it"),
    )
)


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40)], (80, 24)))
async def test_one_key_on_the_form_looks_at_the_node_and_shows_the_checklist(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    backend.checklist = FOUND
    async with opened(backend, size) as (_, pilot):
        await pilot.press("n")
        await shows(pilot, "✓ ready")
        await pilot.press("ctrl+k")
        await shows(pilot, "looking", "waiting for simulator-1")
        backend.looked.set()
        await shows(pilot, "A launch would fail: 2", "✓ GPUs", "✗ towns", "Build an image with it")
        await shows(pilot, "its module does not load", "? clock")


async def test_beneath_the_checklist_is_said_what_evalai_shows(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked_beside, "PAUSE_SECONDS", 0.05)
    (tmp_path / "publishing.yaml").write_text("evalai: {challenges: 1, token-file: token}")
    backend.publishing, backend.checklist = PublishingOnDisk(tmp_path), FOUND
    shown = RemoteSubmission(RemoteStatus.CANCELLED, "cancelled", 1, "Us", 1)
    backend.there = AskedBefore(EvalAiPlace("https://eval.ai", 1, 1, 1), shown)
    async with opened(backend, (120, 40)) as (_, pilot):
        await pilot.press("n")
        await shows(pilot, "✓ ready")
        await pilot.press("ctrl+k")
        await shows(pilot, "waiting for simulator-1")
        backend.looked.set()
        await shows(pilot, "EvalAI shows submission 1: team 1 (Us), phase 1, cancelled.")
        await shows(pilot, "! It is cancelled there: the recorder will end this launch at once,")


async def test_leaving_ends_the_look_and_keeps_the_form(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("n")
        await shows(pilot, "✓ ready")
        await pilot.press("ctrl+k")
        await shows(pilot, "waiting for simulator-1")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await until(pilot, lambda: backend.left)
        await shows(pilot, "✓ ready")


async def test_a_look_that_cannot_begin_says_why(backend: FakeBackend) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("n")
        await shows(pilot, "✓ ready")
        backend.raises = Conflict("There is a Job named demo-preflight already.", fix="Delete it.")
        await pilot.press("ctrl+k")
        await shows(pilot, "✗ There is a Job named demo-preflight already.", "Delete it.")


async def test_a_form_that_is_wrong_is_not_looked_with(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("n")
        await shows(pilot, "✓ ready")
        await pilot.press("end", *" x")
        await shows(pilot, "✗ Name ")
        await pilot.press("ctrl+k")
        await pilot.pause()
        assert isinstance(app.screen, ComposeScreen)
        assert "Name" in seen(app)
        assert not [asked for asked in backend.asked if asked[0] == "preflight"]
