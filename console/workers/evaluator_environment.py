"""The evaluator's environment: the team's variables, except for those that only the Job sets.

Runs as `python3 -I -S evaluator_environment.py FILE TEXT`: FILE has what the team's files left (see
evaluator_start.sh), TEXT is the shell text that this process becomes.
"""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import dataclass
from typing import Mapping

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from console.workers import official_sources  # found beside this file

OF_THE_JOB = (
    "PAIR", "ATTEMPT", "PAIR_WORKLOAD", "STATUS_DIR", "AGENT_DIR", "CHECKPOINT", "RESUME",
    "CARLA_HOST", "CARLA_PORT", "TRAFFIC_MANAGER_PORT", "CHALLENGE_TRACK_CODENAME", "ROUTES",
    "ROUTES_SUBSET", "REPETITIONS", "SCENARIOS", "LEADERBOARD_ROOT", "SCENARIO_RUNNER_ROOT",
    "CARLA_API_ROOT",
)  # fmt: skip
"""What no file of a team changes, where the Job gives it."""
_LIMITS = {
    "Max open files": resource.RLIMIT_NOFILE,
    "Max stack size": resource.RLIMIT_STACK,
    "Max core file size": resource.RLIMIT_CORE,
    "Max locked memory": resource.RLIMIT_MEMLOCK,
    "Max processes": resource.RLIMIT_NPROC,
    "Max address space": resource.RLIMIT_AS,
}
_NAME_WIDTH = 26
_SOFT_AND_HARD = 2
_OURS = ("PAIR_ENVIRONMENT", "_")


@dataclass(frozen=True)
class Left:
    """What the team's files left; `variables` is None when they did not come to their end."""

    variables: dict[str, str] | None
    directory: str = ""
    umask: str = ""
    limits: str = ""
    """As /proc/self/limits has them."""


def composed(job: Mapping[str, str], team: Mapping[str, str]) -> dict[str, str]:
    """The team's variables with the Job's word over them and the official sources first."""
    result = {name: value for name, value in team.items() if name not in _OURS}
    result.update({name: job[name] for name in OF_THE_JOB if name in job})
    sources = official_sources.sources_from(job)
    if sources.carla:
        result["CARLA_ROOT"] = sources.carla
    path = official_sources.joined(sources, team.get("PYTHONPATH", ""))
    if path:
        result["PYTHONPATH"] = path
    return result


def left_in(path: str) -> Left:
    """Read and remove what the team's files left."""
    try:
        with open(path, "rb") as opened:
            _, directory, block = opened.read().split(b"\n", 2)
        with open(path + ".limits", encoding="ascii", errors="replace") as opened_text:
            umask, limits = opened_text.read().split("\n", 1)
    except (OSError, ValueError):
        return Left(None)
    finally:
        for name in (path, path + ".limits", path + ".new"):
            if os.path.exists(name):
                os.remove(name)
    pairs = (entry.partition(b"=") for entry in block.split(b"\0") if b"=" in entry)
    variables = {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
    return Left(variables, os.fsdecode(directory), umask, limits)


def set_limits(text: str) -> None:
    """Take over the limits that a team's `ulimit` has changed, as far as this process may."""
    for line in text.splitlines():
        kind, words = _LIMITS.get(line[:_NAME_WIDTH].strip()), line[_NAME_WIDTH:].split()
        if kind is None or len(words) < _SOFT_AND_HARD:
            continue
        soft, hard = (_number(word) for word in words[:_SOFT_AND_HARD])
        try:
            resource.setrlimit(kind, (soft, hard))
        except (OSError, ValueError):
            print(f"{line[:_NAME_WIDTH].strip()}: the limit that the team's files set is not taken")


def _number(word: str) -> int:
    return int(word) if word.isdigit() else resource.RLIM_INFINITY


def main() -> None:
    """Become the Job's text in the composed environment."""
    path, text = sys.argv[1:]
    left = left_in(path)
    if left.variables is None:
        print("~/.bashrc or ~/agent_sources.sh did not end, or left no PATH: going on without them")
        sys.stdout.flush()
    set_limits(left.limits)
    if left.umask.isdigit():
        os.umask(int(left.umask, 8))
    if os.path.isdir(left.directory):
        os.chdir(left.directory)
    team = os.environ if left.variables is None else left.variables
    os.execve("/bin/sh", ["sh", "-c", text], composed(os.environ, team))


if __name__ == "__main__":
    main()
