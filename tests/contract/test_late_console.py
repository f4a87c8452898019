"""Whatever ends a submission: a console that looks afterwards differs in no fact from one that saw.

Each field is the same, or unknown where nothing is left that could tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.embedded import Embedded, embedded_cluster
from test_two_consoles import submission

from console.cli.documents import board_document, row_document
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.operations.ending import cancel, delete
from console.operations.fleet import board_once, row_of
from console.operations.following import Follower
from console.operations.launching import launch
from console.operations.recalling import recorded_board, recordings_of
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.specs.compose import Composed

UNTOLD = (None, "", "unknown", "unwatched", [], {})
APART = ("events", "streams", "staleSince", "live", "reason", "remark", "pod", "node")
"""What a console sees by itself (streams), what a cluster forgets (events, pods), and sentences."""
IMAGES = {
    "crashed-once": ("agent-2", "crash-once"),
    "spent": ("agent-2", "invalid-sensors"),
    "hopeless": ("agent-3", "always-crashing"),
    "image-missing": ("agent-2", "no-such-image"),
}
"""Whose image is which; the others drive as they should."""


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
    """Nothing is given up in it: a pair that always crashes spends the budget."""
    composed = submission(kind)
    composed.manifest["spec"]["backoffLimit"] = 4
    named, image = IMAGES.get(kind, ("", ""))
    for container in composed.manifest["spec"]["template"]["spec"]["containers"]:
        kept = [each for each in container.get("env", []) if each["name"] != "ROUTE_ATTEMPTS"]
        container["env"] = [*kept, {"name": "ROUTE_ATTEMPTS", "value": "0"}]
        if container["name"] == named:
            container["image"] = f"console.local/team-agent:{image}"
    return composed


def at_rest(board: BoardSnapshot) -> bool:
    """One pair cannot start; both halves of the three others have ended, and logcopy said so."""
    halves = [half for pair in board.pairs for half in (pair.simulator, pair.agent) if half]
    ended = sum(half.ended is not None for half in halves)
    told = sum(len(pair.ended) for pair in board.pairs)
    return board.status is SubmissionStatus.BLOCKED and (board.done, ended, told) == (15, 6, 6)


class Watched:
    """One submission, a console that follows it, and those that look late."""

    def __init__(self, embedded: Embedded, folder: Path, kind: str) -> None:
        self.kind = kind
        self.here, self.elsewhere = (
            Services(embedded.cluster, Recorder(folder / kind / each), lambda: datetime.now(UTC))
            for each in ("here", "elsewhere")
        )
        self.follower = Follower(self.here, "default", kind)

    async def until(self, told: Callable[[BoardSnapshot], bool]) -> None:
        while not told(self.follower.board):
            self.follower.changed.clear()
            await self.follower.changed.wait()

    async def runs(self) -> None:
        await launch(self.here, ill(self.kind))
        following = asyncio.create_task(self.follower.run())
        try:
            async with asyncio.timeout(280):
                await self.acts()
                if self.kind != "image-missing":
                    await following
        finally:
            following.cancel()

    async def acts(self) -> None:
        """What is done to it meanwhile."""
        if self.kind == "image-missing":
            await self.until(at_rest)
        elif self.kind in ("cancelled", "deleted"):
            await self.until(lambda board: (board.done or 0) >= 2)
            end = cancel if self.kind == "cancelled" else delete
            await end(self.here, "default", self.kind)

    async def compared(self) -> None:
        early = self.follower.board
        for services in (self.here, self.elsewhere):
            late = await board_once(services, "default", self.kind)
            assert [*differences(facts(early), facts(late))] == [], self.kind
            assert late.budget.least <= early.budget.least, self.kind
            if early.ended:
                assert late.reason.replace("at least ", "") == early.reason, self.kind
            if early.pod_gone and not late.earlier and late.pod is None:
                assert late.budget.used is None, self.kind
        if early.ended:
            again = Follower(self.here, "default", self.kind)
            async with asyncio.timeout(30):
                await again.run()
            assert [*differences(facts(early), facts(again.board))] == [], self.kind
            assert again.board.budget == early.budget, self.kind


@pytest.mark.slow
async def test_a_late_console_differs_in_no_fact_whatever_ended_the_submission(
    tmp_path: Path,
) -> None:
    """The recording of another console on this machine may be there or not."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        kinds = (*IMAGES, "cancelled", "deleted")
        all_of = {kind: Watched(embedded, tmp_path, kind) for kind in kinds}
        await asyncio.gather(*(each.runs() for each in all_of.values()))
        deleted = all_of.pop("deleted")
        for each in all_of.values():
            await each.compared()
    ends = {kind: each.follower.board.status.value for kind, each in all_of.items()}
    assert ends == {
        "crashed-once": "Complete", "spent": "Failed", "hopeless": "Failed",
        "image-missing": "Blocked", "cancelled": "Cancelled",
    }  # fmt: skip
    (recording,) = recordings_of(deleted.here, "default", "deleted")
    recalled = await asyncio.to_thread(recorded_board, deleted.here, recording)
    assert recalled is not None
    assert [*differences(facts(deleted.follower.board), facts(recalled))] == []
