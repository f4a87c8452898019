"""Makes the screenshots of README and guide: the real console on real runs of the embedded cluster.

    python -m tests.screenshots FOLDER

A newcomer's tour: one submission from the form to its results, then ten of a file, of which two
need somebody. Each picture is taken when what it is for is on the screen.
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
PATIENCE_SECONDS = 300
PICTURES = ("compose", "monitor", "results", "plots", "fleet", "inspect", "compare")
"""In the order of the tour."""
TEN = """\
name,team,image
raven,Team Raven,console.local/team-agent:steady
heron,Team Heron,console.local/team-agent:invalid-sensors
wren,Team Wren,console.local/team-agent:quick
finch,Team Finch,console.local/team-agent:no-such-image
swift,Team Swift,console.local/team-agent:quick
robin,Team Robin,console.local/team-agent:quick
crane,Team Crane,console.local/team-agent:quick
eagle,Team Eagle,console.local/team-agent:mixed
stork,Team Stork,console.local/team-agent:quick
egret,Team Egret,console.local/team-agent:quick
"""
AT_MOST = 5


def main(folder: Path) -> None:
    """The whole tour; the embedded cluster ends with it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as state:
        os.environ["CARLA_CONSOLE_STATE_DIR"] = state
        os.environ["CARLA_CONSOLE_CONFIG_DIR"] = f"{state}/settings"
        os.environ["CARLA_CONSOLE_RECORDER"] = "off"
        try:
            asyncio.run(_tour(folder, Path(state)))
        finally:
            wiring.local_down()


async def _tour(folder: Path, state: Path) -> None:
    local = wiring.local_up(owned=True)
    wanted = wiring.WantedCluster(kubeconfig=str(local.kubeconfig), local=True)
    backend = LiveBackend(wiring.connect, wanted, local=True)
    async with ConsoleApp(backend).run_test(size=SIZE) as pilot:
        tour = Tour(pilot, backend, folder)
        await tour.one_submission()
        ten = await _launched(state, str(local.kubeconfig))
        try:
            await tour.ten_submissions()
        finally:
            ten.terminate()
            await ten.wait()


async def _launched(state: Path, kubeconfig: str) -> asyncio.subprocess.Process:
    """The ten of a file, as the guide says, by the command that starts the next ones too."""
    file = state / "teams.csv"
    file.write_text(TEN)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "console", "launch", "--kubeconfig", kubeconfig),
        *("--profile", "embedded", "-f", str(file), "--at-most", str(AT_MOST), "--wait"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )


class Tour:
    """One user at the keys."""

    def __init__(
        self, pilot: Pilot[None], backend: LiveBackend[wiring.WantedCluster], folder: Path
    ) -> None:
        self._pilot, self._backend, self._folder = pilot, backend, folder

    async def one_submission(self) -> None:
        """From the form to the results."""
        await self._until(lambda: self._backend.connection().description is not None)
        if not self._on("ComposeScreen"):
            await self._pilot.press("n")
        await self._picture("compose", lambda: "ready" in self._text())
        await self._pilot.press("ctrl+l")
        await self._picture("monitor", lambda: _recovered(self._board("demo")))
        await self._until(lambda: self._board("demo").status is SubmissionStatus.COMPLETE)
        await self._pilot.press("r")
        await self._picture("results", lambda: "final" in self._text())
        await self._pilot.press("p")
        await self._picture("plots", lambda: self._on("PlotsScreen"))
        while not self._on("SubmissionsScreen"):
            await self._pilot.press("escape")
            await self._pilot.pause(0.5)

    async def ten_submissions(self) -> None:
        """Who needs somebody stands first; why one failed; two results side by side."""
        await self._picture("fleet", lambda: self._status("heron") is SubmissionStatus.FAILED)
        await self._pilot.press("g", "i")
        await self._picture("inspect", lambda: "more    carla-console runbook" in self._text())
        await self._pilot.press("escape")
        await self._until(lambda: self._status("wren") is SubmissionStatus.COMPLETE)
        await self._pilot.press("slash", *"demo")
        await self._until(lambda: "raven" not in self._text())
        await self._pilot.press("enter", "space", "slash", *["backspace"] * 4, *"wren")
        await self._until(lambda: "demo" not in self._text())
        await self._pilot.press("enter", "space", "C")
        await self._picture("compare", lambda: "Compar" in self._text() and "Δ" in self._text())

    async def _picture(self, name: str, shown: Callable[[], bool]) -> None:
        await self._until(shown, name)
        await self._pilot.pause(1)
        file = self._folder / f"{name}.svg"
        app = self._pilot.app
        file.write_text(app.export_screenshot(title="carla-console", simplify=True), "utf-8")

    def _on(self, screen: str) -> bool:
        return type(self._pilot.app.screen).__name__ == screen

    def _text(self) -> str:
        """What stands on the screen."""
        strips = self._pilot.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)

    def _board(self, name: str) -> BoardSnapshot:
        return self._backend.board("default", name)

    def _status(self, name: str) -> SubmissionStatus | None:
        rows = {row.name: row.status for row in self._backend.fleet().rows}
        return rows.get(name)

    async def _until(self, true: Callable[[], bool], what: str = "its next step") -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true():
            if time.monotonic() > deadline:
                raise SystemExit(f"The run did not get as far as {what} needs:\n{self._text()}")
            await self._pilot.pause(0.2)


def _recovered(board: BoardSnapshot) -> bool:
    pairs = {pair.number: pair for pair in board.pairs}
    second = pairs.get(2)
    driving = second is not None and second.status is PairStatus.DRIVING
    return driving and second is not None and second.attempt == 2 and (second.done or 0) >= 2


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".screenshots"))
