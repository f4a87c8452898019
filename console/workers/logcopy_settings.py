"""logcopy's settings, all from its environment. A value that makes no sense gets its default:
logcopy must never fail the pod. Creates nothing, opens nothing.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import Mapping

from console.results.drives import STANDARD_SUBSETS, Drives
from console.results.leaderboard import USUAL, find
from console.workers import official_sources
from console.workers.official_sources import Sources

_PERIOD = 10.0
_LEAST_PERIOD = 0.05
_MOST_PERIOD = 3600.0


@dataclass(frozen=True)
class LogcopySettings:
    """Paths, what is driven, and the period in seconds."""

    drives: Drives
    logs: str
    status: str
    routes: str
    period: float
    nonce: str
    termination_log: str
    sources: Sources
    """The official private contents; empty names where the Job does not say where they are."""

    @property
    def store(self) -> str:
        """Folder for what survives a restart of logcopy."""
        return os.path.join(self.logs, "logcopy")

    @property
    def merged(self) -> str:
        """The merged result."""
        return os.path.join(self.logs, "agent", "agent_results.json")

    @property
    def evalai(self) -> str:
        """Folder of the files for EvalAI."""
        return os.path.join(self.logs, "evalai")

    def checkpoint(self, pair: int) -> str:
        """The result file of one pair's evaluator."""
        return os.path.join(self.logs, "agent", f"agent{pair}", "agent_results.json")


def settings_from(env: Mapping[str, str]) -> LogcopySettings:
    """The settings that an environment means."""
    logs = env.get("LOGS_DIR") or "/logs"
    repetitions = env.get("REPETITIONS", "")
    subsets = env.get("ROUTES_SUBSETS", STANDARD_SUBSETS)
    return LogcopySettings(
        drives=Drives.of(
            find(env.get("LEADERBOARD", "")) or USUAL,
            subsets,
            int(repetitions) if _count(repetitions) else 1,
        ),
        logs=logs,
        status=env.get("STATUS_DIR") or os.path.join(logs, "containers-status"),
        routes=env.get("ROUTES") or "/utils/leaderboard/data/routes_testing.xml",
        period=_period(env.get("LOGS_PERIOD", "")),
        nonce=env.get("PROGRESS_NONCE") or secrets.token_hex(8),
        termination_log=env.get("TERMINATION_MESSAGE") or "/dev/termination-log",
        sources=official_sources.sources_from(env),
    )


def _count(text: str) -> bool:
    return text.isdigit() and text.isascii() and 0 < len(text) < 5 and int(text) > 0


def _period(text: str) -> float:
    try:
        period = float(text)
    except ValueError:
        return _PERIOD
    return period if _LEAST_PERIOD <= period <= _MOST_PERIOD else _PERIOD
