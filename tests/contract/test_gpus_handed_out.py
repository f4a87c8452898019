"""Which GPUs the pairs of a submission get on a node of eight, what they say of them, what follows."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.embedded import Embedded, embedded_cluster

from console.cli.boards import board_text
from console.domain.board import GPU_PROBLEM, BoardSnapshot, PairBoard, PairStatus, SubmissionStatus
from console.operations.ports.cluster import Kind, Propagation
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.fleet import Fleet
from console.operations.watching.follower import Follower
from console.recorder.recorder import Recorder
from console.specs.compose import Composed, compose
from console.specs.template import load_template
from console.specs.validation import Judged
from console.specs.values import load_profile

AGENT, SIMULATOR = "console.local/team-agent:quick", "console.local/carla-simulator:0.9.14"


def submission(name: str, agent: str = AGENT, simulator: str = SIMULATOR, **said: str) -> Composed:
    template = load_template("2.0")
    given = {
        "submission.name": name,
        "submission.submitted_image_uri": agent,
        "cluster.simulator_image": simulator,
        **{f"cluster.{key}": value for key, value in said.items()},
    }
    values = load_profile("embedded").values("2.0")
    values = values.override(given, origin="test", known=template.paths)
    return compose(template, values, namespace="default")


@contextlib.asynccontextmanager
async def console(folder: Path) -> AsyncIterator[tuple[Embedded, Services]]:
    async with embedded_cluster(folder / "cluster") as embedded:
        recorder = Recorder(folder / "recordings")
        yield embedded, Services(embedded.cluster, recorder, lambda: datetime.now(UTC))


async def board_when(
    services: Services, name: str, true: Callable[[BoardSnapshot], bool]
) -> BoardSnapshot:
    follower = Follower(services, "default", name)
    following = asyncio.create_task(follower.run())
    try:
        async with asyncio.timeout(120):
            while not true(follower.board):  # noqa: ASYNC110 - it comes from other processes
                await asyncio.sleep(0.1)
        return follower.board
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def all_told(board: BoardSnapshot) -> bool:
    return bool(board.pairs) and all(p.simulator_gpu and p.agent_gpu for p in board.pairs)


def uuids(board: BoardSnapshot) -> list[str | None]:
    """Each pair's GPU, that both of its halves name."""
    return [uuid_of(pair) for pair in board.pairs]


def uuid_of(pair: PairBoard) -> str | None:
    assert pair.simulator_gpu is not None
    assert pair.agent_gpu is not None
    assert pair.simulator_gpu.uuid == pair.agent_gpu.uuid
    return pair.simulator_gpu.uuid


async def two(services: Services, **said: str) -> tuple[BoardSnapshot, BoardSnapshot]:
    for name in ("one", "two"):
        await launch(
            services, Judged(submission(name, "console.local/team-agent:steady", **said)).valid
        )
    one, other = (board_when(services, name, all_told) for name in ("one", "two"))
    return await one, await other


def all_meet(fleet: Fleet) -> bool:
    reasons = [row.reason for row in fleet.snapshot.rows]
    return len(reasons) == 2 and all("is on one GPU with" in reason for reason in reasons)


async def said(embedded: Embedded, *words: str, until: str = "") -> str:
    """What a command says; of one that goes on, up to these words."""
    program = (sys.executable, "-m", "console", "--kubeconfig", str(embedded.kubeconfig), *words)
    process = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(60):
        if not until:
            return (await process.communicate())[0].decode()
        assert process.stdout is not None
        text = (await process.stdout.readuntil(until.encode())).decode()
        process.terminate()
        await process.communicate()
        return text


@pytest.mark.slow
async def test_two_submissions_that_take_the_same_gpus_by_limits_are_told(tmp_path: Path) -> None:
    """What they tell by hand counts before what the device plug-in gave each; the list says so."""
    async with console(tmp_path) as (embedded, services):
        one, other = await two(services)
        assert [pair.gpu for pair in one.pairs] == [0, 1, 2, 3]
        assert uuids(one) == uuids(other)
        seen = one.pairs[2].simulator_gpu
        assert seen is not None
        assert (seen.count, seen.told, seen.name) == (8, "2", "NVIDIA A10G")
        fleet = Fleet(services, "default")
        running = asyncio.create_task(fleet.run())
        try:
            async with asyncio.timeout(60):
                while not all_meet(fleet):  # noqa: ASYNC110 - it comes from other processes
                    await asyncio.sleep(0.1)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        told = [each.text for each in fleet.board("default", "one").problems]
        assert len(told) == 4
        assert told[2].startswith("pair 3 is on one GPU with pair 3 of two: GPU-00000002")
        text = await said(embedded, "status", "one")
        assert all(each in text for each in told)
        document = json.loads(await said(embedded, "status", "one", "-o", "json"))
        assert [each["text"] for each in document["problems"]] == told
        watched = await said(embedded, "status", "one", "--watch", until=told[3])
        assert all(each in watched for each in told)


@pytest.mark.slow
async def test_two_submissions_by_claims_have_eight_gpus_and_leave_no_claim(
    tmp_path: Path,
) -> None:
    """The pair's number, its GPU's index and what the runtime was told are three things."""
    async with console(tmp_path) as (embedded, services):
        one, other = await two(services, gpus="claims")
        assert len({*uuids(one), *uuids(other)}) == 8
        assert [pair.gpu for pair in one.pairs] != [pair.gpu_asked for pair in one.pairs]
        for pair in (*one.pairs, *other.pairs):
            assert pair.gpu_asked is None
            assert pair.agent_gpu is not None
            assert (pair.agent_gpu.count, pair.agent_gpu.told) == (1, "void")
        assert not one.problems
        assert len(embedded.store.list("resourceclaims")) == 8
        for name in ("one", "two"):
            background = Propagation.BACKGROUND
            await services.cluster.delete(Kind.JOB, "default", name, propagation=background)
        left = ("resourceclaims", "resourceclaimtemplates")
        async with asyncio.timeout(60):
            while any(map(embedded.store.list, left)):  # noqa: ASYNC110 - other parts collect them
                await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_shares_stop_nobody(tmp_path: Path) -> None:
    async with console(tmp_path) as (_, services):
        await launch(services, Judged(submission("shares", gpus="shared")).valid)
        board = await board_when(services, "shares", lambda board: board.ended)
        assert board.status is SubmissionStatus.COMPLETE
        assert uuids(board) == list(dict.fromkeys(uuids(board)))


BAD = {
    "none": ("no GPU", [1, 2, 3, 4]),
    "void": ("no GPU", [1, 2, 3, 4]),
    "swapped": ("the halves are on different GPUs", [1, 2, 3, 4]),
    "wrong": ("pair 1 is on this GPU", [2, 3, 4]),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", BAD)
async def test_a_pair_with_a_wrong_gpu_drives_nothing_and_spends_no_restart(
    tmp_path: Path, how: str
) -> None:
    words, pairs = BAD[how]
    simulator = f"{SIMULATOR}.gpu-wrong" if how == "wrong" else SIMULATOR
    async with console(tmp_path) as (_, services):
        await launch(services, Judged(submission("bad", f"{AGENT}.gpu-{how}", simulator)).valid)
        board = await board_when(services, "bad", lambda board: board.ended)
        assert board.status is SubmissionStatus.INCOMPLETE
        assert board.budget.used == 0
        told = {each.pair: each.text for each in board.problems if each.kind == "gpu"}
        assert sorted(told) == pairs
        assert words in told[pairs[0]]
        assert told[pairs[0]] in board.reason
        failed = [p.number for p in board.pairs if p.status is PairStatus.FAILED]
        assert failed == pairs
        assert board.done == 5 * (4 - len(pairs))


@pytest.mark.slow
async def test_how_busy_each_pairs_gpu_is_comes_from_its_own_simulator(tmp_path: Path) -> None:
    """From nvidia-smi through the status file, logcopy's log and the fold to `status`."""
    async with console(tmp_path) as (_, services):
        idle = submission("idle", "console.local/team-agent:steady", f"{SIMULATOR}.gpu-idle")
        await launch(services, Judged(idle).valid)
        board = await board_when(
            services, "idle", lambda board: all(p.gpu_use for p in board.pairs) and all_told(board)
        )
        told = board_text(board).splitlines()
    assert [line for line in told if line.startswith("        GPU ")] == [
        "        GPU 0 % 0.3/22.5 GiB 41°C 24 W"
    ] * 4
    assert not [each for each in board.problems if each.kind == GPU_PROBLEM]
