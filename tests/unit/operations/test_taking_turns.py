"""Starting what waits: by whom, once, only in its turn, and never what was changed meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.following import until
from msgspec.structs import replace

from console.domain.board import SubmissionStatus
from console.domain.facts import Turn
from console.errors import ConsoleError, InvalidInput
from console.operations.ports.cluster import Kind
from console.operations.services import Services
from console.operations.submitting.ending import cancel
from console.operations.submitting.launch import launch
from console.operations.submitting.launch_many import new_batch
from console.operations.watching import unattended
from console.operations.watching.fleet_once import fleet_once
from console.operations.watching.taking_turns import AGAIN_SECONDS, TakingTurns
from console.operations.watching.unattended import Unattended
from console.specs.compose import compose
from console.specs.template import load_template
from console.specs.validation import Judged
from console.specs.values import load_profile

COMPLETE = {"conditions": [{"type": "Complete", "status": "True"}]}


async def queued(services: Services, *names: str, at_most: int = 2) -> None:
    template, profile = load_template("2.0"), load_profile("embedded").values("2.0")
    for place, name in enumerate(names, 1):
        values = profile.override({"submission.name": name}, origin="test", known=template.paths)
        valid = Judged(compose(template, values, namespace="races")).valid
        await launch(services, valid, turn=Turn("batch", place, len(names), at_most))


async def running(cluster: FakeCluster) -> list[str]:
    return [job.name for job in await cluster.jobs("races") if not job.suspended and not job.over]


async def end(cluster: FakeCluster, name: str) -> None:
    cluster.put({**await cluster.read(Kind.JOB, "races", name), "status": COMPLETE})


async def test_a_launched_one_waits_in_the_cluster_and_says_since_when(services, cluster) -> None:
    await queued(services, "a")
    stored = await cluster.read(Kind.JOB, "races", "a")
    assert stored["spec"]["suspend"] is True
    assert "leaderboard.carla.org/queued-at" in stored["metadata"]["annotations"]
    (job,) = await cluster.jobs("races")
    assert job.in_line


async def test_steps_start_the_first_in_order_and_the_next_as_places_become_free(
    services, cluster
) -> None:
    await queued(services, *"abcde")
    turns = TakingTurns(services)
    for ends, now in (("", "ab"), ("b", "ac"), ("ac", "de"), ("de", "")):
        for name in ends:
            await end(cluster, name)
        await turns.step(await cluster.jobs("races"))
        await turns.step(await cluster.jobs("races"))
        assert await running(cluster) == [*now]


async def test_old_facts_start_nothing_more_than_there_is_room_for(services, cluster) -> None:
    await queued(services, *"abc", at_most=1)
    old = await cluster.jobs("races")
    turns = TakingTurns(services)
    assert [job.name for job in await turns.step(old)] == ["a"]
    assert await turns.step(old) == ()
    assert await TakingTurns(services).step(old) == ()
    assert await running(cluster) == ["a"]


async def test_what_was_cancelled_deleted_or_replaced_meanwhile_is_left_alone(
    services, cluster
) -> None:
    await queued(services, "a")
    old = await cluster.jobs("races")
    await cancel(services, "races", "a")
    patched = await cluster.read(Kind.JOB, "races", "a")
    await TakingTurns(services).step(replace_uid(old, "other"))
    assert await cluster.read(Kind.JOB, "races", "a") == patched
    cluster.drop(Kind.JOB, "races", "a")
    assert await TakingTurns(services).step(old) == ()


def replace_uid(jobs: Any, uid: str) -> list[Any]:
    return [replace(job, uid=uid) for job in jobs]


async def test_who_may_not_change_jobs_starts_none_and_asks_once(services, cluster) -> None:
    await queued(services, "a")
    cluster.forbidden.add(("patch", "jobs"))
    turns = TakingTurns(services)
    assert await turns.step(await cluster.jobs("races")) == ()
    cluster.forbidden.clear()
    assert await turns.step(await cluster.jobs("races")) == ()
    assert await running(cluster) == []


async def test_a_start_that_failed_is_tried_again_after_a_while(services, cluster) -> None:
    await queued(services, "a")
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    clock = [now]
    turns = TakingTurns(replace(services, clock=lambda: clock[0]))
    cluster.refuse["patch", Kind.JOB] = ConsoleError("The server is busy.")
    assert await turns.step(await cluster.jobs("races")) == ()
    cluster.refuse.clear()
    assert await turns.step(await cluster.jobs("races")) == ()
    clock[0] = now + timedelta(seconds=AGAIN_SECONDS)
    assert [job.name for job in await turns.step(await cluster.jobs("races"))] == ["a"]


async def test_a_recorder_starts_them_in_turn_and_stays_while_something_waits(
    services, cluster, monkeypatch
) -> None:
    monkeypatch.setattr(unattended, "_LOOK_EVERY", 0.05)
    await queued(services, *"abc", at_most=1)
    following = Unattended(services, idle_seconds=0.5)
    task = asyncio.create_task(following.run("races"))
    for name in "abc":
        await until(lambda name=name: is_running(cluster, name))
        assert await running(cluster) == [name]
        await end(cluster, name)
    async with asyncio.timeout(10):
        await task


def is_running(cluster: FakeCluster, name: str) -> bool:
    return not cluster.objects[Kind.JOB, "races", name]["spec"].get("suspend")


async def test_what_waits_takes_no_room_from_what_is_recorded(services, cluster) -> None:
    await queued(services, *"ab", at_most=1)
    cluster.forbidden.add(("patch", "jobs"))
    following = Unattended(services, idle_seconds=900.0)
    task = asyncio.create_task(following.run("races"))
    await until(lambda: following.followed() and following.followed()[0].active == 2)
    state = following.followed()[0]
    assert (state.recorded, state.unrecorded) == (0, ())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("file", "begins"),
    [("/x/Teams 2026.csv", "teams-2026-"), ("-", "batch-"), ("ü.yaml", "batch-")],
)
def test_a_batch_is_called_after_its_file_and_each_is_another(file: str, begins: str) -> None:
    one, two = new_batch(file), new_batch(file)
    assert one.startswith(begins)
    assert one != two


async def test_the_list_says_who_waits_and_where(services, cluster) -> None:
    await queued(services, *"abc", at_most=1)
    await TakingTurns(services).step(await cluster.jobs("races"))
    look = await fleet_once(services, "races")
    assert [board.status for board in look.boards] == [
        *(SubmissionStatus.PENDING, SubmissionStatus.QUEUED),
        SubmissionStatus.QUEUED,
    ]


async def test_a_template_of_kueues_queue_is_left_to_kueue(services, cluster, composed) -> None:
    composed.manifest["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] = "teams"
    valid = Judged(composed).valid
    with pytest.raises(InvalidInput, match="Kueue's queue teams"):
        await launch(services, valid, turn=Turn("batch", 1, 1, 1))
    await launch(services, valid)
    (job,) = await cluster.jobs("races")
    assert (job.suspended, job.queued, job.queue) == (True, True, "teams")
