"""The run of LB 2.x: world first, then the agent; one write per route; errors are not hidden.

Owns the order of steps and what each failure writes. Returns the process's exit status.
"""

import argparse

from console.results.version_rules import Leaderboard

from . import failures, live_results, narration, routes
from .checkpoint_v2 import CheckpointV2
from .drive import Watch, unwatched
from .failures import AgentError, SensorConfigurationInvalid
from .records import Driven, record
from .route_plan import RoutePlan
from .routes import DrivenRoute
from .shared_run import Session

CRASHED = 255


def main(flags: argparse.Namespace, version: Leaderboard) -> int:
    """0 finished, 255 stopped by a crash or rejected sensors; anything else raises."""
    return CRASHED if EvaluatorV2(Session(flags, version)).run() else 0


class EvaluatorV2:
    """One run over the selected routes."""

    def __init__(self, session: Session) -> None:
        self._session, self._version = session, session.version
        flags = session.flags
        subset, repetitions = flags.routes_subset, flags.repetitions
        self._routes = routes.load(flags.routes, subset, repetitions, session.version)
        self._checkpoint = CheckpointV2(flags.checkpoint, self._routes, session.version)
        self._torn = False
        self._timeouts = 0

    def run(self) -> bool:
        """Whether a crash stopped the run."""
        first = self._checkpoint.resume() if self._session.flags.resume else None
        if first is None:
            first = 0
            self._checkpoint.start()
        self._checkpoint.put_progress(first)
        self._checkpoint.write()
        for route in self._routes[first:]:
            crashed = self._route(route, self._session.plan(route))
            self._checkpoint.put_progress(route.place + 1)
            self._checkpoint.write(self._torn)
            if crashed:
                return True
        narration.step("Registering the global statistics")
        self._checkpoint.finish(sensors_expected=bool(self._session.sensor_names))
        return False

    def _route(self, route: DrivenRoute, plan: RoutePlan) -> bool:
        """Whether the simulation crashed or the sensors were rejected."""
        narration.preparing(route, self._version)
        self._checkpoint.begin_route(route.place)
        narration.step("Loading the world")
        try:
            self._session.load_world(route, plan)
        except Exception as error:  # noqa: BLE001  upstream goes on after anything
            narration.failure(narration.NOT_LOADED, error, self._version)
            self._register(route, Driven(loaded=False), failures.SIMULATION_CRASHED, "Crashed")
            self._session.clean_up()
            return True
        return self._with_world(route, plan)

    def _with_world(self, route: DrivenRoute, plan: RoutePlan) -> bool:
        narration.step("Setting up the agent")
        try:
            if self._session.set_up_agent(plan):
                self._checkpoint.put_sensors(self._session.sensor_names)
                self._checkpoint.write()
        except SensorConfigurationInvalid as error:
            narration.failure(narration.BAD_SENSORS, error, self._version)
            self._register(route, Driven(), failures.SENSORS_INVALID, "Rejected")
            return True
        except Exception as error:  # noqa: BLE001  upstream goes on after anything
            narration.failure(narration.NOT_SET_UP, error, self._version)
            self._register(route, Driven(), failures.AGENT_NOT_SET_UP, "Started")
            return self._version.stops_without_agent
        return self._drive(route, plan)

    def _drive(self, route: DrivenRoute, plan: RoutePlan) -> bool:
        narration.step("Running the route")
        run = self._session.run(plan)
        reason, status = "", "Started"
        self._timeouts = 0
        try:
            self._session.go(run, plan, len(self._routes), self._watch(route))
        except AgentError as error:
            narration.failure(narration.AGENT_CRASHED, error, self._version)
            reason = failures.AGENT_CRASHED
        except Exception as error:  # noqa: BLE001  upstream goes on after anything
            narration.failure(narration.SIMULATION_ERROR, error, self._version)
            reason, status = failures.SIMULATION_CRASHED, "Crashed"
        try:
            narration.step("Stopping the route")
            drive = self._counting(self._session.stop(route, plan, run))
            self._register(route, drive, reason, status)
        except Exception as error:  # noqa: BLE001  upstream goes on after anything
            narration.failure(narration.NOT_STOPPED, error, self._version)
            reason = failures.SIMULATION_CRASHED
        self._torn = plan.ending == "torn"
        return reason == failures.SIMULATION_CRASHED

    def _watch(self, route: DrivenRoute) -> Watch:
        """What looks at a route under way: nobody, unless a debug level asks for live results."""
        flags = self._session.flags
        if flags.debug < live_results.LEAST_DEBUG:
            return unwatched

        def watch(drive: Driven) -> None:
            drive = self._counting(drive)
            entry = record(route, drive, "", self._version)
            self._checkpoint.put_record(route.place, entry)
            live_results.write(flags.debug_checkpoint, entry, route, drive, self._version)

        return watch

    def _counting(self, drive: Driven) -> Driven:
        """Every look at a time limit that ran out lists it once more, as upstream's does."""
        self._timeouts += drive.timed_out
        return drive._replace(timeouts=self._timeouts)

    def _register(self, route: DrivenRoute, drive: Driven, reason: str, status: str) -> None:
        narration.step("Registering the route statistics")
        self._checkpoint.entry_status = status
        self._checkpoint.put_record(route.place, record(route, drive, reason, self._version))
