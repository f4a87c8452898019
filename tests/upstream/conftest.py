"""Opt-in: `make upstream UPSTREAM=FOLDER`. Upstream's own evaluators in our Jobs.

FOLDER holds `leaderboard-V` and `scenario_runner-V` (checkouts of upstream's branches of that name,
V being 1.0, 2.0 or 2.1) and `packages`, a virtual environment with what their requirements.txt name
and the `carla` package. Without it nothing here is collected, and that is said.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

SOURCES = os.environ.get("UPSTREAM", "")

collect_ignore_glob = [] if SOURCES else ["test_*.py"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not SOURCES:
        terminalreporter.write_line("upstream's evaluators not run: `make upstream` runs them")
    elif not Path(SOURCES, "packages/bin/python").exists():
        terminalreporter.write_line(f"{SOURCES} has no packages/bin/python", red=True)
