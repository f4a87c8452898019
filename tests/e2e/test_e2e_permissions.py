"""Every verb of access.yaml is needed, and without one of them only what needs it fails."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from console.operations.recording.kept_in_cluster import NAME as KEPT_DRIVES
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.harness import (
    CONFIG_MAPS,
    JOBS,
    NAMESPACE,
    Console,
    clean,
    launching,
    pods_of,
    until,
    wait_for,
    wait_for_routes,
)

ROLE = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NAMESPACE}/roles/leaderboard-console"
CLAIM_TEMPLATES = f"/apis/resource.k8s.io/v1/namespaces/{NAMESPACE}/resourceclaimtemplates"
BY_CLAIMS = ("--set", "cluster.gpus=claims")
FORBIDDEN, CANCELLED = 4, 7
ACCESS = Path(__file__).resolve().parents[2] / "job_specs" / "access.yaml"
GRANTED = [
    (resource, verb)
    for document in yaml.safe_load_all(ACCESS.read_text())
    if document["kind"] == "Role" and document["metadata"]["name"] == "leaderboard-console"
    for rule in document["rules"]
    for resource in rule["resources"]
    for verb in rule["verbs"]
]

Refused = Callable[[Console, RealCluster], tuple[int, str]]


@pytest.fixture(scope="module", autouse=True)
def _clean_namespace(cluster: RealCluster) -> Iterator[None]:
    yield
    clean(cluster)


@pytest.fixture(scope="module")
def shared(cluster: RealCluster, tmp_path_factory: pytest.TempPathFactory) -> Console:
    """A console with `done`, finished, `cut`, cancelled, and `waiting`, that no node takes."""
    state = tmp_path_factory.mktemp("permissions")
    console = Console(state, cluster.settings.pki / "account.kubeconfig")
    assert console.launch("done", "quick", "--wait").returncode == 0
    with console.running(*launching("cut", "steady"), "--wait") as launched:
        wait_for_routes(console, "cut", 1, 180)
        assert console("cancel", "cut", "--yes").returncode == 0
        assert launched.result(120)[0] == CANCELLED, launched.narration()
    cluster.label_node("m5.large")
    assert console.launch("waiting", "quick").returncode == 0
    until(lambda: pods_of(cluster, "waiting"), "its pod is there")
    return console


def command(*arguments: str) -> Refused:
    def run(console: Console, _: RealCluster) -> tuple[int, str]:
        return outcome(console(*arguments))

    return run


def outcome(done: CompletedProcess[str]) -> tuple[int, str]:
    return done.returncode, done.stderr


def following(console: Console, _: RealCluster) -> tuple[int, str]:
    """Following goes on trying, and says what it lacks."""
    with console.running("status", "waiting", "-w") as watched:

        def said() -> str:
            shown = watched.narration() + watched.out.read_text()
            return shown if "does not allow" in shown else ""

        return FORBIDDEN, str(until(said, "following says what is forbidden", 15))


def following_json(console: Console, _: RealCluster) -> tuple[int, str]:
    """Without events all else is followed; a line among the events says so."""
    with console.running("status", "waiting", "-w", "-o", "json") as watched:

        def said() -> str:
            for board in watched.documents():
                for event in board["events"]:
                    if event["reason"] == "EventsForbidden" and board["live"]:
                        return str(event["message"])
            return ""

        return FORBIDDEN, str(until(said, "the events are said to be forbidden", 15))


def keeping(console: Console, cluster: RealCluster) -> tuple[int, str]:
    """Pairs in pods of their own drive on; that nothing is kept for the next pods is said."""
    here = ("--set=cluster.instance_type=m5.large", "--layout", "pod-per-pair")
    try:
        with console.running(*launching("apart", "steady"), *here, "--wait"):
            told = until(partial(_kept, console), "that nothing is kept is said", 180)
            return FORBIDDEN, str(told)
    finally:
        with admin_console(console, cluster) as admin:
            assert admin("delete", "apart", "--yes").returncode == 0


def _kept(console: Console) -> str:
    """What is said of that; empty while nothing is."""
    shown = console("status", "apart", "-o", "json")
    streams = [] if shown.returncode else json.loads(shown.stdout)["streams"]
    return next((each["gap"] for each in streams if each["container"] == KEPT_DRIVES), "")


def launching_again(*flags: str) -> Refused:
    """A name whose last Job is deleted while what it owned is not collected yet."""

    def run(console: Console, cluster: RealCluster) -> tuple[int, str]:
        cluster.stop("kube-controller-manager")
        try:
            with admin_console(console, cluster) as admin:
                assert admin.launch("again", "quick", *flags).returncode == 0
                assert admin("delete", "again", "--yes").returncode == 0
            return outcome(console.launch("again", "quick", *flags))
        finally:
            cluster.start("kube-controller-manager")
            owned = (f"{CONFIG_MAPS}/again-workers", f"{CLAIM_TEMPLATES}/again-gpu")
            for path in (f"{JOBS}/again", *owned):
                with contextlib.suppress(Exception):
                    cluster.admin.delete(path)

    return run


@contextlib.contextmanager
def admin_console(console: Console, cluster: RealCluster) -> Iterator[Console]:
    kubeconfig = json.loads((cluster.settings.pki / "admin.kubeconfig").read_text())
    kubeconfig["contexts"][0]["context"]["namespace"] = NAMESPACE
    path = console.state / "admin.kubeconfig"
    path.write_text(json.dumps(kubeconfig))
    yield Console(console.state, path)


NEEDED_BY: dict[tuple[str, str], Refused] = {
    ("jobs", "get"): command("status", "done"),
    ("jobs", "list"): command("list"),
    ("jobs", "watch"): following,
    ("jobs", "create"): command(*launching("refused", "quick")),
    ("jobs", "patch"): command("cancel", "waiting", "--yes"),
    ("jobs", "delete"): command("delete", "waiting", "--yes"),
    ("pods", "list"): command("logs", "done"),
    ("pods", "watch"): following,
    ("pods/log", "get"): command("logs", "done"),
    ("events", "list"): following_json,
    ("events", "watch"): following_json,
    ("configmaps", "create"): command(*launching("refused", "quick")),
    ("configmaps", "get"): launching_again(),
    ("configmaps", "delete"): launching_again(),
    ("configmaps", "patch"): keeping,
    ("resourceclaimtemplates", "create"): command(*launching("refused", "quick"), *BY_CLAIMS),
    ("resourceclaimtemplates", "get"): launching_again(*BY_CLAIMS),
    ("resourceclaimtemplates", "delete"): launching_again(*BY_CLAIMS),
}

LISTING = {("jobs", "get"), ("jobs", "list"), ("pods", "list")}
"""What the list itself needs; without any other verb it works."""


def test_each_granted_verb_is_one_that_the_console_needs() -> None:
    assert set(GRANTED) == set(NEEDED_BY)


@pytest.mark.parametrize(("resource", "verb"), NEEDED_BY)
def test_without_a_verb_what_needs_it_says_so_and_the_rest_works(
    shared: Console, cluster: RealCluster, resource: str, verb: str
) -> None:
    with without(cluster, resource, verb):
        code, said = NEEDED_BY[resource, verb](shared, cluster)
        assert code == FORBIDDEN, said
        assert f"{verb} {resource}" in said
        assert "Traceback" not in said
        if (resource, verb) not in LISTING:
            assert shared("list").returncode == 0
    names = {each["metadata"]["name"] for each in cluster.admin.get(JOBS)["items"]}
    assert names == {"done", "waiting", "cut"}
    assert wait_for(shared, "done", lambda s: True, "all works again")["status"] == "Complete"


@pytest.mark.parametrize(
    ("resource", "verb"), [("jobs", "get"), ("jobs", "create"), ("configmaps", "create")]
)
def test_without_a_verb_a_resume_says_so_and_leaves_nothing_behind(
    shared: Console, cluster: RealCluster, resource: str, verb: str
) -> None:
    with without(cluster, resource, verb):
        refused = shared("resume", "cut", "--as", "cut-again")
    assert refused.returncode == FORBIDDEN, refused.stderr
    assert f"{verb} {resource}" in refused.stderr
    assert "Traceback" not in refused.stderr
    names = {each["metadata"]["name"] for each in cluster.admin.get(JOBS)["items"]}
    assert "cut-again" not in names


def test_without_logs_nobody_claims_to_know_what_is_finished(
    shared: Console, cluster: RealCluster, tmp_path: Path
) -> None:
    """Nor does a console that has recorded nothing count 0 drives: it says that it cannot know."""
    newcomer = Console(tmp_path, shared.kubeconfig)
    with without(cluster, "pods/log", "get"):
        rows = json.loads(newcomer("list", "-o", "json").stdout)
        told = [newcomer.status("done"), *(row for row in rows if row["name"] == "done")]
        results = newcomer("results", "done")
    assert [each["routes"] for each in told] == [{"done": None, "total": 20}] * 2
    assert all("does not allow: get pods/log" in each["reason"] for each in told)
    assert "?/20 routes  NOT FINAL: The records could not be read: " in results.stdout


@contextlib.contextmanager
def without(cluster: RealCluster, resource: str, verb: str) -> Iterator[None]:
    """The Role with that one verb less, in force."""
    role = cluster.admin.get(ROLE)
    del role["metadata"]["resourceVersion"], role["metadata"]["managedFields"]
    reduced = json.loads(json.dumps(role))
    for rule in reduced["rules"]:
        if resource in rule["resources"]:
            rule["verbs"] = [each for each in rule["verbs"] if each != verb]
    reduced["rules"] = [rule for rule in reduced["rules"] if rule["verbs"]]
    cluster.admin.replace(ROLE, reduced)
    until(lambda: not may(cluster, resource, verb), "the verb is taken away", 10)
    try:
        yield
    finally:
        cluster.admin.replace(ROLE, role)
        until(lambda: may(cluster, resource, verb), "the verb is given back", 10)


def may(cluster: RealCluster, resource: str, verb: str) -> bool:
    name, _, part = resource.partition("/")
    asked = {"namespace": NAMESPACE, "verb": verb, "resource": name, "subresource": part}
    groups = {"jobs": "batch", "resourceclaimtemplates": "resource.k8s.io"}
    asked["group"] = groups.get(name, "")
    review = {
        "spec": {
            "user": f"system:serviceaccount:{NAMESPACE}:console",
            "resourceAttributes": asked,
        }
    }
    answer = cluster.admin.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    return bool(answer["status"]["allowed"])
