"""Figures of this machine: `python -m tests.benchmarks [name ...]`. Prints, asserts nothing.

The name `aims` prints what has an aim, each beside it, with kubectl's and Python's own time.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

WITH_AIMS = (
    "door_figures",
    "merge_figures",
    "first_paint_figures",
    "event_figures",
    "list_figures",
    "first_rows_figures",
    "tick_figures",
    "form_figures",
    "log_figures",
    "log_answer_figures",
    "follow_figures",
    "flood_figures",
)
MODULES = (*WITH_AIMS, "recorder_figures", "screen_figures", "call_figures", "scale_figures")


def main(names: list[str]) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    sys.path.insert(0, str(Path(__file__).parent))
    wanted = [*names, *WITH_AIMS] if "aims" in names else names
    figure = importlib.import_module("figure").Figure
    for module in MODULES:
        if not wanted or module in wanted:
            for measured in importlib.import_module(module).figures():
                row = figure(*measured)
                if row.aim or "aims" not in names:
                    print(row.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
