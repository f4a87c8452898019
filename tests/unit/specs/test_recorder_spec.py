"""recorder.yaml: the recorder in the cluster may read, and nothing else; its pod is nobody special."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from console import paths
from console.cli.main import parser
from console.localcluster.api.resources import find_resource
from console.localcluster.api.validation import check_new
from console.specs.schema import misfits
from console.version import VERSION

Json = dict[str, Any]


def spec(name: str) -> dict[tuple[str, str], Json]:
    documents = yaml.safe_load_all((paths.job_specs() / name).read_text())
    return {(each["kind"], each["metadata"]["name"]): each for each in documents}


RECORDER = spec("recorder.yaml")
NAME = "leaderboard-recorder"


def granted(role: Json) -> set[tuple[str, str, str]]:
    return {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def roles_of(kind: str, name: str, namespace: str = "leaderboard") -> list[Json]:
    """What is bound to that subject in that namespace."""
    known = spec("access.yaml") | RECORDER
    return [
        known["Role", each["roleRef"]["name"]]
        for each in RECORDER.values()
        if each["kind"] == "RoleBinding"
        and each["metadata"]["namespace"] == namespace
        and any((one["kind"], one["name"]) == (kind, name) for one in each["subjects"])
    ]


@pytest.fixture
def pod() -> Json:
    return RECORDER["Deployment", NAME]["spec"]["template"]["spec"]


@pytest.fixture
def container(pod: Json) -> Json:
    (only,) = pod["containers"]
    return only


@pytest.mark.parametrize(
    ("group", "plural", "kind"),
    [
        ("", "serviceaccounts", "ServiceAccount"),
        ("rbac.authorization.k8s.io", "roles", "Role"),
        ("rbac.authorization.k8s.io", "rolebindings", "RoleBinding"),
    ],
)
def test_its_objects_are_as_the_api_publishes_them(group: str, plural: str, kind: str) -> None:
    resource = find_resource(group, "v1", plural)
    assert resource is not None
    found = [each for each in RECORDER.values() if each["kind"] == kind]
    assert found
    assert [check_new(resource, each) for each in found] == [[]] * len(found)


def test_its_pod_and_its_claim_have_no_field_that_the_api_does_not_know() -> None:
    template = RECORDER["Deployment", NAME]["spec"]["template"]
    claim = RECORDER["PersistentVolumeClaim", "leaderboard-recordings"]["spec"]
    assert list(misfits(template, "PodTemplateSpec")) == []
    assert list(misfits(claim, "PersistentVolumeClaimSpec")) == []
    assert list(misfits({"spec": {"containerz": []}}, "PodTemplateSpec")) != []


def test_its_account_reads_what_a_console_reads_and_no_more() -> None:
    (role,) = roles_of("ServiceAccount", NAME)
    operators = granted(spec("access.yaml")["Role", "leaderboard-console"])
    reading = {each for each in operators if each[2] in ("get", "list", "watch")}
    # A launch reads those two, for a name whose last Job is deleted while they are not.
    launching = {each for each in reading if each[1] in ("configmaps", "resourceclaimtemplates")}
    assert granted(role) == reading - launching


def test_elsewhere_its_account_reads_the_events_of_nodes_alone() -> None:
    (role,) = roles_of("ServiceAccount", NAME, "default")
    assert role["metadata"]["namespace"] == "default"
    assert granted(role) == {("", "events", "list"), ("", "events", "watch")}


def test_who_opens_the_console_in_it_may_enter_pods_and_no_more() -> None:
    (role,) = roles_of("Group", "leaderboard-operators")
    assert granted(role) == {
        ("apps", "deployments", "get"),
        ("", "pods", "get"),
        ("", "pods", "list"),
        ("", "pods/exec", "create"),
    }


def test_one_at_a_time_has_the_recordings() -> None:
    deployment = RECORDER["Deployment", NAME]["spec"]
    assert deployment["replicas"] == 1
    assert deployment["strategy"] == {"type": "Recreate"}
    labels = deployment["template"]["metadata"]["labels"]
    assert deployment["selector"]["matchLabels"].items() <= labels.items()
    assert not any(key.startswith(("batch.kubernetes.io", "job-name")) for key in labels)


def test_nothing_of_it_is_privileged(pod: Json, container: Json) -> None:
    """As the level `restricted` of Kubernetes' pod security demands, and a read-only file system."""
    own, common = container["securityContext"], pod["securityContext"]
    assert common["runAsNonRoot"] is True
    assert common["runAsUser"] == common["fsGroup"] != 0
    assert common["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert own["allowPrivilegeEscalation"] is own["privileged"] is False
    assert own["readOnlyRootFilesystem"] is True
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & pod.keys()
    assert {key for each in pod["volumes"] for key in each} == {
        "name",
        "persistentVolumeClaim",
        "emptyDir",
    }


def test_its_state_lies_on_the_claim(pod: Json, container: Json) -> None:
    claims = {v["name"]: v["persistentVolumeClaim"] for v in pod["volumes"] if "emptyDir" not in v}
    mounts = {each["mountPath"]: each["name"] for each in container["volumeMounts"]}
    state = {each["name"]: each["value"] for each in container["env"]}[paths.STATE_VARIABLE]
    assert claims[mounts[state]] == {"claimName": "leaderboard-recordings"}
    assert ("PersistentVolumeClaim", "leaderboard-recordings") in RECORDER


def test_its_image_is_of_this_version(container: Json) -> None:
    assert container["image"].rpartition(":")[2] == VERSION


@pytest.mark.parametrize("probe", [None, "livenessProbe", "readinessProbe"])
def test_what_it_runs_and_is_asked_are_commands_of_this_console(
    container: Json, probe: str | None
) -> None:
    command = container[probe]["exec"]["command"] if probe else container["command"]
    assert command[0] == "carla-console"
    options = parser().parse_args(command[1:])
    assert options.command == "record"
    assert (options.foreground, options.stay) == (probe is None, probe is None)
    assert options.live is (probe == "readinessProbe")


def test_all_but_the_right_to_events_of_nodes_is_in_the_namespace_of_the_submissions() -> None:
    elsewhere = [k for k, o in RECORDER.items() if o["metadata"]["namespace"] != "leaderboard"]
    assert elsewhere == [("RoleBinding", "leaderboard-recorder-node-events")]
