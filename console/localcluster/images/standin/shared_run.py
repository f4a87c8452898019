"""What both evaluators share: flags, scenario, agent, server and clock of one run.

Owns what upstream's constructor does, and the pieces of a route that are the same in 1.0 and 2.x.
"""

import argparse
import importlib.util
import json
import os
from typing import Any, Dict, List

from console.results.version_rules import Leaderboard

from . import narration, own_server, records, sensors
from .clock import ScenarioClock
from .drive import RouteRun, Watch, end_server
from .failures import SensorConfigurationInvalid
from .route_plan import RoutePlan
from .routes import DrivenRoute
from .scenario import NAME_OF_SENSOR, Scenario, check
from .simulator import Simulator

CONNECT_SECONDS = 10.0


class Session:
    """Connected to the server, with the agent's module loaded.

    Environment: ATTEMPT (from 1) chooses the scenario's cases; STANDIN_CONNECT_SECONDS bounds the
    wait for the server. Raises RuntimeError, ImportError, OSError, ScenarioError.
    """

    def __init__(self, flags: argparse.Namespace, version: Leaderboard) -> None:
        self.flags, self.version = flags, version
        self.attempt = _attempt()
        self.scenario = _scenario(flags.agent_config)
        self.clock = ScenarioClock(self.scenario.start_epoch(self.attempt))
        timeout = self.scenario.client_timeout(flags.timeout)
        if version.starts_its_server:
            own_server.start(flags)
        self.simulator = Simulator(flags.host, flags.port, timeout)
        patience = float(os.environ.get("STANDIN_CONNECT_SECONDS", CONNECT_SECONDS))
        self.simulator.connect(min(patience, timeout))
        self._agent_class = _agent_class(flags.agent)
        self.sensor_names: List[str] = []

    def plan(self, route: DrivenRoute) -> RoutePlan:
        return self.scenario.plan(route.identity, route.repetition, self.attempt)

    def set_up_agent(self, plan: RoutePlan) -> bool:
        """True when the agent's sensors were accepted for the first time in this process.

        Raises SensorConfigurationInvalid, or what the agent's set-up raises.
        """
        agent = self._agent_class()
        agent.setup(self.flags.agent_config)
        if plan.ending == "agent_setup":
            raise RuntimeError(plan.message or "the stand-in agent was told to fail in its set-up")
        if plan.ending == "agent_setup_timeout":
            seconds = self.flags.timeout
            narration.say(f"Watchdog exception - Timeout of {seconds} seconds occured")
            too_long = "too long" if self.version.generation == 1 else f"longer than {seconds}s"
            raise RuntimeError(plan.message or f"Timeout: Agent took {too_long} to setup")
        if plan.ending == "sensors":
            text = "the stand-in agent was told to ask for wrong sensors"
            raise SensorConfigurationInvalid(plan.message or text)
        if self.sensor_names:
            return False
        wanted = agent.sensors()
        sensors.validate(wanted, agent.track, self.flags.track, self.version)
        self.sensor_names = [NAME_OF_SENSOR[sensor["type"]] for sensor in wanted]
        return True

    def load_world(self, route: DrivenRoute, plan: RoutePlan) -> None:
        """Raises RuntimeError when the server refuses the map or is away."""
        if plan.ending == "sim_load":
            if plan.server != "none":
                end_server(self.simulator, plan)
            raise RuntimeError(plan.message or "the stand-in was told not to load the scenario")
        self.simulator.load_world(route.town)

    def run(self, plan: RoutePlan) -> RouteRun:
        return RouteRun(plan, self.simulator, self.clock, self.version)

    def go(self, run: RouteRun, plan: RoutePlan, total: int, watch: Watch) -> None:
        """Drive; the pair's seconds are spread evenly over its `total` routes."""
        whole = plan.wall_seconds
        seconds = self.scenario.pair_seconds / total if whole is None else whole
        run.go(seconds * plan.share, self.scenario.tick_seconds, watch)

    def stop(self, route: DrivenRoute, plan: RoutePlan, run: RouteRun) -> records.Driven:
        """The drive as measured; its tables are printed unless the watchdog fired."""
        if plan.ending == "stop_raises":
            raise RuntimeError(plan.message or "the stand-in was told to fail while stopping")
        drive = run.measured()
        if plan.ending != "watchdog":
            narration.results(route, drive, self.version)
        return drive

    def clean_up(self) -> None:
        """Reset the world; raises RuntimeError when no server is there to reset."""
        if self.simulator.gone:
            raise RuntimeError("the world settings could not be reset, the simulator is gone")


def _attempt() -> int:
    text = os.environ.get("ATTEMPT", "1")
    return int(text) if text.isdecimal() and int(text) > 0 else 1


def _scenario(path: str) -> Scenario:
    if not path:
        return check({})
    with open(path) as opened:
        document: Dict[str, Any] = json.load(opened)
    return check(document)


def _agent_class(path: str) -> Any:
    """The class that the agent's module names by `get_entry_point`."""
    found = importlib.util.spec_from_file_location("team_agent", path)
    if found is None or found.loader is None:
        raise ImportError("no Python module at " + path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return getattr(module, module.get_entry_point())
