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
_LONGEST_INDEX = 6
_NO_ROUTES = "none"


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
    chosen: str = ""
    """The drives that somebody chose to drive again, as the console has written them."""
    alone: int = 0
    """The pair whose pod this is; 0 in a pod of all pairs."""

    @property
    def last_pair(self) -> int:
        """No pair of this pod has a higher number."""
        return self.alone or len(self.drives.subsets)

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
        """The result file of one pair's evaluator; a pod of its own has one folder for it."""
        folder = 1 if self.alone else pair
        return os.path.join(self.logs, "agent", f"agent{folder}", "agent_results.json")

    @property
    def kept(self) -> str:
        """Is there where the init container laid down drives of an earlier pod of this pair."""
        return os.path.join(self.store, "kept")


def settings_from(env: Mapping[str, str]) -> LogcopySettings:
    """The settings that an environment means."""
    logs = env.get("LOGS_DIR") or "/logs"
    repetitions = env.get("REPETITIONS", "")
    subsets = env.get("ROUTES_SUBSETS", STANDARD_SUBSETS)
    alone = _pair(env)
    return LogcopySettings(
        drives=Drives.of(
            find(env.get("LEADERBOARD", "")) or USUAL,
            _subset(subsets, alone) if alone else subsets,
            int(repetitions) if _count(repetitions) else 1,
        ),
        logs=logs,
        status=env.get("STATUS_DIR") or os.path.join(logs, "containers-status"),
        routes=env.get("ROUTES") or "/utils/leaderboard/data/routes_testing.xml",
        period=_period(env.get("LOGS_PERIOD", "")),
        nonce=env.get("PROGRESS_NONCE") or secrets.token_hex(8),
        termination_log=env.get("TERMINATION_MESSAGE") or "/dev/termination-log",
        sources=official_sources.sources_from(env),
        chosen=env.get("CHOSEN_AGAIN", ""),
        alone=alone,
    )


def _pair(env: Mapping[str, str]) -> int:
    """Of the pod's index, which a Job with a pod for each pair gives it."""
    index = env.get("JOB_COMPLETION_INDEX", "")
    known = index.isdigit() and index.isascii() and len(index) < _LONGEST_INDEX
    return int(index) + 1 if known else 0


def _subset(subsets: str, pair: int) -> str:
    """What cannot be read where there is none: an empty one would be all routes."""
    told = subsets.split(";")
    return told[pair - 1] if pair <= len(told) else _NO_ROUTES


def _count(text: str) -> bool:
    return text.isdigit() and text.isascii() and 0 < len(text) < 5 and int(text) > 0


def _period(text: str) -> float:
    try:
        period = float(text)
    except ValueError:
        return _PERIOD
    return period if _LEAST_PERIOD <= period <= _MOST_PERIOD else _PERIOD
