"""Reading from the embedded API: who may, discovery, lists, selectors, tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from api_bench import AS_TABLE, CONFIGMAPS, JOBS, PODS, Bench, job_manifest, recorded, served

from console.localcluster.api.kubectl.tables.columns import human_span
from console.localcluster.api.kubectl.tables.pods import PODS as PRINTED_PODS


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        yield bench


@pytest.mark.parametrize("token", ["", "wrong", "a-token-for-test", "ä"])
async def test_without_the_token_every_path_answers_401(bench: Bench, token: str):
    for path in ("/version", "/healthz", PODS, "/nowhere"):
        code, status = await bench.ask("GET", path, token=token)
        assert (code, status["reason"], status["message"]) == (401, "Unauthorized", "Unauthorized")


async def test_the_version_says_that_it_is_an_embedded_subset(bench: Bench):
    _, version = await bench.ask("GET", "/version")
    assert version["gitVersion"] == "v1.36.0+carla-console.embedded"
    assert "embedded" in version["compiler"]


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
async def test_health_is_ok(bench: Bench, path: str):
    async with bench.call("GET", path) as answer:
        assert (answer.status, await answer.text()) == (200, "ok")


@pytest.mark.parametrize(
    ("name", "path"), [("discovery-batch-v1", "/apis/batch/v1"), ("discovery-core-v1", "/api/v1")]
)
async def test_what_is_served_is_described_as_a_real_server_describes_it(
    bench: Bench, name: str, path: str
):
    _, mine = await bench.ask("GET", path)
    real = {r["name"]: r for r in recorded(name)["resources"]}
    for entry in mine["resources"]:
        expected = dict(real.get(entry["name"], {}))
        expected.pop("storageVersionHash", None)
        if expected and entry["name"] not in ("cronjobs", "services", "namespaces"):
            assert entry == expected


async def test_aggregated_discovery_has_the_real_form_and_an_etag(bench: Bench):
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
    async with bench.call("GET", "/apis", accept=accept) as answer:
        assert (
            answer.headers["Content-Type"]
            == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        )
        tag, mine = answer.headers["ETag"], await answer.json(content_type=None)
    real = recorded("discovery-aggregated-batch")["items"][0]
    batch = next(g for g in mine["items"] if g["metadata"]["name"] == "batch")
    jobs = [
        next(r for r in g["versions"][0]["resources"] if r["resource"] == "jobs")
        for g in (real, batch)
    ]
    assert jobs[0] == jobs[1]
    headers = {"If-None-Match": tag, "Accept": accept, "Authorization": "Bearer a-token-for-tests"}
    async with bench.session.get(bench.url + "/apis", headers=headers) as again:
        assert again.status == 304


async def test_the_openapi_index_leads_to_documents_of_their_hash(bench: Bench):
    _, index = await bench.ask("GET", "/openapi/v3")
    url = index["paths"]["apis/batch/v1"]["serverRelativeURL"]
    _, document = await bench.ask("GET", url)
    patch = document["paths"]["/apis/batch/v1/namespaces/{namespace}/jobs/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"] == {
        "group": "batch",
        "version": "v1",
        "kind": "Job",
    }
    assert "fieldValidation" in [p["name"] for p in patch["parameters"]]
    assert (
        "backoffLimit"
        in document["components"]["schemas"]["io.k8s.api.batch.v1.JobSpec"]["properties"]
    )


@pytest.mark.parametrize(
    "path",
    [
        "/apis/metrics.k8s.io/v1beta1",
        "/api/v1/gadgets",
        "/apis/batch/v2/jobs",
        "/api/v1/namespaces/default/pods/p/what",
        "/api/v1/namespaces/default/nodes",
    ],
)
async def test_what_is_not_served_is_404_with_a_status(bench: Bench, path: str):
    code, status = await bench.ask("GET", path)
    assert (code, status["reason"]) == (404, "NotFound")
    assert status["message"] == "the server could not find the requested resource"


async def test_a_missing_object_is_named_as_kubernetes_names_it(bench: Bench):
    code, status = await bench.ask("GET", f"{JOBS}/nope")
    assert code == 404
    assert status["message"] == 'jobs.batch "nope" not found'
    assert status["details"] == {"name": "nope", "group": "batch", "kind": "jobs"}


async def test_a_list_has_a_kind_and_its_items_have_none(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    _, listed = await bench.ask("GET", JOBS)
    assert (listed["kind"], listed["apiVersion"]) == ("JobList", "batch/v1")
    assert "kind" not in listed["items"][0]
    assert listed["metadata"]["resourceVersion"] == str(bench.store.resource_version)


async def test_a_long_list_comes_in_pages(bench: Bench):
    for number in range(5):
        bench.store.create(
            "configmaps", {"metadata": {"name": f"c{number}", "namespace": "default"}}
        )
    names, token = [], ""
    for left in (3, 1, None):
        _, page = await bench.ask("GET", f"{CONFIGMAPS}?limit=2&continue={token}")
        names += [item["metadata"]["name"] for item in page["items"]]
        token = page["metadata"].get("continue", "")
        assert page["metadata"].get("remainingItemCount") == left
    assert names == ["c0", "c1", "c2", "c3", "c4"]
    assert (await bench.ask("GET", f"{CONFIGMAPS}?continue=nonsense!"))[0] == 400


async def test_pages_of_all_namespaces_lack_none_whatever_these_are_called(bench: Bench):
    """One that is called like another and goes on with a dash stands behind that."""
    placed = [("a", "x"), ("a", "y"), ("a-b", "w"), ("a.c", "v"), ("b", "u")]
    for namespace, name in placed[::-1]:
        meta = {"name": name, "namespace": namespace, "labels": {"l": "1"}}
        bench.store.create("configmaps", {"metadata": meta})
    found, token = [], ""
    while not found or token:
        query = f"labelSelector=l&limit=1&continue={token}"
        _, page = await bench.ask("GET", f"/api/v1/configmaps?{query}")
        found += [
            (each["metadata"]["namespace"], each["metadata"]["name"]) for each in page["items"]
        ]
        token = page["metadata"].get("continue", "")
        assert "remainingItemCount" not in page["metadata"]  # nobody has counted a selector's
    assert found == placed


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("a=1", ["one"]),
        ("a==1", ["one"]),
        ("a!=1", ["none", "two"]),
        ("a", ["one", "two"]),
        ("!a", ["none"]),
        ("a in (1,2)", ["one", "two"]),
        ("a notin (1)", ["none", "two"]),
        ("a in (1,2),b=x", ["two"]),
        ("", ["none", "one", "two"]),
    ],
)
async def test_label_selectors_choose(bench: Bench, selector: str, found: list[str]):
    for name, labels in (("none", {}), ("one", {"a": "1"}), ("two", {"a": "2", "b": "x"})):
        bench.store.create(
            "configmaps", {"metadata": {"name": name, "namespace": "default", "labels": labels}}
        )
    _, listed = await bench.ask("GET", f"{CONFIGMAPS}?labelSelector={selector}")
    assert [item["metadata"]["name"] for item in listed["items"]] == found


async def test_field_selectors_choose_events_of_one_object(bench: Bench):
    for event in recorded("events"):
        bench.store.create("events", event)
    about = recorded("events")[0]["involvedObject"]
    query = (
        f"involvedObject.kind={about['kind']},involvedObject.name={about['name']},reason!=Pulled"
    )
    _, listed = await bench.ask("GET", f"/api/v1/namespaces/default/events?fieldSelector={query}")
    assert listed["items"]
    assert all(
        e["involvedObject"]["name"] == about["name"] and e["reason"] != "Pulled"
        for e in listed["items"]
    )


@pytest.mark.parametrize(
    "query",
    [
        "labelSelector=a in (",
        "fieldSelector=spec.color=red",
        "resourceVersion=x",
        "limit=y",
        "watch=perhaps",
        "includeObject=Some",
    ],
)
async def test_a_query_that_cannot_be_read_is_400(bench: Bench, query: str):
    assert (await bench.ask("GET", f"{PODS}?{query}"))[0] == 400


async def test_a_version_that_was_never_reached_is_504(bench: Bench):
    code, status = await bench.ask(
        "GET", f"{PODS}?resourceVersion={bench.store.resource_version + 5}"
    )
    assert (code, status["details"]["causes"][0]["reason"]) == (504, "ResourceVersionTooLarge")


async def test_an_exact_version_of_the_past_is_410(bench: Bench):
    old = bench.store.resource_version - 1
    code, status = await bench.ask(
        "GET", f"{PODS}?resourceVersion={old}&resourceVersionMatch=Exact"
    )
    assert (code, status["reason"]) == (410, "Expired")


@pytest.mark.parametrize("resource", sorted(recorded("tables")))
async def test_the_columns_of_a_table_are_the_real_ones(bench: Bench, resource: str):
    path = f"{JOBS}" if resource == "jobs" else f"/api/v1/{resource}"
    _, table = await bench.ask("GET", path, accept=AS_TABLE)
    mine = [
        {k: c[k] for k in ("name", "type", "format", "priority")}
        for c in table["columnDefinitions"]
    ]
    assert mine == recorded("tables")[resource]["columns"]
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")


async def test_recorded_objects_are_printed_as_the_real_server_printed_them(bench: Bench):
    expected = recorded("tables")
    for resource, name, path in (
        ("pods", "pod-running", PODS),
        ("jobs", "job-running", JOBS),
        ("nodes", "node-ready", "/api/v1/nodes"),
    ):
        bench.store.create(resource, recorded(name))
        _, table = await bench.ask("GET", path, accept=AS_TABLE)
        cells = table["rows"][0]["cells"]
        real = next(r for r in expected[resource]["rows"] if r[0] == cells[0])
        for column, mine, theirs in zip(expected[resource]["columns"], cells, real, strict=True):
            if column["name"] not in ("Age", "Duration", "Restarts", "Selector"):
                assert mine == theirs
        assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"


async def test_restarts_say_how_long_ago_the_last_one_was(bench: Bench):
    pod = recorded("pod-running")
    ended = (datetime.now(UTC) - timedelta(seconds=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for status in pod["status"]["containerStatuses"]:
        if "terminated" in status["lastState"]:
            status["lastState"]["terminated"]["finishedAt"] = ended
    bench.store.create("pods", pod)
    _, table = await bench.ask("GET", PODS, accept=AS_TABLE)
    assert table["rows"][0]["cells"][3] in ("2 (6s ago)", "2 (7s ago)")


def container(name: str = "c", restarts: int = 0, ready: bool = False, **state: dict) -> dict:
    return {"name": name, "restartCount": restarts, "ready": ready, "state": state, "lastState": {}}


@pytest.mark.parametrize(
    ("word", "status", "deleted"),
    [
        ("Pending", {"phase": "Pending"}, False),
        ("Init:0/2", {"phase": "Pending", "initContainerStatuses": [container(running={})]}, False),
        (
            "Init:Error",
            {
                "phase": "Pending",
                "initContainerStatuses": [container(terminated={"exitCode": 1, "reason": "Error"})],
            },
            False,
        ),
        (
            "Init:CrashLoopBackOff",
            {
                "phase": "Pending",
                "initContainerStatuses": [container(waiting={"reason": "CrashLoopBackOff"})],
            },
            False,
        ),
        (
            "PodInitializing",
            {
                "phase": "Pending",
                "initContainerStatuses": [container(terminated={"exitCode": 0})] * 2,
                "containerStatuses": [container(waiting={"reason": "PodInitializing"})],
            },
            False,
        ),
        (
            "ErrImagePull",
            {
                "phase": "Pending",
                "containerStatuses": [container(waiting={"reason": "ErrImagePull"})],
            },
            False,
        ),
        (
            "CrashLoopBackOff",
            {
                "phase": "Running",
                "containerStatuses": [
                    container(waiting={"reason": "CrashLoopBackOff"}),
                    container("d", ready=True, running={}),
                ],
            },
            False,
        ),
        (
            "NotReady",
            {
                "phase": "Running",
                "containerStatuses": [
                    container(terminated={"exitCode": 0, "reason": "Completed"}),
                    container("d", ready=True, running={}),
                ],
            },
            False,
        ),
        (
            "Completed",
            {
                "phase": "Succeeded",
                "containerStatuses": [container(terminated={"exitCode": 0, "reason": "Completed"})],
            },
            False,
        ),
        (
            "ExitCode:3",
            {"phase": "Failed", "containerStatuses": [container(terminated={"exitCode": 3})]},
            False,
        ),
        (
            "Terminating",
            {"phase": "Running", "containerStatuses": [container(ready=True, running={})]},
            True,
        ),
        ("Evicted", {"phase": "Failed", "reason": "Evicted"}, True),
    ],
)
def test_the_status_word_of_a_pod_follows_the_real_printer(word: str, status: dict, deleted: bool):
    meta = {"name": "p"} | ({"deletionTimestamp": "2026-01-01T00:00:00Z"} if deleted else {})
    spec = {"initContainers": [{}, {}], "containers": [{}]}
    pod = {"metadata": meta, "spec": spec, "status": status}
    titles = [column.name for column in PRINTED_PODS.columns]
    assert (
        dict(zip(titles, PRINTED_PODS.cells(pod, datetime.now(UTC)), strict=True))["Status"] == word
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "<invalid>"),
        (-1, "0s"),
        (119, "119s"),
        (120, "2m"),
        (182, "3m2s"),
        (600, "10m"),
        (10799, "179m"),
        (10800, "3h"),
        (11100, "3h5m"),
        (8 * 3600, "8h"),
        (47.9 * 3600, "47h"),
        (49 * 3600, "2d1h"),
        (30 * 86400, "30d"),
        (800 * 86400, "2y70d"),
        (4000 * 86400, "10y"),
    ],
)
def test_ages_are_written_as_kubectl_users_know_them(seconds: float, text: str):
    assert human_span(seconds) == text


async def test_metadata_alone_can_be_asked_for(bench: Bench):
    bench.running_pod()
    accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
    _, listed = await bench.ask("GET", PODS, accept=accept)
    assert listed["kind"] == "PartialObjectMetadataList"
    assert set(listed["items"][0]) == {"kind", "apiVersion", "metadata"}


async def test_a_form_that_is_not_json_is_406(bench: Bench):
    assert (await bench.ask("GET", PODS, accept="application/vnd.kubernetes.protobuf"))[0] == 406
