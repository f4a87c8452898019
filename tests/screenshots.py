"""Makes the README's screenshots: the real console on a real run of the embedded cluster.

    python -m tests.screenshots FOLDER

Writes compose.svg, monitor.svg (after pair 2 has recovered) and results.svg.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from console import wiring
from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.tui.app import ConsoleApp
from console.tui.live import LiveBackend

SIZE = (132, 42)
PATIENCE_SECONDS = 180


def main(folder: Path) -> None:
    """Run one submission through the screens; the embedded cluster ends with it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as state:
        os.environ["CARLA_CONSOLE_STATE_DIR"] = state
        try:
            asyncio.run(_tour(folder))
        finally:
            wiring.local_down()


async def _tour(folder: Path) -> None:
    local = wiring.local_up(owned=True)
    wanted = wiring.WantedCluster(kubeconfig=str(local.kubeconfig), local=True)
    backend = LiveBackend(wiring.connect, wanted, local=True)
    app = ConsoleApp(backend)

    def board() -> BoardSnapshot:
        return backend.board("default", "demo")

    async with app.run_test(size=SIZE) as pilot:
        await _until(pilot, lambda: backend.connection().description is not None)
        if type(app.screen).__name__ != "ComposeScreen":
            await pilot.press("n")
        await pilot.pause(2)
        screenshot(app, folder / "compose.svg")
        await pilot.press("ctrl+l")
        await _until(pilot, lambda: _recovered(board()))
        await pilot.pause(1)
        screenshot(app, folder / "monitor.svg")
        await _until(pilot, lambda: board().status is SubmissionStatus.COMPLETE)
        await pilot.press("r")
        await pilot.pause(2)
        screenshot(app, folder / "results.svg")


def screenshot(app: ConsoleApp, file: Path) -> None:
    """What the app shows now as an SVG file."""
    file.write_text(app.export_screenshot(title="carla-console", simplify=True), encoding="utf-8")


def _recovered(board: BoardSnapshot) -> bool:
    pairs = {pair.number: pair for pair in board.pairs}
    second = pairs.get(2)
    driving = second is not None and second.status is PairStatus.DRIVING
    return driving and second is not None and second.attempt == 2 and (second.done or 0) >= 2


async def _until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit("The run did not get as far as the screenshot needs.")
        await pilot.pause(0.2)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".screenshots"))
