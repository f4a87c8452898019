"""An unmodified kubectl against the embedded API: what a user types works and reads as usual."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import KUBECTLS, Bench, Kubectl, job_manifest, pod_spec, recorded, served, until
from fakes.sweeps import sweep

from console.localcluster.api.certificate import TlsIdentity, make_identity

POD = "pairx-84qnl"

pytestmark = pytest.mark.kubectl


@pytest.fixture(scope="module")
def identity() -> TlsIdentity:
    return make_identity()


@pytest.fixture(params=sweep(KUBECTLS, KUBECTLS[-1]))
def program(request: pytest.FixtureRequest) -> str:
    if not request.param:
        pytest.skip("there is no kubectl on the PATH")
    return request.param


@pytest.fixture
async def bench(tmp_path: Path, identity: TlsIdentity) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs", identity) as bench:
        yield bench


@pytest.fixture
def kubectl(bench: Bench, tmp_path: Path, program: str, identity: TlsIdentity) -> Kubectl:
    return Kubectl(program, tmp_path / "kubectl", bench.url, identity)


def columns(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


async def test_a_wrong_token_is_not_let_in(kubectl: Kubectl):
    code, _, err = await kubectl.run("get", "pods", "--token=wrong")
    assert code == 1
    assert "You must be logged in to the server" in err


async def test_version_and_api_resources(kubectl: Kubectl):
    assert "v1.36.0+carla-console.embedded" in await kubectl.out("version")
    rows = columns(await kubectl.out("api-resources", "--api-group=batch"))
    assert rows[1:] == [
        ["cronjobs", "cj", "batch/v1", "true", "CronJob"],
        ["jobs", "batch/v1", "true", "Job"],
    ]


async def test_a_list_in_one_file_is_validated_by_the_server_and_created(kubectl: Kubectl):
    several = [job_manifest("run-1"), job_manifest("run-2", paralelism=1)]
    both = {"apiVersion": "v1", "kind": "List", "metadata": {"name": "both"}, "items": several}
    code, out, err = await kubectl.run("create", "-f", kubectl.manifest(both))
    assert (code, out) == (1, "job.batch/run-1 created\n")
    assert 'unknown field "spec.paralelism"' in err
    whole = kubectl.manifest(both | {"items": [job_manifest("run-2")]})
    assert await kubectl.out("create", "-f", whole) == "job.batch/run-2 created\n"


async def test_create_get_describe_and_delete_a_job(kubectl: Kubectl, bench: Bench):
    path = kubectl.manifest(job_manifest())
    assert await kubectl.out("create", "-f", path) == "job.batch/run-1 created\n"
    rows = columns(await kubectl.out("get", "jobs"))
    assert rows[0] == ["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"]
    assert rows[1][:3] == ["run-1", "Running", "0/1"]
    assert "Backoff Limit:    6" in await kubectl.out("describe", "job", "run-1")
    code, _, err = await kubectl.run("create", "-f", path)
    assert code == 1
    assert 'jobs.batch "run-1" already exists' in err
    assert 'job.batch "run-1" deleted' in await kubectl.out("delete", "job", "run-1")
    code, _, err = await kubectl.run("get", "job", "run-1")
    assert (code, err) == (1, 'Error from server (NotFound): jobs.batch "run-1" not found\n')
    assert bench.store.list("jobs") == []


async def test_an_unknown_field_and_a_broken_rule_are_told(kubectl: Kubectl):
    job = job_manifest()
    job["spec"]["bogus"] = 1
    code, _, err = await kubectl.run("create", "-f", kubectl.manifest(job))
    assert code == 1
    assert 'strict decoding error: unknown field "spec.bogus"' in err
    job = job_manifest("other")
    pod_spec(job)["restartPolicy"] = "Always"
    code, _, err = await kubectl.run("create", "-f", kubectl.manifest(job))
    assert code == 1
    assert (
        'The Job "other" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Always"'
        in err
    )


async def test_apply_is_idempotent_and_a_dry_run_creates_nothing(kubectl: Kubectl, bench: Bench):
    path = kubectl.manifest(job_manifest())
    assert (
        await kubectl.out("apply", "-f", path, "--dry-run=server")
        == "job.batch/run-1 created (server dry run)\n"
    )
    assert bench.store.list("jobs") == []
    assert await kubectl.out("apply", "-f", path) == "job.batch/run-1 created\n"
    assert await kubectl.out("apply", "-f", path) == "job.batch/run-1 unchanged\n"
    code, out, _ = await kubectl.run("diff", "-f", path)
    assert (code, out) == (0, "")
    applied = await kubectl.out("apply", "--server-side", "--force-conflicts", "-f", path)
    assert applied == "job.batch/run-1 serverside-applied\n"


async def test_a_changed_job_is_applied(kubectl: Kubectl, bench: Bench):
    await kubectl.out("apply", "-f", kubectl.manifest(job_manifest()))
    path = kubectl.manifest(job_manifest(suspend=True))
    assert await kubectl.out("apply", "-f", path) == "job.batch/run-1 configured\n"
    assert bench.store.get("jobs", "default", "run-1")["spec"]["suspend"] is True


async def test_patch_label_and_annotate(kubectl: Kubectl, bench: Bench):
    await kubectl.out("create", "-f", kubectl.manifest(job_manifest()))
    await kubectl.out("patch", "job", "run-1", "-p", '{"spec":{"suspend":true}}')
    await kubectl.out("patch", "job", "run-1", "--type=merge", "-p", '{"spec":{"backoffLimit":3}}')
    await kubectl.out(
        "patch",
        "job",
        "run-1",
        "--type=json",
        "-p",
        '[{"op":"replace","path":"/spec/suspend","value":false}]',
    )
    await kubectl.out("label", "job", "run-1", "a=b")
    await kubectl.out("annotate", "job", "run-1", "x/y=z")
    job = bench.store.get("jobs", "default", "run-1")
    assert (job["spec"]["suspend"], job["spec"]["backoffLimit"]) == (False, 3)
    assert (job["metadata"]["labels"]["a"], job["metadata"]["annotations"]) == ("b", {"x/y": "z"})


async def test_the_pod_table_and_its_wide_form(kubectl: Kubectl, bench: Bench):
    bench.running_pod()
    wide = columns(await kubectl.out("get", "pods", "-o", "wide"))
    assert wide[1][:3] == [POD, "7/9", "Error"]
    assert wide[1][-4:] == ["10.177.0.28", "rc-node", "<none>", "<none>"]
    rows = columns(await kubectl.out("get", "all", "-A"))
    assert rows[1][:2] == ["default", f"pod/{POD}"]


async def test_json_yaml_and_jsonpath(kubectl: Kubectl, bench: Bench):
    bench.running_pod()
    listed = json.loads(await kubectl.out("get", "pods", "-o", "json"))
    assert listed["items"][0]["kind"] == "Pod"
    assert "kind: Pod" in await kubectl.out("get", "pod", POD, "-o", "yaml")
    assert await kubectl.out("get", "pods", "-o", "jsonpath={.items[*].metadata.name}") == POD


async def test_describe_a_pod_shows_its_events(kubectl: Kubectl, bench: Bench):
    pod = bench.running_pod()
    event = recorded("events")[0]
    event["involvedObject"] |= {"name": POD, "uid": pod["metadata"]["uid"], "kind": "Pod"}
    bench.store.create("events", event)
    text = await kubectl.out("describe", "pod", POD)
    assert "Restart Count:  1" in text
    assert event["message"] in text
    assert event["reason"] in await kubectl.out("events", f"--for=pod/{POD}")
    assert event["reason"] in await kubectl.out("get", "events", "--sort-by=.lastTimestamp")


async def test_nodes_and_namespaces(kubectl: Kubectl, bench: Bench):
    bench.store.create("nodes", recorded("node-ready"))
    assert columns(await kubectl.out("get", "nodes"))[1][:3] == ["rc-node", "Ready", "<none>"]
    assert await kubectl.out("create", "namespace", "team") == "namespace/team created\n"
    names = [row[0] for row in columns(await kubectl.out("get", "ns"))[1:]]
    assert names == ["default", "kube-system", "team"]


async def test_logs_with_every_flag(kubectl: Kubectl, bench: Bench):
    bench.running_pod()
    bench.logs.sink("agent-1", 0).write(b"old run\n")
    sink = bench.logs.sink("agent-1", 1)
    sink.write(b"one\ntwo\nthree\n")
    sink.close()
    asked = ("logs", POD, "-c", "agent-1")
    assert await kubectl.out(*asked) == "one\ntwo\nthree\n"
    assert await kubectl.out(*asked, "--tail=1") == "three\n"
    assert await kubectl.out(*asked, "--previous") == "old run\n"
    assert await kubectl.out(*asked, "-f") == "one\ntwo\nthree\n"
    assert await kubectl.out(*asked, "--since=1h", "--limit-bytes=5") == "one\nt"
    stamped = (await kubectl.out(*asked, "--timestamps", "--tail=1")).split(" ")
    assert (len(stamped[0]), stamped[1]) == (30, "three\n")
    code, _, err = await kubectl.run("logs", POD, "-c", "agent-2", "--previous")
    message = f'previous terminated container "agent-2" in pod "{POD}" not found'
    assert (code, err) == (1, f"Error from server (BadRequest): {message}\n")


async def test_logs_of_a_job_find_its_pod(kubectl: Kubectl, bench: Bench):
    await kubectl.out("create", "-f", kubectl.manifest(job_manifest("pairx")))
    uid = bench.store.get("jobs", "default", "pairx")["metadata"]["uid"]
    pod = recorded("pod-running")
    pod["metadata"]["labels"]["batch.kubernetes.io/controller-uid"] = uid
    bench.store.create("pods", pod)
    bench.logs.sink("logcopy", 0).write(b"copied\n")
    assert await kubectl.out("logs", "job/pairx", "-c", "logcopy") == "copied\n"


async def test_wait_returns_when_the_condition_holds(kubectl: Kubectl, bench: Bench):
    await kubectl.out("create", "-f", kubectl.manifest(job_manifest()))
    waiting = asyncio.create_task(
        kubectl.run("wait", "--for=condition=complete", "job/run-1", "--timeout=15s")
    )
    await until(lambda: bench.readers() or waiting.done())
    done = {"conditions": [{"type": "Complete", "status": "True"}]}
    bench.store.mutate("jobs", "default", "run-1", lambda o: o.update(status=done))
    assert await waiting == (0, "job.batch/run-1 condition met\n", "")
    code, _, err = await kubectl.run("wait", "--for=condition=failed", "job/run-1", "--timeout=1s")
    assert code == 1
    assert "timed out waiting for the condition" in err


async def test_delete_waits_for_the_controllers_with_foreground(kubectl: Kubectl, bench: Bench):
    await kubectl.out("create", "-f", kubectl.manifest(job_manifest()))
    deleting = asyncio.create_task(kubectl.run("delete", "job", "run-1", "--cascade=foreground"))
    await until(lambda: bench.readers() or deleting.done())
    assert bench.store.get("jobs", "default", "run-1")["metadata"]["finalizers"] == [
        "foregroundDeletion"
    ]
    bench.store.mutate("jobs", "default", "run-1", lambda o: o["metadata"].pop("finalizers"))
    code, out, _ = await deleting
    assert code == 0
    assert out.startswith('job.batch "run-1" deleted')


async def test_get_watch_prints_each_change(kubectl: Kubectl, bench: Bench):
    bench.running_pod()
    watching = asyncio.create_task(kubectl.run("get", "pods", "-w", "--request-timeout=2s"))
    await until(lambda: bench.readers() or watching.done())
    bench.store.mark_deleted("pods", "default", POD)
    _, out, _ = await watching
    assert [row[2] for row in columns(out)] == ["STATUS", "Error", "Terminating"]


async def test_auth_can_i_and_whoami(kubectl: Kubectl):
    assert await kubectl.out("auth", "can-i", "create", "jobs") == "yes\n"
    assert await kubectl.out("auth", "can-i", "get", "pods", "--subresource=log") == "yes\n"
    assert "*.*" in await kubectl.out("auth", "can-i", "--list")
    assert "carla-console" in await kubectl.out("auth", "whoami")


async def test_explain_and_cluster_info(kubectl: Kubectl):
    assert "FIELD: backoffLimit <integer>" in await kubectl.out("explain", "job.spec.backoffLimit")
    assert "https://127.0.0.1:" in await kubectl.out("cluster-info")


async def test_top_fails_with_a_reason(kubectl: Kubectl, bench: Bench):
    bench.running_pod()
    code, _, err = await kubectl.run("top", "pod")
    assert (code, err) == (1, "error: Metrics API not available\n")


async def test_roles_and_service_accounts_are_applied(kubectl: Kubectl, bench: Bench):
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "worker"},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
    }
    binding = {
        "apiVersion": role["apiVersion"],
        "kind": "RoleBinding",
        "metadata": {"name": "bound"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "worker"},
        "subjects": [{"kind": "ServiceAccount", "name": "submission-worker"}],
    }
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "submission-worker"},
    }
    for document in (account, role, binding):
        path = kubectl.manifest(document)
        assert (await kubectl.out("apply", "-f", path)).endswith(" created\n")
        assert (await kubectl.out("apply", "-f", path)).endswith(" unchanged\n")
    assert columns(await kubectl.out("get", "rolebindings"))[1][:2] == ["bound", "Role/worker"]
    assert bench.store.get("serviceaccounts", "default", "submission-worker")
