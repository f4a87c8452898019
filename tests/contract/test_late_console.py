"""Whatever ends a submission: a console that looks afterwards differs in no fact from one that saw.

Each field is the same, or unknown where nothing is left that could tell.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fakes.consoles import Consoles, agent_that, differences, facts, launched
from fakes.embedded import Embedded, embedded_cluster
from test_two_consoles import submission

from console.cli.documents import board_document
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.errors import NotFound
from console.operations.submitting.ending import cancel, delete
from console.operations.watching.follower import Follower
from console.operations.watching.lookup import Wanted, known
from console.specs.compose import Composed

BRIEF = "pair_seconds: 2\nseed: 20\n"
CRASH = "{ending: sim_run, server: crash, at: 0.5"
ENDLESS = f"{BRIEF}routes: {{4: [{{wall_seconds: 600}}], 9: [{{wall_seconds: 600}}]}}\n"
"""Each pair's last route: nothing ends before it is stopped."""
NAMED = {
    "crashed-once": ("agent-2", f"{BRIEF}routes: {{7: [{CRASH}, attempts: [1]}}]}}\n"),
    "spent": ("agent-2", f"{BRIEF}sensors: [{', '.join(['carla_camera'] * 9)}]\n"),
    "hopeless": ("agent-2", f"{BRIEF}every_route: [{CRASH}}}]\n"),
    "image-missing": ("agent-2", ""),
}
"""Whose agent does what, none where there is no such image; the others drive as they should."""
MORE = ("-3", "-4")
STOPPED = {"cancelled": cancel, "deleted": delete}
ENDS = {
    "crashed-once": SubmissionStatus.COMPLETE,
    "spent": SubmissionStatus.FAILED,
    "hopeless": SubmissionStatus.FAILED,
    "image-missing": SubmissionStatus.BLOCKED,
    "cancelled": SubmissionStatus.CANCELLED,
    "deleted": SubmissionStatus.DELETED,
}


def ill(kind: str) -> Composed:
    """Two pairs; nothing is given up in it: one that always crashes spends the budget."""
    composed = submission(kind)
    pod = composed.manifest["spec"]["template"]["spec"]
    pod["containers"] = [each for each in pod["containers"] if each["name"][-2:] not in MORE]
    composed.manifest["spec"]["backoffLimit"] = 3
    named, scenario = NAMED.get(kind, ("", ""))
    for container in pod["containers"]:
        kept = [each for each in container.get("env", []) if each["name"] != "ROUTE_ATTEMPTS"]
        container["env"] = [*kept, {"name": "ROUTE_ATTEMPTS", "value": "0"}]
        for each in kept:
            if each["name"] == "ROUTES_SUBSETS":
                each["value"] = "0-4;5-9"
        if container["name"] == named:
            missing = "console.local/team-agent:no-such-image"
            container["image"] = agent_that(kind, scenario) if scenario else missing
        elif container["name"].startswith("agent-"):
            stopped = kind in STOPPED
            container["image"] = (
                agent_that("endless", ENDLESS) if stopped else agent_that("brief", BRIEF)
            )
    return composed


def at_rest(board: BoardSnapshot) -> bool:
    """One pair cannot start; both halves of the other have ended, and logcopy said so."""
    halves = [half for pair in board.pairs for half in (pair.simulator, pair.agent) if half]
    ended = sum(half.ended is not None for half in halves)
    told = sum(len(pair.ended) for pair in board.pairs)
    return board.status is SubmissionStatus.BLOCKED and (board.done, ended, told) == (5, 2, 2)


async def compared(consoles: Consoles, kind: str) -> None:
    """With those that look once, with the recording or without; and one that follows anew."""
    early = consoles.board
    await consoles.agree()
    for late in await consoles.late():
        assert late.budget.least <= early.budget.least, kind
        if early.ended:
            assert late.reason.replace("≥", "×") == early.reason, kind
        if early.pod_gone and not late.earlier and late.pod is None:
            assert late.budget.used is None, kind
    if early.ended:
        again = Follower(consoles.here, "default", kind)
        async with asyncio.timeout(30):
            await again.run()
        assert [*differences(facts(early), facts(again.board))] == [], kind
        assert again.board.budget == early.budget, kind


async def proves_bounds(consoles: Consoles) -> None:
    """Of a pod whose logs are gone: what its events prove, and no more; nobody knows the rest."""
    early = board_document(consoles.board)
    late = board_document((await consoles.late())[1])
    assert early["problems"]
    assert late["problems"] is None
    assert {pair["restarts"] for pair in late["pairs"]} == {None}
    proven = [pair["restartsAtLeast"] for pair in late["pairs"]]
    counted = [pair["restarts"] for pair in early["pairs"]]
    assert sum(proven) > 0
    assert all(least <= all_of for least, all_of in zip(proven, counted, strict=True))


async def expired(embedded: Embedded, consoles: Consoles, kind: str) -> None:
    """Its time to live is over: the recording answers for the Job, and nobody else."""
    path = f"/apis/batch/v1/namespaces/default/jobs/{kind}"
    await embedded.patch(path, {"spec": {"ttlSecondsAfterFinished": 0}})
    await recalled(consoles, kind)
    with pytest.raises(NotFound):
        await known(consoles.elsewhere, Wanted("default", kind))


async def recalled(consoles: Consoles, kind: str) -> None:
    async with asyncio.timeout(30):
        while not (told := await known(consoles.here, Wanted("default", kind))).recorded:  # noqa: ASYNC110 - the cluster deletes it
            await asyncio.sleep(0.05)
    assert [*differences(facts(consoles.board), facts(told.board))] == [], kind
    assert told.board.status is ENDS[kind]


async def ends(embedded: Embedded, folder: Path, kind: str) -> None:
    async with launched(embedded, folder, ill(kind)) as consoles:
        if stop := STOPPED.get(kind):
            await consoles.until(lambda board: (board.done or 0) >= 2)
            await stop(consoles.here, "default", kind)
        if kind == "image-missing":
            await consoles.until(at_rest)
        else:
            await consoles.until(lambda board: board.settled)
            await consoles.read_to_the_end()
        assert consoles.board.status is ENDS[kind], kind
        if kind == "deleted":
            await recalled(consoles, kind)
            return
        await compared(consoles, kind)
        if kind in ("spent", "hopeless"):
            await proves_bounds(consoles)
        if kind in ("crashed-once", "hopeless"):
            await expired(embedded, consoles, kind)


@pytest.mark.slow
async def test_a_late_console_differs_in_no_fact_whatever_ended_the_submission(
    tmp_path: Path,
) -> None:
    """The recording of another console on this machine may be there or not."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        await asyncio.gather(*(ends(embedded, tmp_path, kind) for kind in ENDS))
