"""The node and the private contents before a launch, told by logcopy's container.

Lines `preflight: TOPIC key=value ...`: clock, disk, contents, routes. Runs with logcopy's variables
and mounts. Judges nothing; what cannot be told is `-`, and why is a line `note`.
"""

from __future__ import annotations

import os
import shutil
import time
from typing import Mapping

from console.results import routes_file, towns
from console.results.quoting import printable
from console.results.subsets import PlanError
from console.workers import official_sources
from console.workers.preflight_lines import tell

_EVALUATOR = "leaderboard/leaderboard_evaluator.py"


def main() -> None:
    """All facts, the clock first: its line also carries the time at which the node saw it."""
    env = os.environ
    tell("clock", f"epoch={time.time():.3f}")
    usage = shutil.disk_usage(env.get("LOGS_DIR", "/logs"))
    tell("disk", f"free={usage.free} total={usage.total}")
    _tell_contents(env)
    _tell_routes(env)
    tell("end", "role=logcopy")


def _tell_contents(env: Mapping[str, str]) -> None:
    sources = official_sources.sources_from(env)
    evaluator = os.path.isfile(os.path.join(sources.leaderboard, _EVALUATOR))
    egg = os.path.basename(official_sources.egg(sources.python_api)) if sources.carla else ""
    tell("contents", f"evaluator={'yes' if evaluator else 'no'} egg={printable(egg) or '-'}")


def _tell_routes(env: Mapping[str, str]) -> None:
    """How many routes the image's file has, and how many of the launched ones each town has."""
    path, subsets = env.get("ROUTES", ""), env.get("ROUTES_SUBSETS", "").split(";")
    try:
        with open(path, "rb") as opened:
            content = opened.read(routes_file.SIZE_LIMIT + 1)
        number = len(routes_file.route_ids(content))
        found = towns.launched_towns(content, subsets)
    except (OSError, PlanError) as error:
        tell("note", f"text={printable(str(error))}")
        tell("routes", "number=- towns=-")
        return
    told = ",".join(f"{printable(town)}:{count}" for town, count in found.items())
    tell("routes", f"number={number} towns={told or '-'}")


if __name__ == "__main__":
    main()
