"""The same scenarios on a real cluster and on the embedded one: the same story, word for word.

`ACCEPTED` holds the differences that stay, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.harness import CONTAINERS, NAMESPACE, Console, launching, until
from tests.e2e.parity import Access, Witness, plain

PULLED_ONLY_THERE = {("Pod", "Pulling", "Normal", "kubelet")}
"""The embedded cluster pulls its stand-ins; here all images are on the node already."""
SUSPENDED_FOR_A_MOMENT = {
    ("Job", "Suspended", "Normal", "job-controller"),
    ("Job", "Resumed", "Normal", "job-controller"),
}
"""A launch creates the Job suspended and resumes it once its ConfigMap is there, some milliseconds
later: whether a Job controller, which looks once in a while, sees the first state is chance."""
SCENARIOS = ("quick", "crash-once")
ALL = ("private-contents", *CONTAINERS)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    place = tmp_path_factory.mktemp("embedded")
    console = Console(place / "console", place / "none")
    assert console("local", "up").returncode == 0
    path = Path(console("local", "kubeconfig").stdout.strip())
    yield Console(console.state, path)
    console("local", "down")


def story(console: Console, access: Access, name: str, scenario: str) -> Witness:
    with Witness(access) as witness:
        done = console.launch(name, scenario, "--wait", "-n", access.namespace)
        assert done.returncode == 0, done.stderr
        until(
            lambda: ("Job", "Completed", "Normal", "job-controller") in witness.event_kinds(),
            "the Job's last event",
        )
    return witness


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_submission_has_the_same_story_on_both(
    console: Console, embedded: Console, cluster: RealCluster, scenario: str
) -> None:
    """Conditions, phases, ended runs, reasons for waiting and events."""
    real = Access.of(cluster.settings.pki / "admin.kubeconfig", NAMESPACE)
    own = Access.of(embedded.kubeconfig, "default")
    with ThreadPoolExecutor() as both:
        there = both.submit(story, console, real, f"told-{scenario}", scenario)
        here = both.submit(story, embedded, own, f"told-{scenario}", scenario)
        theirs, ours = there.result(), here.result()
    assert unsuspended(ours.conditions()) == unsuspended(theirs.conditions())
    assert ours.phases() == theirs.phases()
    for container in ALL:
        assert ours.runs(container) == theirs.runs(container), container
    assert ours.waiting() == theirs.waiting()
    accepted = PULLED_ONLY_THERE | SUSPENDED_FOR_A_MOMENT
    assert ours.event_kinds() - accepted == theirs.event_kinds() - accepted


def unsuspended(conditions: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [each for each in conditions if each[0] != "Suspended"]


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
    "a name that is taken": ("POST", JOB, job("told"), ""),
    "a wrong name": ("POST", JOB, job("Not_A_Name"), ""),
    "an unknown field": ("POST", JOB + "?fieldValidation=Strict", job("x", nonsense=1), ""),
    "a negative limit": ("POST", JOB, job("x", backoffLimit=-1), ""),
    "a wrong type": ("POST", JOB, job("x", backoffLimit="eight"), ""),
    "a missing template": ("POST", JOB, job("x", template=None), ""),
    "a patch of a missing job": ("PATCH", JOB + "/nobody", {"spec": {"suspend": True}}, MERGE),
    "a patch of what cannot change": ("PATCH", JOB + "/told", {"spec": {"template": {}}}, MERGE),
    "a deletion of a missing job": ("DELETE", JOB + "/nobody", None, ""),
    "a resource that is not": ("GET", "/apis/batch/v1/namespaces/{ns}/nothings", None, ""),
    "a wrong selector": ("GET", JOB + "?labelSelector=a%3D%3D%3Db", None, ""),
    "a wrong field": ("GET", JOB + "?fieldSelector=spec.nonsense%3D1", None, ""),
}
ACCEPTED = {
    "both kinds of since": "the embedded cluster names the field and gives no causes",
    "a negative tail": "the embedded cluster gives no causes for the options of a log",
    "a wrong type": "the Go struct in the decoder's message",
    "a wrong selector": "the wording of the selector's parser",
    "a wrong field": "the wording of the refusal",
}
"""Answers whose text differs, with what differs; their code and reason are the same."""


def test_errors_have_the_same_code_and_body_on_both(
    console: Console, embedded: Console, cluster: RealCluster
) -> None:
    real = Access.of(cluster.settings.pki / "admin.kubeconfig", NAMESPACE)
    own = Access.of(embedded.kubeconfig, "default")
    for each, access in ((console, real), (embedded, own)):
        each(*launching("told", "quick"), "--wait", "-n", access.namespace)
    different = []
    for title, request in REQUESTS.items():
        ours, theirs = asked(own, *request), asked(real, *request)
        if title in ACCEPTED:
            assert ours != theirs, f"{title}: no difference any more"
            ours, theirs = brief(*ours), brief(*theirs)
        if ours != theirs:
            different.append(f"{title}:\n  embedded {ours}\n  real     {theirs}")
    assert not different, "\n".join(different)


def brief(code: int, answer: Any) -> tuple[int, str]:
    return code, answer["reason"]


def asked(access: Access, method: str, path: str, body: Any, kind: str) -> Any:
    _, pods = access.send("GET", f"/api/v1/namespaces/{access.namespace}/pods")
    pod = next(
        each["metadata"]["name"]
        for each in pods["items"]
        if each["metadata"]["name"].startswith("told-")
    )
    where = path.format(ns=access.namespace, pod=pod)
    code, answer = access.send(method, where, body, kind or "application/json")
    told = plain(answer)
    if isinstance(told, str):
        return code, told
    text = {key: told.get(key) for key in ("kind", "reason", "message", "details", "code")}
    text["message"] = str(text["message"]).replace(f'"{access.namespace}"', '"NAMESPACE"')
    return code, text
