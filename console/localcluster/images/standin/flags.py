"""The evaluator's command line, flag for flag and default for default, per version."""

import argparse
from typing import List

from console.results.version_rules import Leaderboard


def parse(version: Leaderboard, arguments: List[str]) -> argparse.Namespace:
    """The flags; leaves by SystemExit(2) as upstream's parser does."""
    first = version.generation == 1
    parser = argparse.ArgumentParser(description="stand-in of the Leaderboard evaluator")
    add = parser.add_argument
    add("--host", default="localhost")
    add("--port", default=2000, type=int)
    manager, seed = "traffic-manager-port", "traffic-manager-seed"
    add("--trafficManagerPort" if first else "--" + manager, dest="tm_port", default=8000, type=int)
    add("--trafficManagerSeed" if first else "--" + seed, dest="tm_seed", default=0, type=int)
    add("--debug", default=0, type=int)
    add("--record", default="")
    own_server = version.starts_its_server
    add("--timeout", default=60.0 if first else 600.0 if own_server else 300.0, type=float)
    if own_server:
        add("--gpu-rank", default=0, type=int)
    add("--routes", required=True)
    add("--routes-subset", default="")
    add("--repetitions", default=1, type=int)
    if first:
        add("--scenarios", required=True)
    add("-a", "--agent", required=True)
    add("--agent-config", default="")
    add("--track", default="SENSORS")
    add("--resume", default=False, type=bool)
    add("--checkpoint", default="./simulation_results.json")
    if not first:
        add("--debug-checkpoint", default="./live_results.txt")
    return parser.parse_args(arguments)
