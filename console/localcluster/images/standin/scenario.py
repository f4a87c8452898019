"""Scenarios: what a stand-in agent does on every route. Owns the schema and its errors.

A scenario is a mapping with these keys, all optional:

    description         one sentence for people
    pair_seconds        wall seconds one pair drives in all; spread over its routes and repetitions (20)
    seed                integer; all that is not stated is drawn from seed, route id, repetition (1)
    kinds               list of outcomes to draw from (perfect, completed)
    sensors             list of sensor kinds or of their stored names (carla_camera, ...)
    start_epoch         seconds; the printed clock starts here and runs by `system_seconds`. A list
                        gives one start per attempt. Absent: the real clock
    tick_seconds        wall seconds between two printed ticks (0.5)
    client_timeout      wall seconds until a silent server counts as gone (the evaluator's --timeout)
    every_route         a list of cases, tried after those of the route
    routes              route id -> a list of cases; the first that fits is used

A case (or a single mapping in place of the list) has, all optional:

    attempts            list of attempts, counted from 1, it holds for (all)
    repetitions         list of repetitions, counted from 0, it holds for (all)
    ending              normal | sim_load | sensors | agent_setup | agent_setup_timeout | agent_run |
                        sim_run | watchdog | stop_raises | kill | torn | silent | exit
    at                  share (0..1) of the route that is driven before an ending other than normal (1)
    server              how a sim_load or sim_run ends the server: crash | hang | refuse | none (crash)
    crash_wait_seconds  seconds of the printed clock the client waits for a dead server (0)
    message             text of the exception
    outcome             perfect | completed | blocked | deviated | timed_out | never_moved | failed
    infractions         infraction list -> how many (drawn messages)
    route_completed     percent
    route_timeout       true | false
    frames              game time in frames of 0.05 s
    system_seconds      the record's system time
    never_moved         true | false
    events              list of {type, message, percentage}, instead of `infractions`
    log_lines           lines the agent prints at once in the middle of the route (0)
    escape_seconds      a child leaves the process group mid-route and lives so long (0)
    wall_seconds        real seconds this route takes (its part of pair_seconds)

LB 1.0 knows no minimum speed, emergency vehicle or scenario time-out; it ignores those events.
"""  # noqa: E501

import math
from typing import Any, Callable, Dict, List, Tuple

from . import route_plan as plans
from .failures import ScenarioError

ENDINGS = (
    "normal", "sim_load", "sensors", "agent_setup", "agent_setup_timeout", "agent_run", "sim_run",
    "watchdog", "stop_raises", "kill", "torn", "silent", "exit",
)  # fmt: skip
SERVER_ENDINGS = ("crash", "hang", "refuse", "none")
NAME_OF_SENSOR = {
    "sensor.camera.rgb": "carla_camera",
    "sensor.lidar.ray_cast": "carla_lidar",
    "sensor.other.radar": "carla_radar",
    "sensor.other.gnss": "carla_gnss",
    "sensor.other.imu": "carla_imu",
    "sensor.opendrive_map": "carla_opendrive_map",
    "sensor.speedometer": "carla_speedometer",
}
SENSOR_OF_NAME = {name: kind for kind, name in NAME_OF_SENSOR.items()}
DEFAULT_SENSORS = ("carla_camera", "carla_lidar", "carla_gnss", "carla_imu")
EVENT_TYPES = tuple(plans.EVENT_OF_LIST.values())

Check = Callable[[Any], bool]


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _natural(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _amount(value: Any) -> bool:
    return _number(value) and value >= 0


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def _one_of(words: Tuple[str, ...]) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _counts(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return all(name in plans.EVENT_OF_LIST and _natural(n) for name, n in value.items())


def _event(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) - {"type", "message", "percentage"}:
        return False
    shown = value.get("percentage")
    graded = value.get("type") in ("OUTSIDE_ROUTE_LANES_INFRACTION", "MIN_SPEED_INFRACTION")
    percentage = _number(shown) if graded else shown is None or _number(shown)
    return value.get("type") in EVENT_TYPES and isinstance(value.get("message"), str) and percentage


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


TOP: Dict[str, Tuple[Check, str]] = {
    "description": (_text, "text"),
    "pair_seconds": (_amount, "a number of seconds"),
    "seed": (lambda v: isinstance(v, int) and not isinstance(v, bool), "an integer"),
    "kinds": (_list_of(_one_of(plans.OUTCOMES)), "a list of " + ", ".join(plans.OUTCOMES)),
    "sensors": (
        _list_of(_one_of(tuple(SENSOR_OF_NAME) + tuple(NAME_OF_SENSOR))),
        "a list of " + ", ".join(sorted(SENSOR_OF_NAME)),
    ),
    "start_epoch": (lambda v: _number(v) or _list_of(_number)(v), "seconds or a list of seconds"),
    "tick_seconds": (lambda v: _number(v) and v > 0, "a number above 0"),
    "client_timeout": (lambda v: _number(v) and v > 0, "a number above 0"),
    "every_route": (lambda v: isinstance(v, (dict, list)), "a case or a list of cases"),
    "routes": (lambda v: isinstance(v, dict), "a mapping of route ids to cases"),
}

CASE: Dict[str, Tuple[Check, str]] = {
    "attempts": (_list_of(_natural), "a list of numbers from 1"),
    "repetitions": (_list_of(_natural), "a list of numbers from 0"),
    "ending": (_one_of(ENDINGS), "one of " + ", ".join(ENDINGS)),
    "at": (lambda v: _number(v) and 0 <= v <= 1, "a number from 0 to 1"),
    "server": (_one_of(SERVER_ENDINGS), "one of " + ", ".join(SERVER_ENDINGS)),
    "crash_wait_seconds": (_amount, "a number of seconds"),
    "message": (_text, "text"),
    "outcome": (_one_of(plans.OUTCOMES), "one of " + ", ".join(plans.OUTCOMES)),
    "infractions": (_counts, "counts by " + ", ".join(plans.EVENT_OF_LIST)),
    "route_completed": (lambda v: _number(v) and 0 <= v <= 100, "a number from 0 to 100"),
    "route_timeout": (_flag, "true or false"),
    "frames": (lambda v: _natural(v) and v > 0, "a whole number above 0"),
    "system_seconds": (_amount, "a number of seconds"),
    "never_moved": (_flag, "true or false"),
    "events": (_list_of(_event), "a list of {type, message, percentage}"),
    "log_lines": (_natural, "a whole number"),
    "escape_seconds": (_amount, "a number of seconds"),
    "wall_seconds": (_amount, "a number of seconds"),
}


class Scenario:
    """A checked scenario. Build it with `check`; `document` is plain data, ready for JSON."""

    def __init__(self, document: Dict[str, Any]) -> None:
        self.document = document
        self.pair_seconds = float(document.get("pair_seconds", 20.0))
        self.tick_seconds = float(document.get("tick_seconds", 0.5))
        self.seed = int(document.get("seed", 1))
        self.kinds = list(document.get("kinds") or ("perfect", "completed"))

    def client_timeout(self, flag: float) -> float:
        """Seconds until a silent server counts as gone; `flag` is the evaluator's --timeout."""
        return float(self.document.get("client_timeout", flag))

    def start_epoch(self, attempt: int) -> Any:
        """Where the printed clock starts in this attempt, or None for the real clock."""
        start = self.document.get("start_epoch")
        if isinstance(start, list):
            return start[min(attempt, len(start)) - 1] if start else None
        return start

    def plan(self, route: str, repetition: int, attempt: int) -> plans.RoutePlan:
        """What happens on one route in one attempt (from 1)."""
        for case in self.document["routes"].get(route, []) + self.document["every_route"]:
            in_attempt = attempt in case.get("attempts", [attempt])
            if in_attempt and repetition in case.get("repetitions", [repetition]):
                return plans.draw(self.seed, route, repetition, case, self.kinds)
        return plans.draw(self.seed, route, repetition, {}, self.kinds)


def check(document: Any) -> Scenario:
    """A scenario from parsed YAML or JSON; ScenarioError names the first wrong key."""
    if document is None:
        document = {}
    if not isinstance(document, dict):
        raise ScenarioError("a scenario is a mapping of keys, not " + type(document).__name__)
    _check_keys(document, TOP, "")
    checked = dict(document)
    wanted = document.get("sensors", DEFAULT_SENSORS)
    checked["sensors"] = [SENSOR_OF_NAME.get(sensor, sensor) for sensor in wanted]
    checked["every_route"] = _cases(document.get("every_route", []), "every_route")
    checked["routes"] = {
        str(route): _cases(cases, f"routes.{route}")
        for route, cases in document.get("routes", {}).items()
    }
    return Scenario(checked)


def _cases(value: Any, where: str) -> List[Dict[str, Any]]:
    cases = value if isinstance(value, list) else [value]
    for number, case in enumerate(cases):
        place = where if not isinstance(value, list) else f"{where}[{number}]"
        if not isinstance(case, dict):
            raise ScenarioError(f"{place}: a case is a mapping of keys")
        _check_keys(case, CASE, place + ".")
    return list(cases)


def _check_keys(values: Dict[str, Any], known: Dict[str, Tuple[Check, str]], where: str) -> None:
    for key, value in values.items():
        if key not in known:
            choice = ", ".join(sorted(known))
            raise ScenarioError(f"{where}{key}: unknown key; known are {choice}")
        fits, wanted = known[key]
        if not fits(value):
            raise ScenarioError(f"{where}{key}: {value!r} is not {wanted}")
