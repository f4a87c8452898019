"""Updates of submission 1 as the console sends them, and the edge on a server of the fakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fakes.evalai_rules import CHALLENGE, HOST, LABELS_2, PHASE
from fakes.evalai_server import EvalAiServer
from msgspec.structs import replace

from console.operations.ports.evalai import EvalAiUpdate, RemoteOutcome
from console.publish.evalai import EvalAiOverHttp
from console.publish.evalai_budget import RequestBudget


def result(value: Any = 1.5, labels: tuple[str, ...] = LABELS_2) -> str:
    entry = {"split": "leaderboard", "show_to_participant": True}
    return json.dumps([{**entry, "accuracies": dict.fromkeys(labels, value)}])


PARTIAL = EvalAiUpdate(
    CHALLENGE,
    PHASE,
    1,
    RemoteOutcome.PARTIALLY_EVALUATED,
    "Here is a summary – so far\n",
    result(),
    '{"a": 1}',
)
FINAL = replace(PARTIAL, outcome=RemoteOutcome.FINISHED)


class GivenToken:
    """A token whose owner keeps it in a test."""

    def __init__(self, token: str = HOST) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token

    def refused(self) -> None:
        """There is no other."""


def edge(server: EvalAiServer, folder: Path, token: str = HOST, **times: float) -> EvalAiOverHttp:
    return EvalAiOverHttp(server.url, GivenToken(token), RequestBudget(folder), **times)
