"""The live backend and its screens on an embedded cluster that really runs submissions."""

from __future__ import annotations

import json
import shlex
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from fakes.pilots import seen, until
from textual.pilot import Pilot

from console import wiring
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.localcluster import lifecycle
from console.operations.submitting.ending import CANCELLED_ANNOTATION
from console.tui.app import ConsoleApp
from console.tui.live import LiveBackend
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.dialogs import ConfirmDialog
from console.tui.screens.ending import command as the_same_with_kubectl
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.submissions import SubmissionsScreen

pytestmark = pytest.mark.slow
SECONDS = 60.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The kubeconfig of a cluster that the module's tests share."""
    place = tmp_path_factory.mktemp("live")
    yield str(lifecycle.up(place, owner=True, time_factor=0.1).kubeconfig)
    lifecycle.down(place)


@asynccontextmanager
async def running(cluster: str, name: str) -> AsyncIterator[tuple[ConsoleApp, Pilot[None]]]:
    """The console on that cluster, watching a submission of that name that it has launched."""
    backend = LiveBackend(wiring.connect, wiring.WantedCluster(kubeconfig=cluster), local=True)
    app = ConsoleApp(backend)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: backend.fleet().live, SECONDS)
        if not isinstance(app.screen, ComposeScreen):
            await until(pilot, lambda: bool(backend.fleet().rows) or _composing(app), SECONDS)
        if not _composing(app):
            await pilot.press("n")
        await until(pilot, lambda: _composing(app) and "✓ ready" in seen(app), SECONDS)
        field = app.screen.query_one("#field-submission-name Input")
        field.value = name  # type: ignore[attr-defined]
        await until(pilot, lambda: f"name: {name}" in seen(app) or _drafted(app, name), SECONDS)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen) and app.gate.is_open)
        await until(pilot, lambda: board(app, name).status is SubmissionStatus.RUNNING, SECONDS)
        yield app, pilot


def _composing(app: ConsoleApp) -> bool:
    return isinstance(app.screen, ComposeScreen)


def _drafted(app: ConsoleApp, name: str) -> bool:
    draft = app.screen.draft() if isinstance(app.screen, ComposeScreen) else None
    return draft is not None and draft.values["submission.name"] == name


def board(app: ConsoleApp, name: str) -> BoardSnapshot:
    return app.backend.board("default", name)


def listed(app: ConsoleApp) -> dict[str, SubmissionStatus]:
    return {row.name: row.status for row in app.backend.fleet().rows}


async def test_a_submission_is_launched_and_cancelled_by_keys(cluster: str) -> None:
    async with running(cluster, "cut") as (app, pilot):
        await until(pilot, lambda: len(board(app, "cut").pairs) == 4, SECONDS)
        view = app.backend.log_view(board(app, "cut"), "agent-1")
        await until(pilot, lambda: view.line_count() > 0, SECONDS)
        assert "kind: Job" in await app.backend.read_manifest("default", "cut")
        await pilot.press("ctrl+k")
        await until(pilot, lambda: " (y) " in seen(app), SECONDS)
        assert "of 20 drives are finished" in seen(app)
        await pilot.press("y")
        await until(pilot, lambda: board(app, "cut").status is SubmissionStatus.CANCELLED, SECONDS)
        await until(pilot, lambda: listed(app)["cut"] is SubmissionStatus.CANCELLED, SECONDS)
        await pilot.press("ctrl+k")
        await until(pilot, lambda: "cut has ended: Cancelled" in seen(app), SECONDS)


async def test_a_deleted_submission_disappears_from_the_list(cluster: str) -> None:
    async with running(cluster, "gone") as (app, pilot):
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog), SECONDS)
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, ConfirmDialog) and app.gate.is_open)
        assert "gone" in listed(app)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: " (y) " in seen(app), SECONDS)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen), SECONDS)
        await until(pilot, lambda: "gone" not in listed(app), SECONDS)


async def test_what_the_dialog_says_for_kubectl_cancels_as_the_console_does(cluster: str) -> None:
    async with running(cluster, "by-hand") as (app, pilot):
        where = app.backend.connection().description
        assert where is not None
        command = shlex.split(the_same_with_kubectl(where, "cancel", "default", "by-hand"))
        assert command[-4:] == ["--kubeconfig", cluster, "--context", where.context]
        patch = json.loads(command[command.index("-p") + 1])
        assert set(patch["metadata"]["annotations"]) == {CANCELLED_ANNOTATION}
        async with wiring.connect(wiring.WantedCluster(kubeconfig=cluster)) as services:
            await services.cluster.patch_job("default", "by-hand", patch)
        await until(pilot, lambda: listed(app)["by-hand"] is SubmissionStatus.CANCELLED, SECONDS)
