"""The list: followed and recorded while active, right also where there is no room to follow."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import resource
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fakes.following import line, listed, recorded_texts, until
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.events import ConnectionChanged, Event, JobSeen
from console.domain.fleet import SubmissionRow
from console.domain.pair_board import PairBoard, PairStatus
from console.operations.ports.cluster import Kind
from console.operations.submitting.launch import launch
from console.operations.watching.fleet import PUBLISH_EVERY, Fleet
from console.operations.watching.follower import Follower
from console.operations.watching.room import MOST_FOLLOWED, has_room, most_followed
from console.specs.compose import Composed
from console.specs.validation import Judged

SNAPSHOT = (
    '@leaderboard n0nce 1 snapshot {"v":1,"t":1,"status":"running","done":3,"total":20,"pairs":[]}'
)


def row(fleet: Fleet, name: str = "demo") -> SubmissionRow | None:
    return next((each for each in fleet.snapshot.rows if each.name == name), None)


def renamed(composed: Composed, name: str) -> Composed:
    text = json.dumps(composed.manifest).replace("demo-workers", f"{name}-workers")
    manifest, config_map = json.loads(text), copy.deepcopy(composed.config_map)
    manifest["metadata"]["name"] = name
    config_map["metadata"]["name"] = f"{name}-workers"
    return Composed(manifest, config_map, composed.document)


def pod_for(pod: dict[str, Any], name: str) -> dict[str, Any]:
    meta = {"name": f"{name}-abcde", "uid": f"pod-of-{name}", "labels": {"job-name": name}}
    return {**pod, "metadata": {**pod["metadata"], **meta}}


async def test_the_fleet_lists_follows_and_forgets(services, cluster, composed, pod_of) -> None:
    """Active submissions are recorded without anybody looking; deleted ones leave the list."""
    job = (await launch(services, Judged(composed).valid)).job
    cluster.logs["pod-1", "agent-1", 0].lines.append(line(1, "recorded"))
    cluster.put(pod_of(agent_1=("running", 0)))
    async with listed(services) as fleet:
        await until(lambda: (seen := row(fleet)) and seen.status is SubmissionStatus.RUNNING)
        assert fleet.snapshot.live
        assert (row(fleet).total, row(fleet).remark) == (20, "")
        shown = fleet.snapshot.boards["races", "demo"]
        assert shown.status is SubmissionStatus.RUNNING
        await until(lambda: recorded_texts(services, job) == ["recorded"])
        assert fleet.follower("races", "demo") is fleet.follower("races", "demo")
        cluster.drop(Kind.JOB, "races", "demo")
        await until(lambda: fleet.snapshot.rows == ())
        assert fleet.snapshot.boards == {}


async def test_of_deleted_submissions_nothing_stays_in_memory_but_what_a_screen_shows(
    services, cluster, composed
) -> None:
    for name in ("shown", "unseen"):
        await launch(services, Judged(renamed(composed, name)).valid)
    async with listed(services, most=0) as fleet:
        await until(lambda: len(fleet.snapshot.rows) == 2)
        shown = fleet.follower("races", "shown")
        for name in ("shown", "unseen"):
            cluster.drop(Kind.JOB, "races", name)
        await until(lambda: fleet.snapshot.rows == ())
        await until(lambda: len(_followers()) == 1)
        assert _followers() == [shown]
        assert fleet.board("races", "shown").status is SubmissionStatus.DELETED


def _followers() -> list[Follower]:
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, Follower)]


async def test_where_there_is_no_room_the_row_is_right_and_says_that_nothing_is_recorded(
    services, cluster, composed, pod_of
) -> None:
    """State, restarts and budget come from the list's own watch; it is followed as soon as can be."""
    first = (await launch(services, Judged(composed).valid)).job
    cluster.put(pod_of(agent_1=("running", 0)))
    second = (await launch(services, Judged(renamed(composed, "second")).valid)).job
    cluster.logs["pod-of-second", "agent-1", 2].lines.append(line(1, "spoken"))
    cluster.put(pod_for(pod_of(agent_1=("running", 2)), "second"))
    async with listed(services, most=1) as fleet:
        await until(lambda: row(fleet, "second") and row(fleet, "second").remark)
        seen = row(fleet, "second")
        assert (seen.status, seen.restarts, seen.backoff_limit) == (SubmissionStatus.RUNNING, 2, 8)
        assert seen.remark == "Its logs are not recorded: at most 1 are followed at once."
        assert seen.reason == seen.remark
        assert row(fleet).remark == ""
        assert recorded_texts(services, second) == []
        cluster.drop(Kind.POD, "races", "demo-abcde")
        cluster.drop(Kind.JOB, "races", "demo")
        await until(lambda: "spoken" in recorded_texts(services, second))
        await until(lambda: row(fleet, "second").remark == "")
        assert recorded_texts(services, first) == []


async def test_a_namesake_launched_later_is_followed_and_recorded_too(
    services, cluster, composed, pod_of
) -> None:
    """Deleted and launched again under the same name: another submission, another recording."""
    async with listed(services) as fleet:
        told = []
        for second in (1, 2):
            job = (await launch(services, Judged(composed).valid)).job
            cluster.logs["pod-1", "agent-1", 0].lines[:] = [line(second, f"run {second}")]
            cluster.put(pod_of(agent_1=("running", 0)))
            await until(lambda job=job: recorded_texts(services, job))
            told.append(recorded_texts(services, job))
            cluster.drop(Kind.POD, "races", "demo-abcde")
            cluster.drop(Kind.JOB, "races", "demo")
            cluster.drop(Kind.CONFIG_MAP, "races", "demo-workers")
            await until(lambda: fleet.snapshot.rows == ())
    assert told == [["run 1"], ["run 2"]]


async def test_of_ended_submissions_only_those_are_read_whose_rows_are_seen(
    services, cluster, composed, pod_of
) -> None:
    """Thousands have ended; what each has to say last is asked for when somebody looks."""
    for name in ("demo", "second"):
        await launch(services, Judged(renamed(composed, name)).valid)
        cluster.put(pod_for(pod_of("Succeeded", logcopy=("ended", 0)), name))
        stored = await cluster.read(Kind.JOB, "races", name)
        cluster.put({**stored, "status": {"conditions": [{"type": "Complete", "status": "True"}]}})
        said = cluster.logs[f"pod-of-{name}", "logcopy", 0]
        said.lines, said.ended = [line(1, SNAPSHOT)], True
    async with listed(services) as fleet:
        await until(lambda: fleet.snapshot.live and len(fleet.snapshot.rows) == 2)
        assert cluster.requests == []
        fleet.show_rows([("races", "second"), ("races", "nobody")])
        await until(lambda: row(fleet, "second").done == 3)
        assert [request.pod for request in cluster.requests] == ["second-abcde"]
        fleet.show_rows([("races", "second"), ("races", "demo")])
        await until(lambda: row(fleet).done == 3)
        assert [request.pod for request in cluster.requests] == ["second-abcde", "demo-abcde"]


async def test_a_row_that_the_cursor_rests_on_is_not_recorded_for_that(
    services, cluster, composed, pod_of
) -> None:
    """Whoever walks down a list reads the logs of none; a screen of its own reads them all."""
    job = (await launch(services, Judged(composed).valid)).job
    cluster.put(pod_of("Succeeded", agent_1=("ended", 0), logcopy=("ended", 0)))
    stored = await cluster.read(Kind.JOB, "races", "demo")
    cluster.put({**stored, "status": {"conditions": [{"type": "Complete", "status": "True"}]}})
    said = cluster.logs["pod-1", "agent-1", 0]
    said.lines, said.ended = [line(1, "kept")], True
    cluster.logs["pod-1", "logcopy", 0].ended = True
    async with listed(services) as fleet:
        await until(lambda: (seen := row(fleet)) and seen.status is SubmissionStatus.UNVERIFIED)
        assert fleet.listed_board("races", "demo").status is SubmissionStatus.UNVERIFIED
        assert fleet.listed_board("races", "demo") is fleet.listed_board("races", "demo")
        await asyncio.sleep(0)
        assert (fleet.recorded, cluster.requests) == (0, [])
        assert (row(fleet).standing, row(fleet).done) == ("Ended ?", None)
        assert "has not been looked at yet" in row(fleet).reason
        fleet.show_rows([("races", "demo")])
        await until(lambda: [asked.container for asked in cluster.requests] == ["logcopy"])
        await until(lambda: row(fleet).standing == "Unverified")
        assert recorded_texts(services, job) == []
        assert fleet.board("races", "demo").status is SubmissionStatus.UNVERIFIED
        await until(lambda: recorded_texts(services, job) == ["kept"])


async def test_of_a_row_that_the_cluster_has_not_named_yet_nothing_is_known(services) -> None:
    async with listed(services) as fleet:
        shown = fleet.listed_board("races", "remembered")
        assert (shown.job, shown.live) == (None, False)
        assert fleet.snapshot.rows == ()


async def test_a_row_whose_follower_lost_the_cluster_says_so(
    services, cluster, composed, pod_of
) -> None:
    await launch(services, Judged(composed).valid)
    cluster.put(pod_of(agent_1=("running", 0)))
    async with listed(services) as fleet:
        await until(lambda: row(fleet) and fleet.follower("races", "demo").board.live)
        cluster.tell("races", "demo", ConnectionChanged(services.clock(), False, "cable cut"))
        await until(lambda: row(fleet).remark == "Not live: cable cut")


@pytest.mark.parametrize(("files", "most"), [(256, 2), (1024, 34), (4096, MOST_FOLLOWED), (64, 1)])
def test_no_more_are_followed_than_files_may_be_open(
    monkeypatch: pytest.MonkeyPatch, files: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    assert most_followed() == most


def test_a_submission_on_each_of_a_hundred_nodes_is_recorded() -> None:
    assert MOST_FOLLOWED > 100


@pytest.mark.parametrize(
    ("recorded", "pairs", "fits"),
    [([], 16, True), ([4], 4, True), ([4, 1], 1, False), ([8], 1, False), ([4], 16, False)],
)
def test_many_pairs_take_the_room_of_several_submissions(
    recorded: list[int], pairs: int, fits: bool
) -> None:
    """Each pair has two logs, and a file or two for each; one submission is always recorded."""

    def of(count: int) -> BoardSnapshot:
        numbers = range(1, count + 1)
        made = (PairBoard(each, 0, 2000, 2010, "0", PairStatus.DRIVING) for each in numbers)
        return BoardSnapshot("races", "demo", pairs=tuple(made))

    assert has_room(of(pairs), map(of, recorded), most=2) is fits


async def test_the_first_whole_list_is_published_at_once(services, composed) -> None:
    await launch(services, Judged(composed).valid)
    began = asyncio.get_running_loop().time()
    async with listed(services) as fleet:
        await fleet.changed.wait()
        assert fleet.snapshot.live
        assert row(fleet) is not None
        assert asyncio.get_running_loop().time() - began < PUBLISH_EVERY


async def test_while_the_first_list_is_read_nothing_is_claimed_of_pods_that_were_not_told(
    services, composed
) -> None:
    """Its Job has a pod: to say that it waits for one would be wrong."""
    await launch(services, Judged(composed).valid)
    job = replace(await services.cluster.job("races", "demo"), active=1)
    live = asyncio.Event()

    async def watch(namespace: str | None) -> AsyncIterator[tuple[str, str, Event]]:
        yield "races", "demo", JobSeen(services.clock(), job)
        await live.wait()
        yield "", "", ConnectionChanged(services.clock(), True)
        await asyncio.Event().wait()

    services.cluster.watch_submissions = watch
    async with listed(services) as fleet:
        await until(lambda: row(fleet))
        assert (fleet.snapshot.live, fleet.snapshot.heard) == (False, 1)
        assert row(fleet).status is SubmissionStatus.UNKNOWN
        assert (row(fleet).reason, row(fleet).restarts) == ("Its pods are still being read.", None)
        live.set()
        await until(lambda: fleet.snapshot.live)
        assert not fleet.snapshot.growing
        assert row(fleet).status is SubmissionStatus.PENDING
