"""Writing to the embedded API: defaults, refusals, patches, deletion, reviews."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from api_bench import CONFIGMAPS, JOBS, PODS, TOKEN, Bench, job_manifest, pod_spec, recorded, served

STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        yield bench


def main(job: dict) -> dict:
    return pod_spec(job)["containers"][0]


async def test_a_created_job_gets_the_defaults_of_the_recorded_one(bench: Bench):
    real = recorded("job-running")
    sent = json.loads(json.dumps(real))
    sent["metadata"] = {"name": "pairx"}
    for field in (
        "parallelism",
        "completions",
        "completionMode",
        "suspend",
        "podReplacementPolicy",
        "selector",
        "manualSelector",
    ):
        del sent["spec"][field]
    sent["spec"]["template"]["metadata"]["labels"] = {"app": "console"}
    for field in ("dnsPolicy", "securityContext", "schedulerName"):
        del pod_spec(sent)[field]
    for container in pod_spec(sent)["containers"] + pod_spec(sent)["initContainers"]:
        for field in ("resources", "terminationMessagePath", "terminationMessagePolicy"):
            del container[field]
    code, created = await bench.ask("POST", JOBS, sent)
    assert code == 201, created
    uid, real_uid = created["metadata"]["uid"], real["metadata"]["uid"]
    assert json.loads(json.dumps(created["spec"]).replace(uid, real_uid)) == real["spec"]
    assert {k: v.replace(uid, real_uid) for k, v in created["metadata"]["labels"].items()} == real[
        "metadata"
    ]["labels"]
    assert created["status"] == {}
    assert created["metadata"]["generation"] == 1


async def test_a_created_pod_waits_for_a_node_with_the_defaults_of_admission(bench: Bench):
    code, pod = await bench.ask(
        "POST",
        PODS,
        {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "x"}]}},
    )
    assert code == 201
    assert pod["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    spec, real = pod["spec"], recorded("pod-running")["spec"]
    for field in (
        "tolerations",
        "serviceAccountName",
        "serviceAccount",
        "priority",
        "preemptionPolicy",
        "enableServiceLinks",
        "schedulerName",
    ):
        assert spec[field] == real[field]
    assert spec["containers"][0]["imagePullPolicy"] == "Always"


async def test_a_name_can_be_generated(bench: Bench):
    _, created = await bench.ask("POST", CONFIGMAPS, {"metadata": {"generateName": "c-"}})
    assert created["metadata"]["name"].startswith("c-")
    assert len(created["metadata"]["name"]) == 7


async def test_a_name_that_is_taken_is_409(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    code, status = await bench.ask("POST", JOBS, job_manifest())
    assert (code, status["reason"]) == (409, "AlreadyExists")
    assert status["message"] == 'jobs.batch "run-1" already exists'


async def test_a_namespace_must_exist_and_gets_a_service_account(bench: Bench):
    path = "/api/v1/namespaces/team/configmaps"
    code, status = await bench.ask("POST", path, {"metadata": {"name": "c"}})
    assert (code, status["message"]) == (404, 'namespaces "team" not found')
    code, namespace = await bench.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "team"}})
    assert (code, namespace["status"]) == (201, {"phase": "Active"})
    assert (await bench.ask("POST", path, {"metadata": {"name": "c"}}))[0] == 201
    assert (await bench.ask("GET", "/api/v1/namespaces/team/serviceaccounts/default"))[0] == 200


async def test_a_dry_run_shows_the_object_and_stores_nothing(bench: Bench):
    version = bench.store.resource_version
    code, shown = await bench.ask("POST", f"{JOBS}?dryRun=All", job_manifest())
    assert (code, shown["spec"]["backoffLimit"]) == (201, 6)
    assert bench.store.resource_version == version
    assert (await bench.ask("POST", f"{JOBS}?dryRun=Some", job_manifest()))[0] == 422


async def test_unknown_fields_are_refused_warned_of_or_dropped(bench: Bench):
    job = job_manifest()
    main(job)["colour"] = "red"
    job["spec"]["bogus"] = 1
    code, status = await bench.ask("POST", f"{JOBS}?fieldValidation=Strict", job)
    told = 'unknown field "spec.template.spec.containers[0].colour", unknown field "spec.bogus"'
    assert code == 400
    assert (
        status["message"]
        == f'Job in version "v1" cannot be handled as a Job: strict decoding error: {told}'
    )
    async with bench.call("POST", f"{JOBS}?fieldValidation=Warn", job) as answer:
        assert answer.status == 201
        assert answer.headers.getall("Warning")[1] == '299 - "unknown field \\"spec.bogus\\""'
        assert "bogus" not in (await answer.json())["spec"]
    job["metadata"]["name"] = "other"
    async with bench.call("POST", f"{JOBS}?fieldValidation=Ignore", job) as answer:
        assert (answer.status, "Warning" in answer.headers) == (201, False)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            {"backoffLimit": "8"},
            "json: cannot unmarshal string into Go struct field spec.backoffLimit of type int32",
        ),
        (
            {"suspend": 1},
            "json: cannot unmarshal number into Go struct field spec.suspend of type bool",
        ),
        (
            {"backoffLimit": 2**31},
            "json: cannot unmarshal number 2147483648 into Go struct field spec.backoffLimit of type int32",
        ),
    ],
)
async def test_a_value_of_a_wrong_type_is_400(bench: Bench, spec: dict, told: str):
    code, status = await bench.ask("POST", JOBS, job_manifest(**spec))
    assert (code, status["message"]) == (
        400,
        f'Job in version "v1" cannot be handled as a Job: {told}',
    )


def _set(path: str, value: object) -> Callable[[dict], None]:
    def change(job: dict) -> None:
        *parts, last = path.split(".")
        place = job
        for part in parts:
            place = place[int(part)] if part.isdecimal() else place[part]
        place[last] = value

    return change


POD = "spec.template.spec"
FIRST = f"{POD}.containers.0"
TWICE = [{"name": "main", "image": "x"}, {"name": "main", "image": "x"}]
MOUNTED = [{"name": "v", "mountPath": "/a"}]


@pytest.mark.parametrize(
    ("path", "value", "field", "reason"),
    [
        ("metadata.name", "Not_A_Name", "metadata.name", "Invalid"),
        ("metadata.name", "x" * 64, "spec.template.labels", "Invalid"),
        ("metadata.labels", {"a b": "c"}, "metadata.labels", "Invalid"),
        ("metadata.labels", {"a": "-"}, "metadata.labels", "Invalid"),
        ("metadata.annotations", {"a": "x" * 262_145}, "metadata.annotations", "TooLong"),
        ("spec.backoffLimit", -1, "spec.backoffLimit", "Invalid"),
        ("spec.completionMode", "Sorted", "spec.completionMode", "NotSupported"),
        ("spec.selector", {"matchLabels": {"a": "b"}}, "spec.selector", "Invalid"),
        ("spec.podFailurePolicy", {"rules": []}, f"{POD}.restartPolicy", "Invalid"),
        (f"{POD}.restartPolicy", "Always", f"{POD}.restartPolicy", "NotSupported"),
        (f"{POD}.restartPolicy", "", f"{POD}.restartPolicy", "Required"),
        (f"{POD}.containers", [], f"{POD}.containers", "Required"),
        (f"{POD}.containers", TWICE, f"{POD}.containers[1].name", "Duplicate"),
        (f"{POD}.initContainers", TWICE[:1], f"{POD}.containers[0].name", "Duplicate"),
        (f"{FIRST}.name", "A", f"{POD}.containers[0].name", "Invalid"),
        (f"{FIRST}.image", "", f"{POD}.containers[0].image", "Required"),
        (
            f"{FIRST}.imagePullPolicy",
            "Rarely",
            f"{POD}.containers[0].imagePullPolicy",
            "NotSupported",
        ),
        (
            f"{FIRST}.env",
            [{"name": "a", "valueFrom": {"fieldRef": {}}}],
            f"{POD}.containers[0].env[0].valueFrom.fieldRef.fieldPath",
            "Required",
        ),
        (
            f"{POD}.tolerations",
            [{"key": "a", "operator": "Is"}],
            f"{POD}.tolerations[0].operator",
            "NotSupported",
        ),
        (
            f"{POD}.volumes",
            [{"name": "v", "hostPath": {}}],
            f"{POD}.volumes[0].hostPath.path",
            "Required",
        ),
        (f"{FIRST}.env", [{"value": "x"}], f"{POD}.containers[0].env[0].name", "Required"),
        (f"{FIRST}.env", [{"name": "a=b"}], f"{POD}.containers[0].env[0].name", "Invalid"),
        (
            f"{FIRST}.env",
            [{"name": "a", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
            f"{POD}.containers[0].env[0].valueFrom",
            "Invalid",
        ),
        (
            f"{FIRST}.ports",
            [{"containerPort": 70000}],
            f"{POD}.containers[0].ports[0].containerPort",
            "Invalid",
        ),
        (
            f"{FIRST}.ports",
            [{"name": "x"}],
            f"{POD}.containers[0].ports[0].containerPort",
            "Required",
        ),
        (
            f"{FIRST}.ports",
            [{"containerPort": 1, "hostPort": 5}, {"containerPort": 2, "hostPort": 5}],
            f"{POD}.containers[0].ports[1].hostPort",
            "Duplicate",
        ),
        (f"{FIRST}.volumeMounts", MOUNTED, f"{POD}.containers[0].volumeMounts[0].name", "NotFound"),
        (f"{POD}.volumes", [{"name": "v"}, {"name": "v"}], f"{POD}.volumes[1].name", "Duplicate"),
        (
            f"{POD}.volumes",
            [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/x"}}],
            f"{POD}.volumes[0].hostPath",
            "Forbidden",
        ),
        (
            f"{FIRST}.resources",
            {"requests": {"cpu": "2"}, "limits": {"cpu": "1500m"}},
            f"{POD}.containers[0].resources.requests",
            "Invalid",
        ),
        (
            f"{FIRST}.securityContext",
            {"privileged": True, "allowPrivilegeEscalation": False},
            f"{POD}.containers[0].securityContext",
            "Invalid",
        ),
        (
            f"{FIRST}.restartPolicyRules",
            [{"action": "Restart"}],
            f"{POD}.containers[0].restartPolicy",
            "Required",
        ),
    ],
)
async def test_a_job_that_breaks_a_rule_is_422_with_the_field_as_a_cause(
    bench: Bench, path: str, value: object, field: str, reason: str
):
    job = job_manifest()
    _set(path, value)(job)
    code, status = await bench.ask("POST", f"{JOBS}?dryRun=All&fieldValidation=Strict", job)
    assert (code, status["reason"]) == (422, "Invalid"), status
    assert (field, f"FieldValue{reason}") in [
        (c["field"], c["reason"]) for c in status["details"]["causes"]
    ]
    assert status["message"].startswith('Job.batch "')


@pytest.mark.parametrize(
    ("mount", "told"),
    [
        ({"subPath": "/a"}, "must be a relative path"),
        ({"subPath": "a/../b"}, "must not contain '..'"),
    ],
)
async def test_a_sub_path_stays_inside_its_volume(bench: Bench, mount: dict, told: str):
    job = job_manifest()
    pod_spec(job)["volumes"] = [{"name": "v"}]
    main(job)["volumeMounts"] = [
        {"name": "v", "mountPath": "/m"} | mount,
        {"name": "v", "mountPath": "/m"},
    ]
    _, status = await bench.ask("POST", JOBS, job)
    assert told in status["message"]
    assert "must be unique" in status["message"]


async def test_a_quantity_with_an_unknown_unit_is_400(bench: Bench):
    job = job_manifest()
    main(job)["resources"] = {"limits": {"memory": "1GB"}}
    code, status = await bench.ask("POST", JOBS, job)
    assert code == 400
    assert "quantities must match the regular expression" in status["message"]


async def test_a_configmap_is_limited_in_size_and_in_the_letters_of_its_keys(bench: Bench):
    code, _ = await bench.ask(
        "POST", CONFIGMAPS, {"metadata": {"name": "c"}, "data": {"a": "x" * (1024 * 1024 + 1)}}
    )
    assert code == 422
    code, status = await bench.ask(
        "POST", CONFIGMAPS, {"metadata": {"name": "c"}, "data": {"a/b": ""}}
    )
    assert (code, status["details"]["causes"][0]["field"]) == (422, "data[a/b]")


async def test_a_body_beyond_the_limit_is_413(bench: Bench):
    code, status = await bench.ask("POST", CONFIGMAPS, {"data": {"a": "x" * (3 * 1024 * 1024)}})
    assert (code, status["reason"]) == (413, "RequestEntityTooLarge")


@pytest.mark.parametrize(
    ("media", "body", "code"),
    [
        ("text/plain", b"x", 415),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/yaml", b"a: [", 400),
        ("application/yaml", b'a: "\\ud800"', 400),
        ("application/json", b'{"kind":"Pod","apiVersion":"v1"}', 400),
    ],
)
async def test_a_body_that_is_no_such_object_is_refused(
    bench: Bench, media: str, body: bytes, code: int
):
    assert (await bench.ask("POST", JOBS, body, media=media))[0] == code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{JOBS}/x"),
        ("DELETE", "/api/v1/namespaces/default"),
        ("PUT", JOBS),
        ("POST", "/apis/apps/v1/namespaces/default/deployments"),
    ],
)
async def test_what_cannot_be_done_is_405(bench: Bench, method: str, path: str):
    code, status = await bench.ask(method, path, {})
    assert (code, status["reason"]) == (405, "MethodNotAllowed")


async def test_merge_json_and_strategic_patches_change_a_job(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    one = f"{JOBS}/run-1"
    _, job = await bench.ask(
        "PATCH", one, {"metadata": {"labels": {"a": "b", "app": None}}}, media=MERGE
    )
    assert job["metadata"]["labels"]["a"] == "b"
    assert "app" not in job["metadata"]["labels"]
    _, job = await bench.ask(
        "PATCH",
        one,
        [
            {"op": "test", "path": "/spec/suspend", "value": False},
            {"op": "replace", "path": "/spec/suspend", "value": True},
        ],
        media=JSON_PATCH,
    )
    assert (job["spec"]["suspend"], job["metadata"]["generation"]) == (True, 2)
    _, job = await bench.ask("PATCH", one, {"spec": {"suspend": False}}, media=STRATEGIC)
    assert job["spec"]["suspend"] is False


async def test_a_strategic_patch_merges_lists_by_their_keys(bench: Bench):
    status = {
        "conditions": [
            {"type": "Suspended", "status": "True"},
            {"type": "Failed", "status": "True"},
        ]
    }
    bench.running_pod()
    bench.store.mutate("pods", "default", "pairx-84qnl", lambda o: o["status"].update(status))
    change = {
        "status": {
            "conditions": [
                {"type": "Suspended", "status": "False"},
                {"type": "Failed", "$patch": "delete"},
                {"type": "New", "status": "True"},
            ]
        }
    }
    _, pod = await bench.ask("PATCH", f"{PODS}/pairx-84qnl/status", change, media=STRATEGIC)
    assert pod["status"]["conditions"] == [
        {"type": "Suspended", "status": "False"},
        {"type": "New", "status": "True"},
    ]


async def test_status_is_written_through_its_own_path_only(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    _, job = await bench.ask("PATCH", f"{JOBS}/run-1", {"status": {"active": 1}}, media=MERGE)
    assert job["status"] == {}
    change = {"status": {"active": 1}, "spec": {"suspend": True}}
    _, job = await bench.ask("PATCH", f"{JOBS}/run-1/status", change, media=MERGE)
    assert (job["status"], job["spec"]["suspend"]) == ({"active": 1}, False)


@pytest.mark.parametrize(
    ("media", "patch", "code"),
    [
        (JSON_PATCH, [{"op": "remove", "path": "/spec/nothing"}], 422),
        (JSON_PATCH, [{"op": "test", "path": "/kind", "value": "Pod"}], 422),
        (JSON_PATCH, {}, 400),
        ("application/json", {}, 415),
        (MERGE, {"metadata": {"resourceVersion": "1"}}, 409),
        (MERGE, {"metadata": {"name": "other"}}, 400),
        (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}, 400),
    ],
)
async def test_a_patch_that_does_not_fit_is_refused(
    bench: Bench, media: str, patch: object, code: int
):
    await bench.ask("POST", JOBS, job_manifest())
    assert (await bench.ask("PATCH", f"{JOBS}/run-1", patch, media=media))[0] == code


async def test_the_template_of_a_job_is_immutable(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    change = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "other"}]}}}}
    code, status = await bench.ask("PATCH", f"{JOBS}/run-1", change, media=STRATEGIC)
    assert code == 422
    assert status["details"]["causes"][0]["field"] == "spec.template"
    assert "field is immutable" in status["message"]


async def test_a_put_replaces_and_an_old_version_conflicts(bench: Bench):
    _, first = await bench.ask("POST", CONFIGMAPS, {"metadata": {"name": "c"}, "data": {"a": "1"}})
    code, second = await bench.ask("PUT", f"{CONFIGMAPS}/c", first | {"data": {"b": "2"}})
    assert (code, second["data"]) == (200, {"b": "2"})
    code, status = await bench.ask("PUT", f"{CONFIGMAPS}/c", first)
    assert (code, status["reason"]) == (409, "Conflict")
    assert status["message"].startswith(
        'Operation cannot be fulfilled on configmaps "c": the object has been modified'
    )


async def test_server_side_apply_creates_merges_and_takes_back_what_it_no_longer_says(bench: Bench):
    one = f"{CONFIGMAPS}/c?fieldManager=console&force=true"
    base = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    code, _ = await bench.ask("PATCH", one, base | {"data": {"a": "1", "b": "2"}}, media=APPLY)
    assert code == 201
    await bench.ask("PATCH", f"{CONFIGMAPS}/c", {"data": {"z": "theirs"}}, media=MERGE)
    code, merged = await bench.ask("PATCH", one, base | {"data": {"b": "3"}}, media=APPLY)
    assert (code, merged["data"]) == (200, {"b": "3", "z": "theirs"})
    version = merged["metadata"]["resourceVersion"]
    _, again = await bench.ask("PATCH", one, base | {"data": {"b": "3"}}, media=APPLY)
    assert again["metadata"]["resourceVersion"] == version
    assert (await bench.ask("PATCH", f"{CONFIGMAPS}/c", base, media=APPLY))[0] == 422


@pytest.mark.parametrize(
    ("policy", "finalizer"),
    [(None, "orphan"), ("Orphan", "orphan"), ("Foreground", "foregroundDeletion")],
)
async def test_a_job_that_keeps_its_pods_busy_stays_with_a_finalizer(
    bench: Bench, policy: str | None, finalizer: str
):
    await bench.ask("POST", JOBS, job_manifest())
    code, left = await bench.ask(
        "DELETE", f"{JOBS}/run-1", {"propagationPolicy": policy} if policy else None
    )
    assert (code, left["kind"], left["metadata"]["finalizers"]) == (200, "Job", [finalizer])
    assert "deletionTimestamp" in left["metadata"]


async def test_a_job_deleted_in_the_background_is_gone_at_once(bench: Bench):
    _, job = await bench.ask("POST", JOBS, job_manifest())
    code, status = await bench.ask("DELETE", f"{JOBS}/run-1?propagationPolicy=Background")
    details = {"name": "run-1", "group": "batch", "kind": "jobs", "uid": job["metadata"]["uid"]}
    assert (code, status["status"], status["details"]) == (200, "Success", details)
    assert (await bench.ask("GET", f"{JOBS}/run-1"))[0] == 404


async def test_a_running_pod_is_given_its_grace(bench: Bench):
    bench.running_pod()
    _, pod = await bench.ask("DELETE", f"{PODS}/pairx-84qnl", {"gracePeriodSeconds": 3})
    assert (pod["kind"], pod["metadata"]["deletionGracePeriodSeconds"]) == ("Pod", 3)


async def test_a_deletion_can_be_bound_to_a_uid_and_rehearsed(bench: Bench):
    await bench.ask("POST", CONFIGMAPS, {"metadata": {"name": "c"}})
    code, status = await bench.ask("DELETE", f"{CONFIGMAPS}/c", {"preconditions": {"uid": "other"}})
    assert (code, status["reason"]) == (409, "Conflict")
    assert (await bench.ask("DELETE", f"{CONFIGMAPS}/c", {"dryRun": ["All"]}))[0] == 200
    assert (await bench.ask("DELETE", f"{CONFIGMAPS}/c", {"propagationPolicy": "Sideways"}))[
        0
    ] == 422
    assert (await bench.ask("GET", f"{CONFIGMAPS}/c"))[0] == 200


async def test_a_collection_is_deleted_by_selector(bench: Bench):
    for name, labels in (("a", {"x": "1"}), ("b", {})):
        await bench.ask("POST", CONFIGMAPS, {"metadata": {"name": name, "labels": labels}})
    code, listed = await bench.ask("DELETE", f"{CONFIGMAPS}?labelSelector=x")
    assert (code, [i["metadata"]["name"] for i in listed["items"]]) == (200, ["a"])
    assert [o["metadata"]["name"] for o in bench.store.list("configmaps", "default")] == ["b"]


def field(number: int, content: bytes) -> bytes:
    return bytes((number << 3 | 2, len(content))) + content


def message(kind: str, body: bytes, group: str = "authorization.k8s.io/v1") -> bytes:
    return b"k8s\0" + field(1, field(1, group.encode()) + field(2, kind.encode())) + field(2, body)


async def test_reviews_come_as_protobuf_and_are_allowed(bench: Bench):
    attributes = field(1, b"default") + field(2, b"create") + field(3, b"batch") + field(5, b"jobs")
    body = message("SelfSubjectAccessReview", field(2, field(1, attributes)))
    code, review = await bench.ask(
        "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body, media=PROTOBUF
    )
    assert (code, review["status"]["allowed"]) == (201, True)
    assert review["spec"]["resourceAttributes"] == {
        "namespace": "default",
        "verb": "create",
        "group": "batch",
        "resource": "jobs",
    }


@pytest.mark.parametrize(
    ("options", "sent", "field", "wanted"),
    [
        ({"gracePeriodSeconds": "soon"}, "string", "gracePeriodSeconds", "int64"),
        ({"preconditions": {"uid": 7}}, "number", "preconditions.uid", "string"),
        ({"dryRun": "All"}, "string", "dryRun", "slice"),
    ],
)
async def test_delete_options_of_a_wrong_type_are_refused_and_nothing_is_deleted(
    bench: Bench, options: dict[str, object], sent: str, field: str, wanted: str
):
    await bench.ask("POST", JOBS, job_manifest())
    code, status = await bench.ask("DELETE", f"{JOBS}/run-1", options)
    words = f"cannot unmarshal {sent} into Go struct field {field} of type {wanted}"
    assert (code, words in status["message"]) == (400, True)
    assert (await bench.ask("GET", f"{JOBS}/run-1"))[0] == 200


async def test_delete_options_come_as_protobuf(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    body = message("DeleteOptions", field(4, b"Foreground") + bytes((1 << 3, 7)), "v1")
    _, left = await bench.ask("DELETE", f"{JOBS}/run-1", body, media=PROTOBUF)
    assert left["metadata"]["finalizers"] == ["foregroundDeletion"]


SECRETS = "/api/v1/namespaces/default/secrets"


async def test_a_secret_comes_as_protobuf_with_each_of_its_values(bench: Bench):
    """As `kubectl create secret generic` sends it."""
    entries = [field(1, key) + field(2, value) for key, value in ((b"a", b"one"), (b"b", b"\xff"))]
    meta = field(1, b"evalai") + field(3, b"default")
    body = field(1, meta) + b"".join(field(2, each) for each in entries) + field(3, b"Opaque")
    code, made = await bench.ask("POST", SECRETS, message("Secret", body, "v1"), media=PROTOBUF)
    assert (code, made["type"], made["data"]) == (201, "Opaque", {"a": "b25l", "b": "/w=="})
    assert made["metadata"]["name"] == "evalai"


async def test_what_a_secret_says_in_text_is_stored_and_shown_as_its_other_values(bench: Bench):
    told = {"metadata": {"name": "s"}, "data": {"a": "b25l"}, "stringData": {"b": "two"}}
    code, made = await bench.ask("POST", SECRETS, told)
    assert (code, made["data"]) == (201, {"a": "b25l", "b": "dHdv"})
    assert "stringData" not in made
    _, changed = await bench.ask("PUT", f"{SECRETS}/s", {**made, "stringData": {"a": "new"}})
    assert changed["data"] == {"a": "bmV3", "b": "dHdv"}
    assert "stringData" not in changed


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"nothing", 400), (b"k8s\0\xff", 400), (b"k8s\0\x0a\x7f", 400), (message("Job", b""), 415)],
)
async def test_protobuf_that_is_torn_or_not_known_is_refused(bench: Bench, body: bytes, code: int):
    assert (await bench.ask("POST", JOBS, body, media=PROTOBUF))[0] == code


@pytest.mark.parametrize("way", ["exec?command=ls&", "attach?", "portforward?"])
async def test_a_way_into_a_pod_asks_for_an_upgrade(bench: Bench, way: str):
    bench.running_pod()
    bench.logs.sink("agent-1", 1)
    for method in ("GET", "POST"):
        code, status = await bench.ask(method, f"{PODS}/pairx-84qnl/{way}container=agent-1")
        assert (code, status["message"]) == (400, "Upgrade request required")


async def test_no_answer_shows_the_token(bench: Bench):
    for path in ("/api", "/apis", "/openapi/v3", PODS):
        async with bench.call("GET", path) as answer:
            assert TOKEN not in await answer.text()
