"""What a container of the embedded cluster finds: its variables and its volumes, or why it waits."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Any

import pytest

from console.localcluster.api.defaulting import default_pod_spec
from console.localcluster.node.environment import ConfigMissing, declared, field_value
from console.localcluster.node.volumes import VolumeNotReady, mounts, set_up

POD: dict[str, Any] = {
    "metadata": {
        "name": "demo-x",
        "namespace": "races",
        "uid": "u1",
        "labels": {"app": "console", "b": "2"},
        "annotations": {"note": "hi"},
    },
    "spec": {"nodeName": "gpu-1", "serviceAccountName": "racer"},
    "status": {"podIP": "10.0.0.7", "hostIP": "10.0.0.1"},
}
OBJECTS = {
    ("configmaps", "settings"): {
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "races"},
        "data": {"mode": "fast", "level": "3"},
        "binaryData": {"raw": base64.b64encode(b"\x00\xff").decode()},
    },
    ("secrets", "login"): {
        "kind": "Secret",
        "metadata": {"name": "login", "namespace": "races"},
        "data": {"password": base64.b64encode(b"hunter2").decode()},
    },
}


def find(resource: str, name: str) -> Any:
    return OBJECTS.get((resource, name))


def env(*entries: dict[str, Any], **container: Any) -> dict[str, str]:
    return declared({"env": list(entries), **container}, POD, find)


def from_field(path: str) -> dict[str, Any]:
    return {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": path}}}


def from_key(source: str, name: str, key: str, **more: Any) -> dict[str, Any]:
    return {"name": "A", "valueFrom": {source: {"name": name, "key": key, **more}}}


def test_a_value_may_refer_to_those_before_it_and_to_no_later_one() -> None:
    told = env(
        {"name": "A", "value": "1"},
        {"name": "B", "value": "$(A)2"},
        {"name": "C", "value": "$(D)"},
        {"name": "D", "value": "4"},
    )
    assert told == {"A": "1", "B": "12", "C": "$(D)", "D": "4"}


def test_a_variable_without_a_value_is_empty_and_there() -> None:
    assert env({"name": "A"}) == {"A": ""}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "demo-x"),
        ("metadata.namespace", "races"),
        ("metadata.uid", "u1"),
        ("metadata.labels['app']", "console"),
        ("metadata.annotations['note']", "hi"),
        ("metadata.labels['none']", ""),
        ("metadata.labels", 'app="console"\nb="2"'),
        ("spec.nodeName", "gpu-1"),
        ("spec.serviceAccountName", "racer"),
        ("status.podIP", "10.0.0.7"),
        ("status.hostIP", "10.0.0.1"),
    ],
)
def test_a_field_of_the_pod_is_read_when_the_container_starts(path: str, value: str) -> None:
    assert env(from_field(path)) == {"A": value}


def test_a_pod_without_a_status_yet_has_empty_addresses() -> None:
    assert field_value({**POD, "status": {}}, "status.podIP") == ""


def test_a_limit_is_told_and_0_where_there_is_none() -> None:
    entry = {"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}
    assert env(entry, resources={"limits": {"cpu": "2"}}) == {"A": "2"}
    assert env(entry) == {"A": "0"}


def test_keys_of_config_maps_and_secrets_are_values() -> None:
    assert env(from_key("configMapKeyRef", "settings", "mode")) == {"A": "fast"}
    assert env(from_key("secretKeyRef", "login", "password")) == {"A": "hunter2"}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (from_key("configMapKeyRef", "none", "mode"), 'configmap "none" not found'),
        (from_key("secretKeyRef", "none", "x"), 'secret "none" not found'),
        (
            from_key("configMapKeyRef", "settings", "none"),
            "couldn't find key none in ConfigMap races/settings",
        ),
    ],
)
def test_what_a_variable_needs_and_is_not_there_is_told_in_the_kubelets_words(
    entry: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigMissing) as missing:
        env(entry)
    assert missing.value.what == words


@pytest.mark.parametrize(("name", "key"), [("none", "mode"), ("settings", "none")])
def test_an_optional_key_that_is_not_there_is_no_variable(name: str, key: str) -> None:
    assert env(from_key("configMapKeyRef", name, key, optional=True)) == {}


def test_all_keys_of_an_object_come_with_a_prefix_and_a_later_variable_wins() -> None:
    source = {"secretRef": {"name": "login"}, "prefix": "L_"}
    told = env({"name": "L_password", "value": "mine"}, envFrom=[source])
    assert told == {"L_password": "mine"}
    assert env(envFrom=[source]) == {"L_password": "hunter2"}


def test_all_keys_of_an_optional_object_that_is_not_there_are_none() -> None:
    assert env(envFrom=[{"configMapRef": {"name": "none", "optional": True}}]) == {}


def volume(folder: Path, **source: Any) -> Path:
    pod = {**POD, "spec": {"volumes": [{"name": "v", **source}]}}
    default_pod_spec(pod["spec"])
    return set_up(pod, folder / "pod", folder / "host", find)["v"]


def test_an_empty_directory_is_one_that_everybody_may_write(tmp_path: Path) -> None:
    place = volume(tmp_path, emptyDir={})
    assert list(place.iterdir()) == []
    assert stat.S_IMODE(place.stat().st_mode) == 0o777


def test_a_config_map_is_its_files_with_their_mode(tmp_path: Path) -> None:
    place = volume(tmp_path, configMap={"name": "settings", "defaultMode": 0o755})
    assert {each.name for each in place.iterdir()} == {"mode", "level", "raw"}
    assert (place / "mode").read_text() == "fast"
    assert (place / "raw").read_bytes() == b"\x00\xff"
    assert stat.S_IMODE((place / "mode").stat().st_mode) == 0o755


def test_only_the_items_that_are_named_are_there_at_their_paths(tmp_path: Path) -> None:
    items = [{"key": "mode", "path": "deep/er", "mode": 0o600}]
    place = volume(tmp_path, configMap={"name": "settings", "items": items})
    assert [str(each.relative_to(place)) for each in place.rglob("*")] == ["deep", "deep/er"]
    assert stat.S_IMODE((place / "deep/er").stat().st_mode) == 0o600


def test_a_secret_is_decoded(tmp_path: Path) -> None:
    assert (volume(tmp_path, secret={"secretName": "login"}) / "password").read_text() == "hunter2"


def test_a_projected_volume_holds_several_sources(tmp_path: Path) -> None:
    label = {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}
    sources = [
        {"configMap": {"name": "settings", "items": [{"key": "mode", "path": "m"}]}},
        {"secret": {"name": "login"}},
        {"downwardAPI": {"items": [label]}},
        {"serviceAccountToken": {"path": "token"}},
    ]
    place = volume(tmp_path, projected={"sources": sources})
    assert {each.name for each in place.iterdir()} == {"m", "password", "labels"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"configMap": {"name": "none"}}, 'configmap "none" not found'),
        (
            {"configMap": {"name": "settings", "items": [{"key": "x", "path": "x"}]}},
            "references non-existent config key: x",
        ),
        ({"persistentVolumeClaim": {"claimName": "c"}}, "the embedded cluster has only"),
    ],
)
def test_a_volume_that_cannot_be_made_says_why_as_the_kubelet_does(
    tmp_path: Path, source: dict[str, Any], words: str
) -> None:
    with pytest.raises(VolumeNotReady) as waits:
        volume(tmp_path, **source)
    assert waits.value.what.startswith('MountVolume.SetUp failed for volume "v" : ')
    assert words in waits.value.what


def test_an_optional_object_that_is_not_there_is_an_empty_volume(tmp_path: Path) -> None:
    place = volume(tmp_path, configMap={"name": "none", "optional": True})
    assert list(place.iterdir()) == []


def test_a_path_of_the_host_is_the_simulated_nodes_before_the_real_one(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    assert volume(tmp_path, hostPath={"path": str(real)}) == real
    simulated = tmp_path / "host" / str(real).lstrip("/")
    simulated.mkdir(parents=True)
    assert volume(tmp_path, hostPath={"path": str(real)}) == simulated


def test_a_path_that_no_host_has_is_made_on_the_simulated_node(tmp_path: Path) -> None:
    place = volume(tmp_path, hostPath={"path": "/nowhere/at/all"})
    assert place == tmp_path / "host/nowhere/at/all"
    assert place.is_dir()


def mounted(tmp_path: Path, **mount: Any) -> Path:
    entry = {"name": "v", "mountPath": "/data", **mount}
    return mounts({"volumeMounts": [entry]}, {"v": tmp_path}, {"POD": "demo-x"})["/data"]


def test_a_part_of_a_volume_is_mounted_and_made_if_need_be(tmp_path: Path) -> None:
    assert mounted(tmp_path) == tmp_path
    assert mounted(tmp_path, subPath="a/b") == tmp_path / "a/b"
    assert mounted(tmp_path, subPathExpr="of/$(POD)") == tmp_path / "of/demo-x"
    assert (tmp_path / "of/demo-x").is_dir()


def test_a_part_outside_of_the_volume_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VolumeNotReady, match="must stay inside it"):
        mounted(tmp_path, subPath="a/../../b")


def test_a_mount_of_a_volume_that_the_pod_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VolumeNotReady, match='the pod has no volume "w"'):
        mounted(tmp_path, name="w")
