"""Requests that both clusters refuse, and their answers in one form."""

from __future__ import annotations

from typing import Any

from tests.e2e.parity import Access, plain
from tests.e2e.stage import LOOKED_AT, Side

LOG = "/api/v1/namespaces/{ns}/pods/{pod}/log"
JOB = "/apis/batch/v1/namespaces/{ns}/jobs"
MERGE = "application/merge-patch+json"


def job(name: str, **spec: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "console.local/shell:1", "command": ["sleep", "60"]}
    template = {"spec": {"restartPolicy": "OnFailure", "containers": [container]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"template": template, "suspend": True, **spec},
    }


REQUESTS: dict[str, tuple[str, str, Any, str]] = {
    "a missing job": ("GET", JOB + "/nobody", None, ""),
    "a missing pod's log": ("GET", "/api/v1/namespaces/{ns}/pods/nobody/log", None, ""),
    "a log without a container": ("GET", LOG, None, ""),
    "a log of an unknown container": ("GET", LOG + "?container=simulator-9", None, ""),
    "a previous log that is not": ("GET", LOG + "?container=agent-1&previous=true", None, ""),
    "both kinds of since": (
        "GET",
        LOG + "?container=agent-1&sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z",
        None,
        "",
    ),
    "a negative tail": ("GET", LOG + "?container=agent-1&tailLines=-1", None, ""),
    "a name that is taken": ("POST", JOB, job(LOOKED_AT), ""),
    "a wrong name": ("POST", JOB, job("Not_A_Name"), ""),
    "an unknown field": ("POST", JOB + "?fieldValidation=Strict", job("x", nonsense=1), ""),
    "a negative limit": ("POST", JOB, job("x", backoffLimit=-1), ""),
    "a wrong type": ("POST", JOB, job("x", backoffLimit="eight"), ""),
    "a missing template": ("POST", JOB, job("x", template=None), ""),
    "a patch of a missing job": ("PATCH", JOB + "/nobody", {"spec": {"suspend": True}}, MERGE),
    "a patch of what cannot change": (
        "PATCH",
        JOB + "/" + LOOKED_AT,
        {"spec": {"template": {}}},
        MERGE,
    ),
    "a deletion of a missing job": ("DELETE", JOB + "/nobody", None, ""),
    "a resource that is not": ("GET", "/apis/batch/v1/namespaces/{ns}/nothings", None, ""),
    "a wrong selector": ("GET", JOB + "?labelSelector=a%3D%3D%3Db", None, ""),
    "a wrong field": ("GET", JOB + "?fieldSelector=spec.nonsense%3D1", None, ""),
}


def answers(side: Side) -> dict[str, Any]:
    """Code and body of every request, asked about the submission that is looked at."""
    (pod,) = side.pods(LOOKED_AT)
    name = pod["metadata"]["name"]
    return {title: _asked(side.access, name, *request) for title, request in REQUESTS.items()}


def _asked(access: Access, pod: str, method: str, path: str, body: Any, kind: str) -> Any:
    where = path.format(ns=access.namespace, pod=pod)
    code, answer = access.send(method, where, body, kind or "application/json")
    told = plain(answer)
    if isinstance(told, str):
        return code, told
    return code, {key: told.get(key) for key in ("kind", "reason", "message", "details", "code")}
