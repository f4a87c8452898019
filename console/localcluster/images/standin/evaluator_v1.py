"""The run of LB 1.0: agent first, then the world; three writes per route; most errors exit 0.

Owns the order of steps and what each failure writes. Returns the process's exit status.
"""

import argparse
import json
import traceback

from console.results.leaderboard import V1_0
from console.results.version_rules import Leaderboard

from . import failures, narration, routes
from .checkpoint_v1 import CheckpointV1
from .drive import unwatched
from .failures import AgentError, SensorConfigurationInvalid
from .records import Driven, record
from .route_plan import RoutePlan
from .routes import DrivenRoute
from .shared_run import Session

CRASHED = -1


def main(flags: argparse.Namespace, version: Leaderboard) -> int:
    """0 finished and also after most exceptions; 255 crash or rejection; 1 no server or agent."""
    session = Session(flags, version)
    try:
        EvaluatorV1(session).run()
    except Exception:  # noqa: BLE001  upstream hides anything
        traceback.print_exc()
    return 0


class EvaluatorV1:
    """One run over the selected routes. Leaves by SystemExit after a crash."""

    def __init__(self, session: Session) -> None:
        self._session = session
        flags = session.flags
        self._routes = routes.load(flags.routes, flags.routes_subset, flags.repetitions, V1_0)
        with open(flags.scenarios) as opened:
            json.load(opened)
        self._checkpoint = CheckpointV1(flags.checkpoint, len(self._routes))

    def run(self) -> None:
        first = 0
        if self._session.flags.resume:
            first = self._checkpoint.resume()
        else:
            self._checkpoint.start()
        for route in self._routes[first:]:
            narration.preparing(route, V1_0)
            plan = self._session.plan(route)
            if self._set_up(route, plan):
                self._load(route, plan)
                self._drive(route, plan)
            self._checkpoint.save_progress(route.place + 1)
        narration.step("Registering the global statistics")
        self._checkpoint.finish()

    def _set_up(self, route: DrivenRoute, plan: RoutePlan) -> bool:
        try:
            if self._session.set_up_agent(plan):
                self._checkpoint.save_sensors(self._session.sensor_names)
        except SensorConfigurationInvalid as error:
            narration.failure(narration.BAD_SENSORS, error, V1_0)
            self._register(route, Driven(loaded=False), failures.SENSORS_INVALID, "Rejected")
            raise SystemExit(CRASHED) from error
        except Exception as error:  # noqa: BLE001  upstream goes on after anything
            narration.failure(narration.NOT_SET_UP, error, V1_0)
            self._register(route, Driven(loaded=False), failures.AGENT_NOT_SET_UP, "Started")
            return False
        return True

    def _load(self, route: DrivenRoute, plan: RoutePlan) -> None:
        narration.step("Loading the world")
        try:
            self._session.load_world(route, plan)
        except Exception as error:
            narration.failure(narration.NOT_LOADED, error, V1_0)
            self._register(route, Driven(loaded=False), failures.SIMULATION_CRASHED, "Crashed")
            self._session.clean_up()
            raise SystemExit(CRASHED) from error

    def _drive(self, route: DrivenRoute, plan: RoutePlan) -> None:
        narration.step("Running the route")
        run = self._session.run(plan)
        reason, status = "", "Started"
        try:
            self._session.go(run, plan, len(self._routes), unwatched)
        except AgentError as error:
            narration.failure(narration.AGENT_CRASHED, error, V1_0)
            reason = failures.AGENT_CRASHED
        except Exception as error:  # noqa: BLE001  upstream goes on after anything
            narration.failure(narration.SIMULATION_ERROR, error, V1_0)
            reason, status = failures.SIMULATION_CRASHED, "Crashed"
        try:
            narration.step("Stopping the route")
            drive = self._session.stop(route, plan, run)
            self._register(route, drive, reason, status, plan.ending == "torn")
        except Exception as error:  # noqa: BLE001  upstream goes on after anything
            narration.failure(narration.NOT_STOPPED, error, V1_0)
            reason = failures.SIMULATION_CRASHED
        if reason == failures.SIMULATION_CRASHED:
            raise SystemExit(CRASHED)

    def _register(
        self, route: DrivenRoute, drive: Driven, reason: str, status: str, torn: bool = False
    ) -> None:
        narration.step("Registering the route statistics")
        self._checkpoint.save_record(record(route, drive, reason, V1_0), status, torn)
