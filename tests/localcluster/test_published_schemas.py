"""What is read of the published schemas: defaults, wherever they are told."""

from __future__ import annotations

import pytest

from console.localcluster.api.defaulting import default_pod_spec
from console.localcluster.api.schemas import default, each_part, fill, nothing

CORE = "io.k8s.api.core.v1"


@pytest.mark.parametrize(
    ("schema", "field", "value"),
    [
        ("io.k8s.api.batch.v1.JobSpec", "backoffLimit", 6),
        ("io.k8s.api.batch.v1.JobSpec", "completionMode", "NonIndexed"),
        (f"{CORE}.PodSpec", "enableServiceLinks", True),
        (f"{CORE}.PodSpec", "securityContext", {}),
        (f"{CORE}.Container", "terminationMessagePath", "/dev/termination-log"),
        (f"{CORE}.ContainerPort", "protocol", "TCP"),
        (f"{CORE}.SecretVolumeSource", "defaultMode", 0o644),
        (f"{CORE}.HostPathVolumeSource", "type", ""),
        (f"{CORE}.Container", "image", None),
    ],
)
def test_a_default_is_what_the_api_publishes_in_its_schema_or_its_words(
    schema: str, field: str, value: object
) -> None:
    assert default(schema, field) == value


def test_what_an_object_says_itself_stays_and_an_empty_word_is_nothing() -> None:
    spec = {"dnsPolicy": "None", "restartPolicy": ""}
    fill(spec, f"{CORE}.PodSpec", "dnsPolicy", "restartPolicy")
    assert spec == {"dnsPolicy": "None", "restartPolicy": "Always"}


def test_two_objects_share_no_default() -> None:
    one, other = {}, {}
    for each in (one, other):
        fill(each, f"{CORE}.Container", "resources")
    one["resources"]["limits"] = {"cpu": "1"}
    assert other == {"resources": {}}


def test_a_probe_gets_its_numbers_wherever_it_stands() -> None:
    spec = {
        "initContainers": [{"name": "i", "startupProbe": {"exec": {"command": ["true"]}}}],
        "containers": [
            {"name": "c", "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 3}}
        ],
    }
    default_pod_spec(spec)
    numbers = {"timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3}
    assert spec["initContainers"][0]["startupProbe"] == {
        "exec": {"command": ["true"]},
        "periodSeconds": 10,
        **numbers,
    }
    assert spec["containers"][0]["livenessProbe"] == {
        "httpGet": {"port": 80, "scheme": "HTTP", "path": "/"},
        "periodSeconds": 3,
        **numbers,
    }


@pytest.mark.parametrize("source", ["configMap", "secret", "downwardAPI", "projected"])
def test_the_files_of_every_volume_have_a_mode(source: str) -> None:
    spec = {"volumes": [{"name": "v", source: {}}]}
    default_pod_spec(spec)
    assert spec["volumes"][0][source] == {"defaultMode": 0o644}


def test_parts_are_met_by_the_names_of_their_schemas() -> None:
    spec = {"containers": [{"name": "c", "env": [{"name": "A"}]}], "nodeSelector": {"a": "b"}}
    met = [name.removeprefix(f"{CORE}.") for name, _ in each_part(spec, f"{CORE}.PodSpec")]
    assert met == ["PodSpec", "Container", "EnvVar"]


def test_an_object_that_says_nothing_has_the_fields_that_a_server_never_leaves_out() -> None:
    assert nothing(f"{CORE}.Pod") == {"metadata": {}, "spec": {"containers": None}, "status": {}}
    job = nothing("io.k8s.api.batch.v1.Job")
    assert job["spec"] == {"template": {"metadata": {}, "spec": {"containers": None}}}
    event = nothing(f"{CORE}.Event")
    assert (event["involvedObject"], event["reportingComponent"]) == ({}, "")
