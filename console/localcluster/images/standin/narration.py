"""What the evaluator prints, in the words and colours of each version. Decides nothing.

Written to stdout unbuffered (the caller runs python3 -u); LB 1.0 sends tracebacks to stderr.
"""

import datetime
import sys
import traceback
from typing import List, Tuple

from console.results.version_rules import Leaderboard

from .grid import grid
from .records import Driven, criteria
from .routes import DrivenRoute

BOLD, RED, GREEN, PLAIN = "\x1b[1m", "\x1b[91m", "\x1b[92m", "\x1b[0m"
SUCCESS, FAILURE = GREEN + "SUCCESS" + PLAIN, RED + "FAILURE" + PLAIN

NOT_LOADED = "The scenario could not be loaded:"
BAD_SENSORS = "The sensor's configuration used is invalid:"
NOT_SET_UP = "Could not set up the required agent:"
AGENT_CRASHED = "Stopping the route, the agent has crashed:"
SIMULATION_ERROR = "Error during the simulation:"
NOT_STOPPED = "Failed to stop the scenario, the statistics might be empty:"


def say(text: str) -> None:
    # In one piece, which print() under -u is not: the supervisor writes to the same log.
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def introduce(version: Leaderboard) -> None:
    """The first line says what this is."""
    say(f"[stand-in] No CARLA Leaderboard {version}: a stand-in that drives nothing")


def preparing(route: DrivenRoute, version: Leaderboard) -> None:
    heading = "\n{}========= Preparing {} (repetition {}) ========="
    heading = heading.format(BOLD, route.name, route.repetition)
    say(heading if version.generation == 1 else heading + PLAIN)
    if version.generation == 1:
        say("> Setting up the agent" + PLAIN)


def step(text: str) -> None:
    say(BOLD + "> " + text + PLAIN)


def tick(now: float, system: float, game: float, version: Leaderboard) -> None:
    """One tick: `now` epoch seconds, `system` and `game` seconds since the route began."""
    moment = datetime.datetime.fromtimestamp(now)
    if version.generation == 1:
        ratio = game / (system + 0.001)
        text = "======[Agent] Wallclock_time = {} / {} / Sim_time = {} / {}x"
        say(text.format(moment, system, game, ratio))
        return
    ratio = 0.0 if system == 0 else game / system
    text = "=== [Agent] -- Wallclock = {} -- System time = {:.3f} -- Game time = {:.3f}"
    shown = moment.isoformat(sep=" ", timespec="milliseconds")
    say((text + " -- Ratio = {:.3f}x").format(shown, system, game, ratio))


def failure(heading: str, error: BaseException, version: Leaderboard) -> None:
    """A red heading and the exception being handled."""
    say("\n" + RED + heading)
    if version.generation == 1:
        say(f"> {error}{PLAIN}\n")
        traceback.print_exc(file=sys.stderr)
        sys.stderr.flush()
    elif heading == BAD_SENSORS:
        say(f"{error}{PLAIN}\n")
    else:
        say(f"\n{traceback.format_exc()}{PLAIN}")


def results(route: DrivenRoute, drive: Driven, version: Leaderboard) -> None:
    """The two tables of a route that ran."""
    rows = _criteria_rows(drive, version)
    verdict = FAILURE if any(result == FAILURE for _, result, _ in rows) else SUCCESS
    title = "\n{}========= Results of {} (repetition {}) ------ {} {}========={}\n"
    say(title.format(BOLD, route.name, route.repetition, verdict, BOLD, PLAIN))
    say(grid(_time_rows(drive, version)) + "\n")
    say(grid([("Criterion", "Result", "Value"), *rows]) + "\n")


def _time_rows(drive: Driven, version: Leaderboard) -> List[Tuple[str, str]]:
    first = version.generation == 1
    ratio = round(drive.game_seconds / drive.system_seconds, 3)
    return [
        ("Start Time", _second(drive.started)),
        ("End Time", _second(drive.ended)),
        ("Duration (System Time)" if first else "System Time", _seconds(drive.system_seconds)),
        ("Duration (Game Time)" if first else "Game Time", _seconds(drive.game_seconds)),
        ("Ratio (System Time / Game Time)" if first else "Ratio (Game / System)", str(ratio)),
    ]


def _second(epoch: float) -> str:
    return datetime.datetime.fromtimestamp(epoch).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(value: float) -> str:
    return f"{round(value, 2)}s"


def _criteria_rows(drive: Driven, version: Leaderboard) -> List[Tuple[str, str, str]]:
    rows = []
    for name, types in criteria(version):
        found = [event for event in drive.events if event.type in types]
        passed = drive.completed >= 100 if name == "RouteCompletionTest" else not found
        value = _value(name, [event.percentage or 0.0 for event in found], drive)
        rows.append((name, SUCCESS if passed else FAILURE, value))
    rows.append(("Timeout", FAILURE if drive.timed_out else SUCCESS, ""))
    return rows


def _value(name: str, found: List[float], drive: Driven) -> str:
    if name in ("InRouteTest", "AgentBlockedTest"):
        return ""
    if name == "RouteCompletionTest":
        return f"{_short(drive.completed)} %"
    if name == "OutsideRouteLanesTest":
        return f"{_short(sum(found)) if found else 0} %"
    if name == "MinSpeedTest":
        return f"{_short(sum(found) / len(found)) if found else 100} %"
    return f"{len(found)} times"


def _short(value: float) -> float:
    return value if isinstance(value, int) else round(value, 2)
