"""Whatever ends a submission: a console that looks afterwards differs in no fact from one that saw.

Each field is the same, or unknown where nothing is left that could tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.embedded import embedded_cluster
from test_two_consoles import submission

from console.cli.documents import board_document, row_document
from console.domain.board import BoardSnapshot
from console.operations.ending import cancel
from console.operations.fleet import board_once, row_of
from console.operations.following import Follower
from console.operations.launching import launch
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.specs.compose import Composed

UNTOLD = (None, "", "unknown", "unwatched", [], {})
APART = ("events", "streams", "staleSince", "live", "reason", "remark", "pod", "node")
"""What a console sees by itself (streams), what a cluster forgets (events, pods), and sentences."""


def differences(early: Any, late: Any, where: str = "") -> Iterator[str]:
    """Fields that say something else; an unknown one says nothing."""
    if late in UNTOLD or where.rpartition(".")[2] in (*APART, "restartsAtLeast", "atLeast"):
        return
    if isinstance(early, dict) and isinstance(late, dict):
        for key in late:
            yield from differences(early.get(key), late[key], f"{where}.{key}")
    elif isinstance(early, list) and isinstance(late, list) and len(early) == len(late):
        for number, (one, other) in enumerate(zip(early, late, strict=True)):
            yield from differences(one, other, f"{where}[{number}]")
    elif early != late:
        yield f"{where}: {early!r} early, {late!r} late"


def facts(board: BoardSnapshot) -> dict[str, Any]:
    pairs = [
        {"since": pair.since if pair.since_exact else None, "first": pair.first_death}
        for pair in board.pairs
    ]
    return {"board": board_document(board), "row": row_document(row_of(board)), "times": pairs}


def ill(kind: str) -> Composed:
    composed = submission("shared")
    composed.manifest["spec"]["backoffLimit"] = 4
    for container in composed.manifest["spec"]["template"]["spec"]["containers"]:
        if container["name"] == "agent-2" and kind != "cancelled":
            container["image"] = f"console.local/team-agent:{kind}"
    return composed


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["invalid-sensors", "cancelled"])
async def test_a_late_console_differs_in_no_fact(tmp_path: Path, kind: str) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:

        def console(folder: str) -> Services:
            return Services(
                embedded.cluster, Recorder(tmp_path / folder), lambda: datetime.now(UTC)
            )

        here, elsewhere = console("here"), console("elsewhere")
        await launch(here, ill(kind))
        follower = Follower(here, "default", "shared")
        following = asyncio.create_task(follower.run())
        async with asyncio.timeout(180):
            if kind == "cancelled":
                while (follower.board.done or 0) < 2:
                    follower.changed.clear()
                    await follower.changed.wait()
                await cancel(here, "default", "shared")
            await following
        early = facts(follower.board)
        for services in (here, elsewhere):
            late = facts(await board_once(services, "default", "shared"))
            assert [*differences(early, late)] == []
        if not follower.board.pod_lives and follower.board.pod_gone:
            assert late["row"]["restarts"] is None
        again = Follower(here, "default", "shared")
        async with asyncio.timeout(30):
            await again.run()
        assert [*differences(early, facts(again.board))] == []
        assert again.board.budget == follower.board.budget
