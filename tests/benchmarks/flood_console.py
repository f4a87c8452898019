"""A console in a terminal whose log screen follows, and what its loop and its ticks cost meanwhile.

`flood_console.py KUBECONFIG REPORT`: shows the log of CONTAINER, and leaves a file `REPORT.shown`;
measures from the appearance of `REPORT.begin` to that of `REPORT.end`; writes the report, leaves.
With no kubeconfig it is a bare loop with the same probe.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path
from typing import ClassVar

import console.tui.app
from console import paths, wiring
from console.tui import garbage, thread_turns
from console.tui.aims import Ways
from console.tui.app import ConsoleApp
from console.tui.live import LiveBackend
from console.tui.screens.logs import LogsScreen

SUBJECT = ("default", "entry-0")
CONTAINER = "simulator-1"
EVERY = 0.005
"""Seconds between two looks at the clock: how late one is, so late a key would be."""


class Probe:
    """How late the loop is, and what its thread has spent."""

    def __init__(self, report: Path) -> None:
        self._report = report

    async def run(self) -> None:
        shown, begin, end = (
            self._report.with_suffix(each) for each in (".shown", ".begin", ".end")
        )
        shown.touch()
        while not begin.exists():  # noqa: ASYNC110
            await asyncio.sleep(EVERY)
        late = []
        Timed.ticks.clear()
        began, thread, whole = time.perf_counter(), time.thread_time(), time.process_time()
        while not end.exists():
            due = time.perf_counter() + EVERY
            await asyncio.sleep(EVERY)
            late.append(time.perf_counter() - due)
        self._tell(
            late=sorted(late),
            wall=time.perf_counter() - began,
            thread=time.thread_time() - thread,
            process=time.process_time() - whole,
        )

    def _tell(self, **measured: object) -> None:
        told = {**measured, "ticks": sorted(Timed.ticks)}
        told["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._report.write_text(json.dumps(told))


class Probed(ConsoleApp):
    CSS_PATH = str(Path(console.tui.app.__file__).with_name("app.tcss"))

    def __init__(self, backend: LiveBackend[wiring.WantedCluster], probe: Probe) -> None:
        super().__init__(backend)
        self._probe = probe

    def on_mount(self) -> None:
        self.run_worker(self._measure(), exit_on_error=True)

    async def _measure(self) -> None:
        while not (self.backend.fleet().live and self.backend.fleet().rows):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await self.push_screen(Timed(SUBJECT, CONTAINER))
        await self._probe.run()
        self.exit()


class Timed(LogsScreen):
    """CPU time of each tick with the paint that follows it, of this thread."""

    ticks: ClassVar[list[float]] = []

    def _tick(self) -> None:
        began = time.thread_time()
        super()._tick()
        self.ticks.append(time.thread_time() - began)

    def _on_timer_update(self) -> None:
        began = time.thread_time()
        super()._on_timer_update()
        if self.ticks:
            self.ticks[-1] += time.thread_time() - began


def main(kubeconfig: str, report: Path) -> None:
    probe = Probe(report)
    if not kubeconfig:
        asyncio.run(probe.run())
        return
    garbage.hold()
    thread_turns.shorten()
    wanted = wiring.WantedCluster(kubeconfig=kubeconfig)
    backend = LiveBackend(
        wiring.connect,
        wanted,
        Ways(
            recorder=lambda asked: (
                wiring.recorder_process(asked) if paths.recorder_wanted() else None
            )
        ),
    )
    Probed(backend, probe).run()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
