"""What the contracts with EvalAI share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.evalai_server import EvalAiServer, evalai_server
from fakes.evalai_updates import edge

from console.publish.evalai import EvalAiOverHttp


@pytest.fixture
def server() -> Iterator[EvalAiServer]:
    """EvalAI, with submission 1."""
    with evalai_server() as found:
        found.rules.add(1)
        yield found


@pytest.fixture
def evalai(server: EvalAiServer, tmp_path: Path) -> EvalAiOverHttp:
    """That server, as the console asks it."""
    return edge(server, tmp_path, silence=5.0)
