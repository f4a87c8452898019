"""The official private contents in an agent's container: where they are, and what stands first.

The launcher of the Leaderboard puts the CARLA API, ScenarioRunner and the Leaderboard before
whatever an image has; so do we. Opens nothing but folders; imports none of it.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from typing import Mapping

PACKAGES = ("leaderboard", "srunner", "carla", "agents")
"""The packages that an evaluator takes from the private contents."""
_EGG = re.compile(r"carla.*-py3.*\.egg")


@dataclass(frozen=True)
class Sources:
    """The three folders; empty where the Job names none."""

    carla: str
    scenario_runner: str
    leaderboard: str

    @property
    def python_api(self) -> str:
        """The folder of CARLA's Python packages."""
        return os.path.join(self.carla, "PythonAPI", "carla")

    @property
    def roots(self) -> dict[str, str]:
        """Name -> folder, for those that are there. The names are the Job's variables."""
        named = {
            "CARLA_API_ROOT": self.carla,
            "SCENARIO_RUNNER_ROOT": self.scenario_runner,
            "LEADERBOARD_ROOT": self.leaderboard,
        }
        return {name: folder for name, folder in named.items() if folder}


def sources_from(env: Mapping[str, str]) -> Sources:
    """The folders that the Job's variables name."""
    return Sources(
        carla=env.get("CARLA_API_ROOT", ""),
        scenario_runner=env.get("SCENARIO_RUNNER_ROOT", ""),
        leaderboard=env.get("LEADERBOARD_ROOT", ""),
    )


def search_path(sources: Sources) -> list[str]:
    """What stands before everything else on Python's path, in the order of upstream's launcher."""
    found = []
    if sources.carla:
        found += [each for each in (egg(sources.python_api),) if each]
        found.append(sources.python_api)
    return found + [each for each in (sources.scenario_runner, sources.leaderboard) if each]


def egg(python_api: str, version: tuple[int, ...] = sys.version_info[:2]) -> str:
    """CARLA's egg for this Python, else the only kind there is; empty without any.

    An egg for another Python stays in front, as upstream has it: its import fails and says so,
    where a copy of the team's would pass for the official one.
    """
    folder = os.path.join(python_api, "dist")
    try:
        eggs = sorted(name for name in os.listdir(folder) if _EGG.fullmatch(name))
    except OSError:
        return ""
    exact = "-py{}.{}".format(*version)
    fitting = [name for name in eggs if re.search(re.escape(exact) + r"(?!\d)", name)]
    renamed = [name for name in eggs if "-py3x" in name]
    best = fitting or renamed or eggs
    return os.path.join(folder, best[0]) if best else ""


def joined(sources: Sources, others: str) -> str:
    """PYTHONPATH: the official folders, then `others` without them."""
    first = search_path(sources)
    rest = [each for each in others.split(os.pathsep) if each and each not in first]
    return os.pathsep.join(first + rest)
