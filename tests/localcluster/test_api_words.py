"""What the embedded API refuses of names, containers, volumes and Jobs, in kubectl's own words."""

from __future__ import annotations

from typing import Any

import pytest

from console.localcluster.api.refusals import StatusCause
from console.localcluster.api.validation import words
from console.localcluster.api.validation.container import check_container
from console.localcluster.api.validation.plain import check_configmap, check_secret
from console.localcluster.api.validation.pod import check_pod_spec, check_pod_update


def told(causes: list[StatusCause]) -> list[str]:
    return [f"{each.field}: {each.text}" for each in causes]


@pytest.mark.parametrize(
    ("rule", "longest", "wrong"),
    [
        (words.dns_label, 63, "Upper"),
        (words.dns_subdomain, 253, "a..b"),
        (words.label_value, 63, "-x"),
        (words.config_key, 253, "a b"),
        (words.port_name, 15, "a_b"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_name_is_refused_for_its_length_or_for_its_form(
    rule: Any, longest: int, wrong: str
) -> None:
    assert rule("f", "a" * longest) == []
    (long,) = told(rule("f", "a" * (longest + 1)))
    assert f"must be no more than {longest} characters" in long
    (form,) = told(rule("f", wrong))
    assert form.startswith("f: Invalid value")
    assert "must" in form


def test_a_port_has_a_letter_in_its_name() -> None:
    assert words.port_name("f", "80a") == []
    assert "at least one letter" in told(words.port_name("f", "8080"))[0]


@pytest.mark.parametrize(
    ("key", "count"),
    [("app", 0), ("example.com/app", 0), ("Example/app", 1), ("/app", 1), ("a/b c", 1), ("", 1)],
)
def test_a_key_is_a_name_behind_an_optional_subdomain(key: str, count: int) -> None:
    assert len(words.qualified_name("f", key)) == count


def test_each_wrong_part_of_a_key_is_told() -> None:
    assert len(words.qualified_name("f", f"UPPER/{'-' * 64}")) == 3


def test_a_variable_is_printable_and_has_no_equals_sign() -> None:
    assert words.variable_name("f", "MY.var-1") == []
    assert "printable ASCII" in told(words.variable_name("f", "a=b"))[0]


def container(**more: Any) -> list[str]:
    return told(check_container({"name": "a", "image": "x", **more}, "c", {"data"}))


def test_a_sound_container_has_nothing_against_it() -> None:
    assert container(volumeMounts=[{"name": "data", "mountPath": "/data"}]) == []


@pytest.mark.parametrize(
    ("more", "words_told"),
    [
        ({"image": ""}, "c.image: Required value"),
        ({"image": " x"}, "must not have leading or trailing whitespace"),
        ({"name": "A"}, "c.name: Invalid value"),
        ({"env": [{"name": "a=b", "value": "x"}]}, "c.env[0].name"),
        ({"env": [{"name": "A", "valueFrom": {}}]}, "must specify one of"),
        (
            {"env": [{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "a"}}}]},
            "may not be specified when `value` is not empty",
        ),
        (
            {"env": [{"name": "A", "valueFrom": {"fieldRef": {"a": 1}, "secretKeyRef": {"b": 1}}}]},
            "may not have more than one field specified",
        ),
        ({"ports": [{"containerPort": 70000}]}, "must be between 1 and 65535"),
        (
            {"ports": [{"name": "a", "containerPort": 1}, {"name": "a", "containerPort": 2}]},
            "c.ports[1].name: Duplicate value",
        ),
        ({"volumeMounts": [{"name": "none", "mountPath": "/x"}]}, "c.volumeMounts[0].name: Not"),
        (
            {"volumeMounts": [{"name": "data", "mountPath": "/x"}] * 2},
            "must be unique",
        ),
        (
            {"volumeMounts": [{"name": "data", "mountPath": "/x", "subPath": "/y"}]},
            "must be a relative path",
        ),
        (
            {"volumeMounts": [{"name": "data", "mountPath": "/x", "subPath": "a/../b"}]},
            "must not contain '..'",
        ),
        (
            {
                "volumeMounts": [
                    {"name": "data", "mountPath": "/x", "subPath": "a", "subPathExpr": "b"}
                ]
            },
            "exclusive",
        ),
        ({"resources": {"limits": {"cpu": "-1"}}}, "must be greater than or equal to 0"),
        (
            {"resources": {"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}}},
            "must be less than or equal to memory limit of 1Gi",
        ),
        (
            {"resources": {"requests": {"nvidia.com/gpu": 1}, "limits": {"nvidia.com/gpu": 2}}},
            "must be equal to nvidia.com/gpu limit of 2",
        ),
        (
            {"securityContext": {"privileged": True, "allowPrivilegeEscalation": False}},
            "cannot set `allowPrivilegeEscalation` to false",
        ),
        ({"restartPolicyRules": [{"action": "Restart"}]}, "c.restartPolicy: Required value"),
    ],
)
def test_what_is_wrong_with_a_container_is_told_at_its_field(
    more: dict[str, Any], words_told: str
) -> None:
    assert any(words_told in each for each in container(**more)), container(**more)


def spec(**more: Any) -> list[str]:
    return told(check_pod_spec({"containers": [{"name": "a", "image": "x"}], **more}, "s"))


@pytest.mark.parametrize(
    ("more", "words_told"),
    [
        ({"containers": []}, "s.containers: Required value"),
        ({"terminationGracePeriodSeconds": -1}, "must be greater than or equal to 0"),
        ({"serviceAccountName": "A"}, "s.serviceAccountName: Invalid value"),
        (
            {"initContainers": [{"name": "a", "image": "x"}]},
            "s.containers[0].name: Duplicate value",
        ),
        ({"volumes": [{"name": "v"}, {"name": "v"}]}, "s.volumes[1].name: Duplicate value"),
        ({"volumes": [{"name": "V"}]}, "s.volumes[0].name: Invalid value"),
        (
            {"volumes": [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}]},
            "may not specify more than 1 volume type",
        ),
        ({"volumes": [{"name": "v", "configMap": {}}]}, "s.volumes[0].configMap.name: Required"),
        ({"volumes": [{"name": "v", "secret": {}}]}, "s.volumes[0].secret.secretName: Required"),
    ],
)
def test_what_is_wrong_with_a_pod_is_told_at_its_field(
    more: dict[str, Any], words_told: str
) -> None:
    assert any(words_told in each for each in spec(**more)), spec(**more)


def test_a_port_of_the_host_is_given_once() -> None:
    port = {"containerPort": 1, "hostPort": 8080, "protocol": "TCP"}
    containers = [{"name": name, "image": "x", "ports": [port]} for name in "ab"]
    assert spec(containers=containers) == [
        's.containers[1].ports[0].hostPort: Duplicate value: "/TCP/8080"'
    ]


def test_of_a_pod_that_is_there_only_images_may_change() -> None:
    now = {"spec": {"containers": [{"name": "a", "image": "x", "env": []}]}}
    image = {"spec": {"containers": [{"name": "a", "image": "y", "env": []}]}}
    env = {"spec": {"containers": [{"name": "a", "image": "x", "env": [{"name": "B"}]}]}}
    assert check_pod_update(image, now) == []
    (cause,) = check_pod_update(env, now)
    assert "Forbidden" in cause.text


def test_a_config_map_has_each_key_once_and_at_most_a_mebibyte() -> None:
    assert check_configmap({"data": {"a": "x"}, "binaryData": {"b": "eA=="}}) == []
    twice = check_configmap({"data": {"a": "x"}, "binaryData": {"a": "eA=="}})
    assert "duplicate of key present in binaryData" in told(twice)[0]
    large = check_configmap({"data": {"a": "x" * (1024 * 1024 + 1)}})
    assert "may not be more than 1048576 bytes" in told(large)[0]


def test_a_secret_keeps_to_the_same_keys_and_size() -> None:
    assert check_secret({"data": {"a": "eA=="}}) == []
    assert len(check_secret({"data": {"a b": "eA==", "c": "x" * (1024 * 1024 + 1)}})) == 2
