"""The small Jobs that both clusters get: one thing that can happen to a pod each, in seconds.

Knows what each Job is and what has to be seen before it is over; compares nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.e2e.parity import RUNS_AGAIN

Json = Any
IMAGE = "console.local/shell:1"


@dataclass(frozen=True, slots=True)
class Scene:
    """A Job, and the reasons (of conditions, events, waits; `is Failed`) that end the scene.

    `said` is in the answer to who asks for the log of one that waits, now for this, now for that.
    """

    over: set[str]
    command: tuple[str, ...] = ("sleep", "600")
    image: str = IMAGE
    policy: str = "OnFailure"
    job: dict[str, Json] = field(default_factory=dict)
    container: dict[str, Json] = field(default_factory=dict)
    pod: dict[str, Json] = field(default_factory=dict)
    said: str = ""

    def manifest(self, name: str) -> Json:
        container = {"name": "c", "image": self.image, "command": [*self.command]}
        spec = {
            "restartPolicy": self.policy,
            "terminationGracePeriodSeconds": 2,
            "automountServiceAccountToken": False,
            "containers": [container | self.container],
        }
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": name},
            "spec": {"template": {"spec": spec | self.pod}, **self.job},
        }


_EXCEEDED = {"is Failed", "BackoffLimitExceeded"}
_FAILING = ("sh", "-c", "echo told; exit 3")
_LONG_ENOUGH = "echo told; sleep 5; "
"""For a kubelet on a busy machine to tell that the container runs, before it has ended."""
_FAILING_ONCE = ("sh", "-c", _LONG_ENOUGH + "exit 3")
_LISTENING = ("sh", "-c", "trap 'exit 9' TERM; while :; do sleep 0.2; done")
"""The first process of a real container ignores a signal that it has no trap for."""
_FAILING_FIRST = (
    "sh",
    "-c",
    "trap 'exit 9' TERM; [ -e /v/f ] || { touch /v/f; echo told; exit 3; }; echo again;"
    " while :; do sleep 0.2; done",
)
_FAILING_UNTIL_THE_SECOND = (
    "sh",
    "-c",
    'sleep 5; echo "$JOB_COMPLETION_INDEX $BEFORE $HOSTNAME";'
    " [ $JOB_COMPLETION_INDEX$BEFORE != 10 ]",
)
_FAILING_SECOND = ("sh", "-c", "sleep 5; echo told; exit $JOB_COMPLETION_INDEX")
_FAILURES = "metadata.annotations['batch.kubernetes.io/job-index-failure-count']"
_BEFORE = {"name": "BEFORE", "valueFrom": {"fieldRef": {"fieldPath": _FAILURES}}}
_SIDECAR = {"name": "s", "image": IMAGE, "command": [*_LISTENING], "restartPolicy": "Always"}
_TWO_INDEXES = {"completionMode": "Indexed", "completions": 2, "parallelism": 2}
_MISSING_MAP = {"name": "v", "configMap": {"name": "nowhere"}}
_MISSING_KEY = {"secretKeyRef": {"name": "nowhere", "key": "k"}}
_FAILING_INIT = {"name": "i", "image": IMAGE, "command": [*_FAILING]}

SCENES = {
    "succeeds": Scene({"is Complete", "Completed"}, ("sh", "-c", _LONG_ENOUGH + "exit 0")),
    "fails-once": Scene(_EXCEEDED, _FAILING_ONCE, policy="Never", job={"backoffLimit": 0}),
    "fails-again": Scene(_EXCEEDED, _FAILING, job={"backoffLimit": 2}),
    "init-fails": Scene(
        _EXCEEDED, job={"backoffLimit": 2}, pod={"initContainers": [_FAILING_INIT]}
    ),
    "runs-again": Scene(
        {RUNS_AGAIN},
        _FAILING_FIRST,
        container={"volumeMounts": [{"name": "v", "mountPath": "/v"}]},
        pod={"volumes": [{"name": "v", "emptyDir": {}}]},
    ),
    # Long enough for a container on a busy machine to have begun to listen.
    "too-late": Scene(
        {"is Failed", "DeadlineExceeded"}, _LISTENING, job={"activeDeadlineSeconds": 8}
    ),
    "no-program": Scene(_EXCEEDED, ("/no/such/program",), job={"backoffLimit": 2}),
    "no-image-name": Scene({"InvalidImageName"}, image="Not/A_Name:"),
    "no-image": Scene(
        {"ErrImagePull", "ImagePullBackOff"},
        image="localhost:1/nobody/nothing:1",
        said="trying and failing to pull image",
    ),
    "no-secret": Scene(
        {"CreateContainerConfigError"},
        container={"env": [{"name": "S", "valueFrom": _MISSING_KEY}]},
    ),
    "no-config-map": Scene(
        {"FailedMount"},
        container={"volumeMounts": [{"name": "v", "mountPath": "/v"}]},
        pod={"volumes": [_MISSING_MAP]},
    ),
    "no-node": Scene({"FailedScheduling"}, pod={"nodeSelector": {"kind": "none"}}),
    "no-gpu": Scene(
        {"FailedScheduling"}, container={"resources": {"limits": {"nvidia.com/gpu": "1000"}}}
    ),
    "sidecar": Scene(
        {"is Complete", "Completed"},
        ("sh", "-c", _LONG_ENOUGH + "exit 0"),
        policy="Never",
        pod={"initContainers": [_SIDECAR]},
    ),
    "indexed": Scene(
        {"is Complete", "Completed"},
        _FAILING_UNTIL_THE_SECOND,
        policy="Never",
        job=_TWO_INDEXES | {"backoffLimitPerIndex": 1},
        container={"env": [_BEFORE]},
        pod={"initContainers": [_SIDECAR]},
    ),
    "one-index-fails": Scene(
        {"is Failed", "FailedIndexes"},
        _FAILING_SECOND,
        policy="Never",
        job=_TWO_INDEXES | {"backoffLimitPerIndex": 0},
    ),
    "suspended": Scene({"is Suspended", "JobSuspended"}, job={"suspend": True}),
}
