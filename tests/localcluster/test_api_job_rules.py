"""What the embedded API refuses in an object, with the field that is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from api_bench import CONFIGMAPS, JOBS, Bench, job_manifest, main, pod_spec, served


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        yield bench


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
