"""What is read of the published schemas: defaults, wherever they are told."""

from __future__ import annotations

import pytest

from console.localcluster.api.schemas import default, fill

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
