"""A merge of four partials of five routes each, five times, beside upstream's own script.

UPSTREAM names the folder that `make upstream` is told; without it there is nothing to compare with.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from door_figures import CONSOLE, against
from figure import Figure
from timing import Took, in_turns

PARTIALS = Path(__file__).parents[1] / "data" / "vectors" / "lb20" / "complete_r5_01"
WHAT = "carla-console merge of 4x5, five repetitions"


def figures() -> Iterator[Figure]:
    files = [str(file) for file in sorted(PARTIALS.glob("partial_*.json"))]
    with tempfile.TemporaryDirectory() as folder:
        to = ("-f", *files, "-e", f"{folder}/merged.json")
        ours = (*CONSOLE, "merge", *to, "--leaderboard", "2.0")
        commands: dict[str, Sequence[str]] = {"ours": ours}
        upstream = Path(os.environ.get("UPSTREAM") or "/none")
        script = upstream / "leaderboard-2.0" / "scripts" / "merge_statistics.py"
        if script.exists():
            path = f"PYTHONPATH={upstream / 'leaderboard-2.0'}:{upstream / 'scenario_runner-2.0'}"
            python = str(upstream / "packages" / "bin" / "python")
            commands["theirs"] = ("/usr/bin/env", path, python, str(script), *to)
        took = in_turns(commands)
    theirs = took.get("theirs")
    if theirs is None:
        yield Figure(WHAT, str(took["ours"]), "1/3 of upstream's script: set UPSTREAM")
        return
    yield Figure("upstream's merge_statistics.py of the same", str(theirs), "-")
    yield against(WHAT, took["ours"], Took(theirs.wall / 3, theirs.cpu / 3), "1/3 of it")
