"""The evaluator's entry: introduces itself, reads the flags, runs the version of its image."""

import sys
from pathlib import Path

from console.results.leaderboard import named

from . import evaluator_v1, evaluator_v2, flags, narration


def main() -> int:
    """The exit status of the run; `version.txt` holds the name of the Leaderboard."""
    version = named(Path(__file__).with_name("version.txt").read_text().strip())
    narration.introduce(version)
    run = evaluator_v1.main if version.generation == 1 else evaluator_v2.main
    return run(flags.parse(version, sys.argv[1:]), version)
