"""Kueue's word on Jobs that wait, over real HTTP: asked for little, and missed where it is not told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from fakes.wild_server import WildServer, kubeconfig, wild_server

from console.cluster import admission
from console.cluster.admission import InQueues, Queues
from console.cluster.credentials import credentials_of
from console.cluster.naming import access
from console.cluster.transport import Transport
from console.domain.events import JobSeen, JobVanished
from console.domain.facts import Admission, JobFacts, KueueQueue
from console.errors import NotFound

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUOTA = (
    "couldn't assign flavors to pod set main: insufficient unused quota for nvidia.com/gpu in flavor"
    " gpus, 4 more needed"
)
KUEUE = "/apis/kueue.x-k8s.io"
PLACES = "/apis/visibility.kueue.x-k8s.io"
LINE = f"{PLACES}/v1beta2/namespaces/races/localqueues/teams/pendingworkloads"
WORKLOADS = f"{KUEUE}/v1beta2/namespaces/races/workloads"


def job(number: int, **more: Any) -> JobFacts:
    waits: dict[str, Any] = {"suspended": True, "queue": "teams"}
    return JobFacts(f"job-{number}", "races", f"uid-{number}", NOW, 8, **{**waits, **more})


def pending(number: int, place: int) -> dict[str, Any]:
    owner = {"kind": "Job", "name": f"job-{number}", "uid": f"uid-{number}"}
    return {"metadata": {"ownerReferences": [owner]}, "positionInClusterQueue": place}


def workload(number: int, *conditions: dict[str, str], **spec: Any) -> dict[str, Any]:
    meta = {
        "name": f"job-job-{number}-1a2b3",
        "labels": {"kueue.x-k8s.io/job-uid": f"uid-{number}"},
    }
    return {"metadata": meta, "spec": spec, "status": {"conditions": list(conditions)}}


def condition(kind: str, status: str, reason: str, message: str) -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": message}


NO_ROOM = condition("QuotaReserved", "False", "Pending", QUOTA)


def group(version: str = "v1beta2") -> dict[str, Any]:
    return {"preferredVersion": {"version": version}}


class Kueue:
    """What the server answers, by path; 404 for what is not there, a number for a refusal."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = {
            KUEUE: group(),
            PLACES: group(),
            LINE: {"items": []},
            WORKLOADS: {"items": []},
        }
        self.answers.update(answers)

    async def __call__(self, request: web.Request) -> web.Response:
        answer = self.answers.get(request.path, 404)
        if isinstance(answer, int):
            return web.json_response({"kind": "Status", "code": answer}, status=answer)
        return web.json_response(answer)


@contextlib.asynccontextmanager
async def queues(folder: Path, kueue: Kueue) -> AsyncIterator[tuple[Queues, WildServer]]:
    async with wild_server(kueue) as server:
        chosen = access(kubeconfig(folder, server.url))
        transport = Transport(chosen, credentials_of(chosen))
        try:
            yield Queues(transport), server
        finally:
            await transport.close()


async def test_place_and_reason_are_told_of_those_that_wait(tmp_path: Path) -> None:
    kueue = Kueue()
    kueue.answers[LINE] = {"items": [pending(9, 0), pending(1, 1)]}
    kueue.answers[WORKLOADS] = {"items": [workload(1, NO_ROOM)]}
    async with queues(tmp_path, kueue) as (asked, server):
        one, runs = await asked.with_admission((job(1), job(2, suspended=False)))
    assert one.admission == Admission(QUOTA, place=2)
    assert runs.admission is None
    assert server.requests[-1].query["labelSelector"] == "kueue.x-k8s.io/job-uid in (uid-1)"


async def test_nothing_is_asked_where_none_waits_for_kueue(tmp_path: Path) -> None:
    async with queues(tmp_path, Kueue()) as (asked, server):
        jobs = (job(1, suspended=False), job(2, queue=""), job(3, cancelled=True))
        assert await asked.with_admission(jobs) == jobs
    assert server.requests == []


async def test_of_many_only_the_first_in_line_are_told_why(tmp_path: Path) -> None:
    jobs = tuple(job(number) for number in range(200))
    kueue = Kueue()
    kueue.answers[LINE] = {"items": [pending(number, 199 - number) for number in range(200)]}
    async with queues(tmp_path, kueue) as (asked, server):
        told = await asked.told(jobs)
        await asked.told(jobs)
        paths = [each.path for each in server.requests]
        assert paths == [PLACES, LINE, KUEUE, WORKLOADS, LINE, WORKLOADS], "however many wait"
    assert [told[f"uid-{number}"].place for number in (0, 199)] == [200, 1]
    first = server.requests[-1].query["labelSelector"]
    assert first.count("uid-") == admission.MOST_ASKED
    assert "uid-199," in first


@pytest.mark.parametrize(
    ("conditions", "spec", "told"),
    [
        ((), {}, Admission()),
        (
            (
                condition(
                    "QuotaReserved", "False", "Inadmissible", "LocalQueue teams doesn't exist"
                ),
            ),
            {},
            Admission("LocalQueue teams doesn't exist", inadmissible=True),
        ),
        (
            (NO_ROOM, condition("Evicted", "True", "Preempted", "Preempted to accommodate a")),
            {},
            Admission(QUOTA, taken_back="Preempted to accommodate a"),
        ),
        ((condition("QuotaReserved", "True", "QuotaReserved", "Quota reserved"),), {}, Admission()),
        ((), {"active": False}, Admission(active=False)),
    ],
)
async def test_what_its_workload_says_is_kept_in_its_words(
    tmp_path: Path, conditions: Any, spec: Any, told: Admission
) -> None:
    kueue = Kueue()
    kueue.answers[WORKLOADS] = {"items": [workload(1, *conditions, **spec)]}
    async with queues(tmp_path, kueue) as (asked, _):
        assert (await asked.told((job(1),)))["uid-1"] == told


@pytest.mark.parametrize("code", [403, 404, 500])
async def test_what_may_not_be_read_is_not_known_and_hides_nothing_else(
    tmp_path: Path, code: int
) -> None:
    kueue = Kueue()
    kueue.answers[WORKLOADS] = {"items": [workload(1, NO_ROOM)]}
    kueue.answers[LINE] = code
    async with queues(tmp_path, kueue) as (asked, _):
        assert await asked.told((job(1),)) == {"uid-1": Admission(QUOTA)}
        kueue.answers |= {LINE: {"items": [pending(1, 0)]}, WORKLOADS: code}
        assert await asked.told((job(1),)) == {"uid-1": Admission(place=1)}
        kueue.answers |= {LINE: code}
        assert await asked.with_admission((job(1),)) == (job(1),)


async def test_the_version_that_the_server_prefers_is_asked(tmp_path: Path) -> None:
    kueue = Kueue()
    kueue.answers |= {KUEUE: group("v1beta1"), PLACES: 404}
    kueue.answers[WORKLOADS.replace("v1beta2", "v1beta1")] = {"items": [workload(1, NO_ROOM)]}
    async with queues(tmp_path, kueue) as (asked, _):
        assert await asked.told((job(1),)) == {"uid-1": Admission(QUOTA)}


async def test_all_queues_of_a_namespace_are_told_by_name(tmp_path: Path) -> None:
    kueue, path = Kueue(), f"{KUEUE}/v1beta2/namespaces/races/localqueues"
    held = condition("Active", "False", "LocalQueueIsInactive", "LocalQueue is stopped")
    kueue.answers[path] = {
        "items": [
            {"metadata": {"name": "teams"}, "status": {"conditions": [held]}},
            {"metadata": {"name": "season"}},
        ]
    }
    async with queues(tmp_path, kueue) as (asked, _):
        told = await asked.queues("races")
        assert told == (KueueQueue("season"), KueueQueue("teams", "LocalQueue is stopped"))
        kueue.answers[KUEUE] = 404
    async with queues(tmp_path, kueue) as (asked, _):
        with pytest.raises(NotFound):
            await asked.queues("races")


async def test_a_queue_tells_why_it_admits_nothing(tmp_path: Path) -> None:
    kueue, path = Kueue(), f"{KUEUE}/v1beta2/namespaces/races/localqueues/teams"
    stopped = condition("Active", "False", "LocalQueueIsInactive", "LocalQueue is stopped")
    kueue.answers[path] = {"metadata": {"name": "teams"}, "status": {"conditions": [stopped]}}
    async with queues(tmp_path, kueue) as (asked, _):
        assert (await asked.queue("races", "teams")).trouble == "LocalQueue is stopped"
        kueue.answers[path]["status"]["conditions"][0]["status"] = "True"
        assert (await asked.queue("races", "teams")).trouble == ""
        with pytest.raises(NotFound):
            await asked.queue("races", "other")


async def test_a_watch_tells_again_as_the_word_changes_and_asks_only_while_one_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "PAUSE", 0.0)
    kueue = Kueue()
    kueue.answers[LINE] = {"items": [pending(1, 1)]}
    async with queues(tmp_path, kueue) as (asked, server):
        waiting = InQueues(asked)
        looks = waiting.looks()
        first = asyncio.ensure_future(anext(looks))
        await asyncio.sleep(0)
        assert not server.requests
        waiting.learn("races", "job-1", JobSeen(NOW, job(1)))
        ((_, name, seen),) = waiting.renewed(await first)
        assert (name, seen.job.admission) == ("job-1", Admission(place=2))
        assert waiting.renewed(await anext(looks)) == []
        _, _, again = waiting.learn("races", "job-1", JobSeen(NOW, job(1)))
        assert again.job.admission == Admission(place=2), "a change of the Job forgets no place"
        kueue.answers[LINE] = {"items": [pending(1, 0)]}
        ((_, _, seen),) = waiting.renewed(await anext(looks))
        assert seen.job.admission == Admission(place=1)
        waiting.learn("races", "job-1", JobVanished(NOW))
        assert waiting.renewed({}) == []
        await looks.aclose()
