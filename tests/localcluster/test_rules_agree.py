"""The console's checks and the embedded API refuse the same Jobs: their rules are one set of rules.

What only the console asks for (a label as the Job's name, names that a shell knows, image references
that a runtime can read, absolute mount paths) is not here.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from console.localcluster.api.defaulting import default_job, own_pods
from console.localcluster.api.resources import find_resource
from console.localcluster.api.validation import check_new
from console.specs.checks.containers import check_containers
from console.specs.checks.metadata import check_config_map, check_metadata
from console.specs.checks.volumes import check_volumes

Document = dict[str, Any]
Change = Callable[[Document], object]

SOUND: Document = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "job", "namespace": "default", "labels": {}, "annotations": {}},
    "spec": {
        "template": {
            "metadata": {"labels": {}, "annotations": {}},
            "spec": {
                "restartPolicy": "OnFailure",
                "initContainers": [{"name": "first", "image": "image:1"}],
                "containers": [
                    {
                        "name": "main",
                        "image": "image:1",
                        "env": [{"name": "A", "value": "1"}],
                        "ports": [{"containerPort": 80}],
                        "volumeMounts": [{"name": "v", "mountPath": "/v"}],
                        "resources": {"limits": {"cpu": "1"}},
                    },
                    {"name": "other", "image": "image:1"},
                ],
                "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "emptyDir": {}}],
            },
        }
    },
}
PIECES = ("", "a", "A", "-", ".", "_", "/", " ", "ä", "\n")
PAIRS = {"".join(each) for each in product(PIECES, repeat=2)}
TEXTS = sorted(PAIRS | {f"a{pair}a" for pair in PAIRS})
LENGTHS = [character * size for character in "aA-" for size in (62, 63, 64, 252, 253, 254)]
NAMES = [*TEXTS, *LENGTHS]
AMOUNTS = ("0", "1", "2", "-1", "500m", "1Gi", 1, -1, 2.5)


def pod(job: Document) -> Document:
    found: Document = job["spec"]["template"]["spec"]
    return found


def main(job: Document) -> Document:
    found: Document = pod(job)["containers"][0]
    return found


def console_refuses(job: Document) -> bool:
    checks = (check_containers, check_volumes, check_metadata)
    return any(finding.severity == "error" for check in checks for finding in check(job))


def server_refuses(job: Document) -> bool:
    job = copy.deepcopy(job)
    job["metadata"]["uid"] = "u"
    default_job(job)
    own_pods(job, "u")
    jobs = find_resource("batch", "v1", "jobs")
    assert jobs is not None
    return bool(check_new(jobs, job))


def disagreements(changes: Iterator[tuple[object, Change]]) -> list[object]:
    """The changes to a sound Job that only one of both refuses."""
    found, refused = [], 0
    for told, change in changes:
        job = copy.deepcopy(SOUND)
        change(job)
        console, server = console_refuses(job), server_refuses(job)
        refused += console
        found += [told] if console is not server else []
    assert refused, "nothing was wrong with any of them"
    return found


def test_a_sound_job_is_taken_by_both() -> None:
    assert not console_refuses(SOUND)
    assert not server_refuses(SOUND)


SLOTS: dict[str, Callable[[Document, str], object]] = {
    "container": lambda job, text: main(job).update(name=text),
    "init container": lambda job, text: pod(job)["initContainers"][0].update(name=text),
    "volume": lambda job, text: pod(job)["volumes"][1].update(name=text),
    "label": lambda job, text: job["metadata"]["labels"].update({text: "x"}),
    "label's value": lambda job, text: job["metadata"]["labels"].update(x=text),
    "pod's label": lambda job, text: job["spec"]["template"]["metadata"]["labels"].update(
        {text: "x"}
    ),
    "sub-path": lambda job, text: main(job)["volumeMounts"][0].update(subPath=text),
}


@pytest.mark.parametrize("slot", SLOTS)
def test_they_agree_on_every_name_and_path(slot: str) -> None:
    put = SLOTS[slot]
    assert disagreements((text, lambda job, text=text: put(job, text)) for text in NAMES) == []


def test_they_agree_on_every_amount_of_every_resource() -> None:
    def changes() -> Iterator[tuple[object, Change]]:
        for name, limit, request in product(
            ("cpu", "nvidia.com/gpu"), (None, *AMOUNTS), (None, *AMOUNTS)
        ):
            sides = {"limits": limit, "requests": request}
            told = {kind: {name: amount} for kind, amount in sides.items() if amount is not None}
            yield told, lambda job, told=told: main(job).update(resources=told)

    assert disagreements(changes()) == []


BELOW: dict[str, Change] = {
    f"{field} below its least": lambda job, field=field: job["spec"].update({field: -1})
    for field in ("backoffLimit", "ttlSecondsAfterFinished", "activeDeadlineSeconds")
}
WRONG: dict[str, Change] = {
    **BELOW,
    "grace": lambda job: pod(job).update(terminationGracePeriodSeconds=-1),
    "pod's deadline": lambda job: pod(job).update(activeDeadlineSeconds=0),
    "container twice": lambda job: pod(job)["containers"][1].update(name="main"),
    "init container twice": lambda job: pod(job)["containers"][1].update(name="first"),
    "volume twice": lambda job: pod(job)["volumes"][1].update(name="v"),
    "two sources": lambda job: pod(job)["volumes"][1].update(secret={"secretName": "s"}),
    "no such volume": lambda job: main(job)["volumeMounts"][0].update(name="x"),
    "mount twice": lambda job: main(job)["volumeMounts"].append({"name": "w", "mountPath": "/v"}),
    "two sub-paths": lambda job: main(job)["volumeMounts"][0].update(
        subPath="a", subPathExpr="$(A)"
    ),
    "sub-path expression": lambda job: main(job)["volumeMounts"][0].update(subPathExpr="../a"),
    "key's path": lambda job: pod(job)["volumes"].append(
        {"name": "c", "configMap": {"name": "m", "items": [{"key": "k", "path": "a/../../b"}]}}
    ),
    "host's path": lambda job: pod(job)["volumes"].append(
        {"name": "h", "hostPath": {"path": "/a/../b"}}
    ),
    "value and source": lambda job: main(job)["env"][0].update(
        valueFrom={"fieldRef": {"fieldPath": "metadata.name"}}
    ),
    "no source": lambda job: main(job)["env"].append({"name": "B", "valueFrom": {}}),
    "two env sources": lambda job: main(job)["env"].append(
        {
            "name": "B",
            "valueFrom": {
                "fieldRef": {"fieldPath": "metadata.name"},
                "secretKeyRef": {"name": "s", "key": "k"},
            },
        }
    ),
    "port": lambda job: main(job)["ports"][0].update(containerPort=65536),
    "privileges": lambda job: main(job).update(
        securityContext={"privileged": True, "allowPrivilegeEscalation": False}
    ),
    "failure policy": lambda job: job["spec"].update(podFailurePolicy={"rules": []}),
    "annotations": lambda job: job["metadata"]["annotations"].update(a="x" * 256 * 1024),
    "annotation's key": lambda job: job["metadata"]["annotations"].update({"a b": ""}),
    "account": lambda job: pod(job).update(serviceAccountName="A"),
}


@pytest.mark.parametrize("case", WRONG)
def test_both_refuse_what_no_job_may_hold(case: str) -> None:
    job = copy.deepcopy(SOUND)
    WRONG[case](job)
    assert (console_refuses(job), server_refuses(job)) == (True, True)


@pytest.mark.parametrize("size", [1024 * 1024, 1024 * 1024 + 1])
def test_they_agree_on_the_size_of_a_config_map(size: int) -> None:
    text = "ä" * (size // 2) + "a" * (size % 2)
    assert _refused_map({"key": text}) == (size > 1024 * 1024, size > 1024 * 1024)


def test_they_agree_on_every_key_of_a_config_map() -> None:
    keys = [*NAMES, ".", "..", "..a", "a..", ".a"]
    assert [key for key in keys if len(set(_refused_map({key: ""}))) > 1] == []


def _refused_map(data: dict[str, str]) -> tuple[bool, bool]:
    made: Document = {"metadata": {"name": "m", "namespace": "default", "uid": "u"}, "data": data}
    maps = find_resource("", "v1", "configmaps")
    assert maps is not None
    return any(check_config_map(made)), bool(check_new(maps, made))
