"""A submission of three pairs with a pod each, as objects of the API: for a cluster in memory."""

from __future__ import annotations

import copy
from typing import Any

from console.specs.compose import Composed

SUBSETS = "0-1;2-3;4-5"
PAIRS = (1, 2, 3)
_RUNNING = {"running": {"startedAt": "2026-11-22T10:00:00Z"}}
_SIDECARS = ("simulator", "logcopy")
_INIT = ("private-contents", *_SIDECARS)


def apart(composed: Composed) -> dict[str, Any]:
    """The same Job with a pod for each of three pairs."""
    job = copy.deepcopy(composed.manifest)
    pod = job["spec"]["template"]["spec"]
    by_name = {each["name"]: each for each in (*pod["initContainers"], *pod["containers"])}
    agent, simulator, logcopy = (by_name[n] for n in ("agent-1", "simulator-1", "logcopy"))
    for container, name in ((agent, "agent"), (simulator, "simulator")):
        container["name"] = name
    for container in (agent, logcopy):
        container["env"] = [
            each for each in container["env"] if each["name"] not in ("PAIR", "ROUTES_SUBSET")
        ]
        container["env"].append({"name": "ROUTES_SUBSETS", "value": SUBSETS})
    logcopy["env"] = list({each["name"]: each for each in logcopy["env"]}.values())
    pod["initContainers"] = [
        by_name["private-contents"],
        *({**by_name[own], "restartPolicy": "Always"} for own in ("simulator-1", "logcopy")),
    ]
    pod["containers"], pod["restartPolicy"] = [agent], "Never"
    job["spec"].update(
        completionMode="Indexed", completions=3, parallelism=3, backoffLimitPerIndex=3
    )
    return job


def uid_of(pair: int, failures: int = 0) -> str:
    """Of that pod."""
    return f"{pair}{failures}aaaaaa-pod"


def part_of(
    pair: int,
    job_uid: str,
    failures: int = 0,
    phase: str = "Running",
    *,
    agent: dict[str, Any] | None = None,
    minute: int = 0,
) -> dict[str, Any]:
    """The pod of that pair after so many that failed."""
    return {
        "kind": "Pod",
        "metadata": _metadata(pair, job_uid, failures, minute),
        "spec": {
            "initContainers": [
                {"name": name, "restartPolicy": "Always" if name in _SIDECARS else ""}
                for name in _INIT
            ],
            "containers": [{"name": "agent"}],
            "nodeName": f"node-{pair}",
        },
        "status": _status(phase, agent or _RUNNING),
    }


def _metadata(pair: int, job_uid: str, failures: int, minute: int) -> dict[str, Any]:
    """As the Job's controller writes it for that index."""
    owner = {"kind": "Job", "name": "demo", "uid": job_uid, "controller": True}
    return {
        "name": f"demo-{pair - 1}-{failures}abcd", "namespace": "races",
        "uid": uid_of(pair, failures), "labels": {"job-name": "demo"},
        "creationTimestamp": f"2026-11-22T10:{minute:02}:00Z",
        "ownerReferences": [owner],
        "annotations": {
            "batch.kubernetes.io/job-completion-index": f"{pair - 1}",
            "batch.kubernetes.io/job-index-failure-count": f"{failures}",
        },
    }  # fmt: skip


def _status(phase: str, agent: dict[str, Any]) -> dict[str, Any]:
    """As a kubelet tells it: what comes before the agent is done, or runs as long as the pod."""
    done = {"terminated": {"exitCode": 0, "reason": "Completed"}}
    return {
        "phase": phase,
        "initContainerStatuses": [
            {
                "name": name, "restartCount": 0,
                "state": done if name == "private-contents" or phase != "Running" else _RUNNING,
            }
            for name in _INIT
        ],
        "containerStatuses": [{"name": "agent", "restartCount": 0, "state": agent}],
    }  # fmt: skip
