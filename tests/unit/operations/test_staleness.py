"""Old state is marked as old, kept, and renewed: over a real API that refuses, expires and breaks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.following import followed, line, recorded_texts, until
from fakes.small_api import SmallApi, small_api
from fakes.wild_server import kubeconfig

from console.cluster.connecting import connect
from console.domain.events import ConnectionChanged
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.silence import SILENT_AFTER
from console.recorder.recorder import Recorder
from console.specs.validation import Judged


@contextlib.asynccontextmanager
async def on_the_wire(
    composed: Any, pod_of: Any, folder: Path
) -> AsyncIterator[tuple[SmallApi, Services]]:
    """A running submission with two containers, and services that reach it by HTTP."""
    meta = {**composed.manifest["metadata"], "uid": "job-1", "resourceVersion": "1"}
    pod = pod_of(agent_1=("running", 0), logcopy=("running", 0))
    async with small_api({**composed.manifest, "metadata": meta}, pod) as api:
        cluster = await connect(kubeconfig(folder, api.url))
        try:
            yield api, Services(cluster, Recorder(folder / "recordings"), lambda: datetime.now(UTC))
        finally:
            await cluster.close()


TROUBLES = {
    "token expired": {"list": 401, "watch": 401, "log": 401, "get": 401},
    "version expired": {"watch": 410},
    "version expired inside the watch": {"watch line": 410},
    "server at fault": {"list": 500, "watch": 500, "log": 500},
}


@pytest.mark.parametrize("trouble", list(TROUBLES))
async def test_trouble_is_shown_what_is_known_stays_and_afterwards_no_line_is_missing(
    composed, pod_of, tmp_path: Path, trouble: str
) -> None:
    """Meanwhile it asks again with growing pauses: four watches and two logs, no hot loop."""
    async with on_the_wire(composed, pod_of, tmp_path) as (api, services):
        api.logs["agent-1"].append(line(1, "before"))
        async with followed(services) as follower:
            await until(
                lambda: follower.board.live and recorded_texts(services, follower.board.job)
            )
            api.refuse = TROUBLES[trouble]
            api.asked.clear()
            api.cut()
            await until(lambda: not follower.board.live)
            assert follower.board.stale_why
            assert follower.board.stale_since is not None
            api.logs["agent-1"].append(line(2, "meanwhile"))
            await asyncio.sleep(4)
            assert api.asked.total() < 90, api.asked
            assert not follower.board.live
            assert follower.board.pod is not None
            assert "before" in recorded_texts(services, follower.board.job)
            api.refuse = {}
            await until(lambda: follower.board.live)
            api.logs["agent-1"].append(line(3, "after"))
            await until(lambda: "after" in recorded_texts(services, follower.board.job))
            assert recorded_texts(services, follower.board.job) == ["before", "meanwhile", "after"]
            assert follower.board.stale_why == ""


async def test_a_submission_that_falls_silent_is_not_shown_as_live(
    services, cluster, composed, pod_of
) -> None:
    """The watch is well, but logcopy, which repeats itself, is not heard: the node may be lost."""
    ahead = timedelta()
    silent = Services(cluster, services.recorder, lambda: datetime.now(UTC) + ahead)
    await launch(services, Judged(composed).valid)
    log = cluster.logs["pod-1", "logcopy", 0]
    log.lines.append(line(1, "0 of 20"))
    cluster.put(pod_of(agent_1=("running", 0), logcopy=("running", 0)))
    async with followed(silent) as follower:
        await until(lambda: follower.board.logcopy_line == "0 of 20")
        assert follower.board.live
        ahead = timedelta(seconds=SILENT_AFTER + 5)
        await until(lambda: not follower.board.live)
        assert "nothing has been heard of it since" in follower.board.stale_why
        assert silent.clock() - follower.board.stale_since > timedelta(seconds=SILENT_AFTER)
        cluster.tell("races", "demo", ConnectionChanged(silent.clock(), True))
        await asyncio.sleep(0.6)
        assert not follower.board.live
        log.lines.append(line(2, "1 of 20"))
        await until(lambda: follower.board.live)
        assert follower.board.stale_why == ""


@pytest.mark.parametrize("state", ["waiting", "ended"])
async def test_a_logcopy_that_cannot_speak_is_not_called_silent(
    services, cluster, composed, pod_of, state: str
) -> None:
    """Images are pulled for minutes; at the end it has nothing more to say."""
    ahead = timedelta()
    silent = Services(cluster, services.recorder, lambda: datetime.now(UTC) + ahead)
    await launch(services, Judged(composed).valid)
    cluster.put(pod_of(agent_1=("running", 0), logcopy=(state, 0)))
    async with followed(silent) as follower:
        await until(lambda: follower.board.live and follower.board.logcopy)
        ahead = timedelta(seconds=SILENT_AFTER + 5)
        await asyncio.sleep(0.6)
        assert follower.board.live
        cluster.put(pod_of(agent_1=("running", 0), logcopy=("running", 0)))
        await asyncio.sleep(0.6)
        assert follower.board.live
