"""Figures of this machine: `python tests/benchmarks [name ...]`. Prints, asserts nothing."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

MODULES = (
    "door_figures",
    "first_paint_figures",
    "recorder_figures",
    "event_figures",
    "screen_figures",
    "list_figures",
)


def main(names: list[str]) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    sys.path.insert(0, str(Path(__file__).parent))
    for module in MODULES:
        if not names or module in names:
            for what, figure in importlib.import_module(module).figures():
                print(f"{what:<58} {figure}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
