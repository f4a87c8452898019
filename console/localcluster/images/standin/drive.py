"""Drives one route: ticks the server, prints, and ends as the plan says.

Owns the pace. `RouteRun.measured` is what was driven so far, also after an exception.
"""

import time
from typing import Callable

from console.results.version_rules import Leaderboard

from . import faults, narration, records
from .clock import ScenarioClock
from .failures import AgentError
from .route_plan import RoutePlan
from .simulator import Simulator

Watch = Callable[[records.Driven], None]
"""Told at every tick what was driven so far."""


def _watchdog_seconds(version: Leaderboard) -> float:
    return 60.0 if version.generation == 1 else 10.0


def unwatched(drive: records.Driven) -> None:
    """Nobody looks."""


class RouteRun:
    """One route under way. `wall_seconds` is what the whole route takes in real time."""

    def __init__(
        self, plan: RoutePlan, simulator: Simulator, clock: ScenarioClock, version: Leaderboard
    ) -> None:
        self._plan, self._simulator, self._clock, self._version = plan, simulator, clock, version
        self._started = clock.now()
        self._frames = 0
        self._planned = 0.0

    def go(self, wall_seconds: float, tick_seconds: float, watch: Watch = unwatched) -> None:
        """Raises AgentError or RuntimeError, or never returns, as planned."""
        steps = max(1, int(wall_seconds / tick_seconds))
        self._show(1)
        for step in range(1, steps + 1):
            time.sleep(wall_seconds / steps)
            if step == (steps + 1) // 2:
                self._aside()
            frames = self._plan.frames * step // steps
            self._simulator.tick(frames - self._frames)
            self._frames = frames
            self._planned = self._plan.system_seconds * (step / steps)
            self._clock.advance(self._plan.system_seconds / steps)
            self._show(frames)
            watch(self.measured())
        self._end()

    def measured(self) -> records.Driven:
        """The drive so far: all of the plan once its last frame was driven."""
        plan = self._plan
        whole = self._frames >= plan.frames
        share = self._frames / plan.frames
        return records.Driven(
            moved=not plan.never_moved,
            completed=plan.route_completed if whole else plan.route_completed * share,
            timed_out=plan.route_timeout and whole,
            events=plan.events if whole else plan.events[: int(len(plan.events) * share)],
            game_seconds=self._frames * records.frame_seconds(self._version),
            system_seconds=self._clock.since(self._started, self._planned)[0],
            started=self._started,
            ended=self._clock.now(),
        )

    def _show(self, frames: int) -> None:
        system = self._clock.since(self._started, self._planned)[1]
        game = frames * records.frame_seconds(self._version)
        narration.tick(self._clock.now(), system, game, self._version)

    def _aside(self) -> None:
        faults.flood(self._plan.log_lines)
        if self._plan.escape_seconds:
            faults.escape(self._plan.escape_seconds)

    def _end(self) -> None:
        ending, text = self._plan.ending, self._plan.message
        if ending == "agent_run":
            _step(text or "the stand-in agent was told to fail while driving")
        if ending == "sim_run":
            self._end_server()
        if ending == "watchdog":
            seconds = _watchdog_seconds(self._version)
            narration.say(f"Watchdog exception - Timeout of {seconds} seconds occured")
            default = f"Agent took longer than {seconds}s to send its command"
            raise RuntimeError(text or default)
        if ending == "kill":
            faults.die()
        if ending == "silent":
            faults.fall_silent()
        if ending == "exit":
            faults.leave(1)

    def _end_server(self) -> None:
        try:
            end_server(self._simulator, self._plan)
        finally:
            self._clock.advance(self._plan.crash_wait_seconds)


def _command(text: str) -> None:
    """What the team's own code does."""
    raise RuntimeError(text)


def _step(text: str) -> None:
    """The agent's step that fails: upstream's error hides its own, and names no cause."""
    try:
        _command(text)
    except Exception as error:  # noqa: BLE001  upstream answers for whatever an agent raises
        raise AgentError(error)  # noqa: B904


def end_server(simulator: Simulator, plan: RoutePlan) -> None:
    """End the server as the plan says and meet its absence: RuntimeError."""
    if plan.server == "none":
        raise RuntimeError(plan.message or "the stand-in was told to lose the simulation")
    simulator.fault(plan.server)
    while True:
        simulator.tick(0)
        time.sleep(0.05)
