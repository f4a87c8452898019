"""The evaluator's entry: introduces itself, reads the flags, runs the version of its image."""

import sys
from pathlib import Path

from . import evaluator_v1, evaluator_v2, flags, narration


def main() -> int:
    """The exit status of the run; `version.txt` names the Leaderboard as `statuses.TABLE` does."""
    version = Path(__file__).with_name("version.txt").read_text().strip()
    narration.introduce(version)
    run = evaluator_v1.main if version == "1.0" else evaluator_v2.main
    return run(flags.parse(version, sys.argv[1:]), version)
