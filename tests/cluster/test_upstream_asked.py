"""What upstream's submissions cost who has none, and what a name that is like one's gets."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from fakes.upstream_seen import pod_of, stored, usual
from fakes.wild_server import kubeconfig, wild_server

from console.cluster.bounds import TooMuch
from console.cluster.connecting import connect
from console.cluster.edge import KubernetesCluster
from console.domain.events import ConnectionChanged, PodSeen
from console.errors import NotFound

MISSING = {"kind": "Status", "code": 404, "reason": "NotFound", "message": "not found"}
NO_SUCH_FIELD = {
    "kind": "Status",
    "code": 400,
    "reason": "BadRequest",
    "message": "field label not supported: spec.serviceAccountName",
}
REFUSED = {"kind": "Status", "code": 403, "reason": "Forbidden", "message": "no list"}


class Api:
    """Upstream's Jobs and pods, for who selects as the server would; `asked` tells what was."""

    def __init__(
        self,
        *,
        refuses_lists: bool = False,
        empty: bool = False,
        knows_field: bool = True,
        endless: bool = False,
    ) -> None:
        self.refuses_lists, self.empty, self.endless = refuses_lists, empty, endless
        self.knows_field = knows_field
        self.asked: list[tuple[str, str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        query = request.query
        kind = request.path.rpartition("/")[2]
        chosen = query.get("labelSelector", ""), query.get("fieldSelector", "")
        self.asked.append((kind, *chosen))
        if kind not in ("jobs", "pods", "events", "version"):
            return web.json_response(MISSING, status=404)
        if self.refuses_lists and kind != "version":
            return web.json_response(REFUSED, status=403)
        if chosen[1] and not self.knows_field:
            return web.json_response(NO_SUCH_FIELD, status=400)
        if "watch" in query:
            held = web.StreamResponse()
            await held.prepare(request)
            await asyncio.sleep(3600)
        items = []
        if chosen[0].startswith("!") and not self.empty:
            made = usual().jobs()
            items = [stored(each) if kind == "jobs" else pod_of(each) for each in made]
        more = {"continue": "more"} if self.endless and kind == "pods" and items else {}
        page = {
            "gitVersion": "v1.36.2",
            "metadata": {"resourceVersion": "1", **more},
            "items": items,
        }
        return web.Response(body=json.dumps(page), content_type="application/json")


@asynccontextmanager
async def cluster(api: Api, folder: Path) -> AsyncIterator[KubernetesCluster]:
    async with wild_server(api.answer) as server:
        made = await connect(kubeconfig(folder, server.url))
        api.asked.clear()
        try:
            yield made
        finally:
            await made.close()


async def test_a_namespace_without_any_costs_one_list_of_jobs_without_a_label(
    tmp_path: Path,
) -> None:
    api = Api(empty=True)
    async with cluster(api, tmp_path) as there:
        assert await there.jobs("default") == ()
        assert await there.pods("default", None) == ()
    ours = "app.kubernetes.io/name=leaderboard-submission"
    assert api.asked == [
        ("jobs", ours, ""),
        ("jobs", "!app.kubernetes.io/name", ""),
        ("pods", ours, ""),
    ]


async def test_pods_are_chosen_by_the_server_by_their_account(tmp_path: Path) -> None:
    api = Api()
    async with cluster(api, tmp_path) as there:
        (job,) = await there.jobs("default")
        pods = await there.pods("default", job.name)
    assert api.asked[-1] == (
        "pods",
        "!app.kubernetes.io/name",
        "spec.serviceAccountName=submission-worker",
    )
    assert sorted(each.index or 0 for each in pods) == [-1, 0, 1, 2, 3]
    assert {each.owner for each in pods} == {job.uid}


async def test_one_is_found_by_the_name_that_no_job_has(tmp_path: Path) -> None:
    async with cluster(Api(), tmp_path) as there:
        assert (await there.job("default", usual().name)).name == usual().name
        with pytest.raises(NotFound):
            await there.job("default", "green-sensors-7")


async def test_a_name_of_another_form_is_looked_for_no_further(tmp_path: Path) -> None:
    api = Api()
    async with cluster(api, tmp_path) as there:
        with pytest.raises(NotFound):
            await there.job("default", "demo")
    assert [kind for kind, *_ in api.asked] == ["demo"]


async def test_who_may_list_nothing_hears_that_there_is_no_such_job(tmp_path: Path) -> None:
    async with cluster(Api(refuses_lists=True), tmp_path) as there:
        with pytest.raises(NotFound):
            await there.job("default", "submission-301234")


async def test_a_server_that_does_not_know_the_account_as_a_field_is_asked_without_it(
    tmp_path: Path,
) -> None:
    """As one of an older version of the embedded cluster."""
    api = Api(knows_field=False)
    async with cluster(api, tmp_path) as there:
        (job,) = await there.jobs("default")
        pods = await there.pods("default", job.name)
        ended = await there.pods("default", "team-submission-7")
    assert sorted(each.index or 0 for each in pods) == [-1, 0, 1, 2, 3]
    assert ended == ()
    assert api.asked[-1] == ("pods", "!app.kubernetes.io/name", "")


async def test_its_pods_are_watched_without_the_field_too(tmp_path: Path) -> None:
    async with cluster(Api(knows_field=False), tmp_path) as there:
        name, pods, live = usual().name, set[str](), False
        async with contextlib.aclosing(there.watch_submission("default", name)) as told:
            async for event in told:
                if isinstance(event, PodSeen):
                    pods.add(event.pod.name)
                live = live or (isinstance(event, ConnectionChanged) and event.live)
                if live:
                    break
    assert len(pods) == len(usual().jobs())


async def test_too_many_pods_of_others_make_no_list_of_ours_fail(tmp_path: Path) -> None:
    async with cluster(Api(knows_field=False, endless=True), tmp_path) as there:
        assert await there.pods("default", "team-submission-7") == ()
        (job,) = await there.jobs("default")
        with pytest.raises(TooMuch):
            await there.pods("default", job.name)
