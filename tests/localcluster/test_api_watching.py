"""Watches of the embedded API: beginnings, selectors, bookmarks, endings, tables."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import AS_TABLE, CONFIGMAPS, PODS, RECORDED, Bench, served, until


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs", bookmark_seconds=0.2) as bench:
        yield bench


def recorded_lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (RECORDED / name).read_text().splitlines()]


def configmap(name: str = "c", **labels: str) -> dict:
    return {"metadata": {"name": name, "namespace": "default", "labels": labels}}


def relabel(bench: Bench, **labels: str) -> None:
    bench.store.mutate("configmaps", "default", "c", lambda o: o["metadata"].update(labels=labels))


def told(event: dict) -> tuple[str, str]:
    return event["type"], event["object"]["metadata"]["name"]


async def test_a_watch_without_a_version_begins_with_what_there_is(bench: Bench):
    bench.store.create("configmaps", configmap("a"))
    async with bench.watch(f"{CONFIGMAPS}?watch=true") as following:
        assert told(await following()) == ("ADDED", "a")
        bench.store.create("configmaps", configmap("b"))
        event = await following()
        assert told(event) == ("ADDED", "b")
        assert event["object"]["kind"] == "ConfigMap"


async def test_a_watch_from_a_version_tells_what_happened_since(bench: Bench):
    bench.store.create("configmaps", configmap())
    version = bench.store.resource_version
    relabel(bench, a="1")
    bench.store.remove("configmaps", "default", "c")
    async with bench.watch(f"{CONFIGMAPS}?watch=1&resourceVersion={version}") as following:
        assert told(await following()) == ("MODIFIED", "c")
        gone = await following()
    assert told(gone) == ("DELETED", "c")
    assert gone["object"]["metadata"]["resourceVersion"] == str(bench.store.resource_version)


async def test_a_version_that_is_too_old_is_an_error_event_with_410(bench: Bench):
    async with bench.watch(f"{CONFIGMAPS}?watch=true&resourceVersion=7") as following:
        event = await following()
        assert event["type"] == "ERROR"
        assert (event["object"]["code"], event["object"]["reason"]) == (410, "Expired")
        assert await following() is None


async def test_objects_that_enter_or_leave_a_selector_are_added_or_deleted(bench: Bench):
    bench.store.create("configmaps", configmap(a="1"))
    async with bench.watch(f"{CONFIGMAPS}?watch=true&labelSelector=a%3D2") as following:
        relabel(bench, a="2")
        assert told(await following()) == ("ADDED", "c")
        relabel(bench, a="2", b="x")
        assert told(await following()) == ("MODIFIED", "c")
        relabel(bench, a="3")
        left = await following()
    assert told(left) == ("DELETED", "c")
    assert left["object"]["metadata"]["labels"] == {"a": "2", "b": "x"}


async def test_a_watch_of_one_namespace_hears_nothing_of_others(bench: Bench):
    async with bench.watch(f"{CONFIGMAPS}?watch=true") as following:
        bench.store.create("configmaps", {"metadata": {"name": "x", "namespace": "kube-system"}})
        bench.store.create("configmaps", configmap("mine"))
        assert told(await following()) == ("ADDED", "mine")


async def test_a_list_inside_a_watch_ends_with_the_recorded_bookmark(bench: Bench):
    bench.running_pod()
    query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    async with bench.watch(f"{PODS}?{query}") as following:
        assert (await following())["type"] == "ADDED"
        mark = await following()
    real = recorded_lines("watch-bookmarks.jsonl")[0]
    real["object"]["metadata"]["resourceVersion"] = str(bench.store.resource_version)
    assert mark == real


async def test_bookmarks_come_in_time_and_only_when_asked_for(bench: Bench):
    async with bench.watch(f"{PODS}?watch=true&allowWatchBookmarks=true") as following:
        mark = await following()
    assert mark["type"] == "BOOKMARK"
    assert "annotations" not in mark["object"]["metadata"]
    async with bench.watch(f"{PODS}?watch=true&timeoutSeconds=1") as following:
        assert await following() is None


async def test_a_watch_ends_at_its_timeout_with_a_last_bookmark(bench: Bench):
    seen = []
    async with bench.watch(
        f"{PODS}?watch=true&timeoutSeconds=1&allowWatchBookmarks=true"
    ) as following:
        while event := await following():
            seen.append(event["type"])
    assert seen[-1] == "BOOKMARK"


async def test_a_watch_of_tables_defines_the_columns_once(bench: Bench):
    bench.running_pod()
    query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    async with bench.watch(f"{PODS}?{query}", accept=AS_TABLE) as following:
        first, mark = await following(), await following()
    real = recorded_lines("watch-table-pods.jsonl")
    assert [c["name"] for c in first["object"]["columnDefinitions"]] == [
        c["name"] for c in real[0]["object"]["columnDefinitions"]
    ]
    assert mark["object"]["columnDefinitions"] is None
    assert mark["object"]["rows"][0]["cells"] == real[2]["object"]["rows"][0]["cells"]
    assert mark["object"]["rows"][0]["object"]["metadata"]["annotations"] == {
        "k8s.io/initial-events-end": "true"
    }


@pytest.mark.parametrize(
    "query",
    [
        "sendInitialEvents=true&watch=true",
        "sendInitialEvents=true",
        "watch=true&resourceVersionMatch=Exact",
        "resourceVersionMatch=Exact",
    ],
)
async def test_options_that_contradict_each_other_are_422(bench: Bench, query: str):
    code, status = await bench.ask("GET", f"{PODS}?{query}")
    assert (code, status["reason"]) == (422, "Invalid")


async def test_a_watch_from_the_near_future_waits_for_it(bench: Bench):
    ahead = bench.store.resource_version + 1
    opened = asyncio.create_task(
        _first_event(bench, f"{CONFIGMAPS}?watch=true&resourceVersion={ahead}")
    )
    number = 0
    while not opened.done():
        bench.store.create("configmaps", configmap(f"c{number}"))
        number += 1
        await asyncio.sleep(0.02)
    assert opened.result()["type"] == "ADDED"


async def _first_event(bench: Bench, path: str) -> dict:
    async with bench.watch(path) as following:
        return await following()


async def test_a_client_that_leaves_frees_its_watch(bench: Bench):
    async with bench.watch(f"{PODS}?watch=true"):
        assert bench.readers() == 1
    await until(lambda: not bench.readers())
