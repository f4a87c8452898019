"""While a part of the cluster is away: what the console shows is marked as old, and nothing is
lost or doubled when the part is back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cluster import etcd
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.harness import (
    CONTAINERS,
    JOBS,
    NAMESPACE,
    Console,
    Running,
    container_id,
    each_line_once,
    launching,
    node_log,
    pods_of,
    recorded_lines,
    rerouted,
    until,
    wait_for_routes,
)
from tests.e2e.wiretap import Wiretap

pytestmark = pytest.mark.machine

API_SERVER_AWAY, ETCD_AWAY, KUBELET_AWAY = 30.0, 5.0, 60.0
FAILED, UNREACHABLE = 1, 3
WATCH = ("-w", "-o", "json")
CONFIG_MAPS = f"/api/v1/namespaces/{NAMESPACE}/configmaps"


def last(watched: Running) -> Any:
    """The newest board of `status -w -o json`, or None."""
    documents = watched.documents()
    return documents[-1] if documents else None


def pause(seconds: float) -> None:
    """The length of an outage is the test's input, not a way to wait for something."""
    time.sleep(seconds)


@contextmanager
def watching(console: Console, name: str, folder: Path) -> Iterator[Running]:
    """A second console beside the first, with a live board."""
    beside = Console(folder / "beside", console.kubeconfig)
    with beside.running("status", name, *WATCH) as watched:
        until(lambda: last(watched) and last(watched)["live"], "the watch is live")
        yield watched


def streams(watched: Running) -> dict[str, str]:
    return {each["container"]: each["state"] for each in last(watched)["streams"]}


def test_no_line_is_lost_or_doubled_while_the_api_server_is_away(
    console: Console, cluster: RealCluster, tmp_path: Path
) -> None:
    """Away for 30 s: shown as stale with the reason, then live again; every log is the node's."""
    with console.running(*launching("outage", "steady"), "--wait") as launched:
        wait_for_routes(console, "outage", 1)
        with watching(console, "outage", tmp_path) as watched:
            cluster.stop("kube-apiserver")
            until(lambda: not last(watched)["live"], "staleness is visible")
            assert last(watched)["staleSince"]
            assert last(watched)["status"] == "Running", "what was known is still shown"
            until(lambda: "not live: " in launched.narration(), "the reason is told")
            pause(API_SERVER_AWAY)
            assert not last(watched)["live"]
            cluster.start("kube-apiserver")
            cluster.wait_for_api()
            until(lambda: last(watched)["live"], "the console has reconnected")
        code, shown = launched.result(300)
    assert code == 0, launched.narration()
    assert "FINAL" in shown
    assert "cannot be reached" in launched.narration()
    each_line_once(console, cluster, "outage")


def test_a_restarted_etcd_is_survived(console: Console, cluster: RealCluster) -> None:
    """Killed with its API server's connections: the submission and its record go on."""
    with console.running(*launching("etcd", "steady"), "--wait") as launched:
        wait_for_routes(console, "etcd", 2)
        (pod,) = pods_of(cluster, "etcd")
        cluster.stop("etcd")
        pause(ETCD_AWAY)
        cluster.start("etcd")
        cluster.wait_for_api()
        code, shown = launched.result(300)
    assert code == 0, launched.narration()
    assert "FINAL" in shown
    (same,) = pods_of(cluster, "etcd")
    assert same["metadata"]["uid"] == pod["metadata"]["uid"]
    each_line_once(console, cluster, "etcd")


def a_log_is_refused_in_words(console: Console) -> None:
    """Nobody answers for the node."""
    refused = console("logs", "away", "-c", "agent-1")
    assert refused.returncode in (FAILED, UNREACHABLE)
    assert "get pods/log" in refused.stderr
    assert "Traceback" not in refused.stderr


def the_node_is_missed(cluster: RealCluster, watched: Running) -> None:
    until(lambda: not cluster.node_ready(), "the node is missed")
    until(
        lambda: "NodeNotReady" in {each["reason"] for each in last(watched)["events"]},
        "the node's absence is among the events",
    )


def test_a_kubelet_that_was_away_for_a_minute_finds_the_drive_going_on(
    console: Console, cluster: RealCluster, tmp_path: Path
) -> None:
    """Killed, longer away than the node's lease, started again: the pod is the same, nothing was
    restarted, and the logs that could not be read meanwhile are complete."""
    with console.running(*launching("away", "long"), "--wait") as launched:
        wait_for_routes(console, "away", 1)
        (pod,) = pods_of(cluster, "away")
        with watching(console, "away", tmp_path) as watched:
            until(lambda: set(streams(watched).values()) >= {"live"}, "the logs are followed")
            cluster.stop("kubelet")
            until(
                lambda: {streams(watched)[name] for name in CONTAINERS} == {"reconnecting"},
                "every log is said to be interrupted",
            )
            a_log_is_refused_in_words(console)
            assert console.status("away")["status"] == "Running"
            pause(KUBELET_AWAY)
            the_node_is_missed(cluster, watched)
            routes_away = last(watched)["routes"]["done"]
            cluster.start("kubelet")
            until(cluster.node_ready, "the node is back", 120)
            until(
                lambda: "reconnecting" not in streams(watched).values(),
                "the logs are followed",
                120,
            )
            (same,) = pods_of(cluster, "away")
        code, shown = launched.result(300)
    assert code == 0, launched.narration()
    assert "FINAL" in shown
    assert same["metadata"]["uid"] == pod["metadata"]["uid"]
    after = console.status("away")
    assert after["routes"]["done"] == 20 >= routes_away
    assert after["budget"]["used"] == 0
    assert [pair["attempt"] for pair in after["pairs"]] == [1, 1, 1, 1]
    each_line_once(console, cluster, "away")


def test_a_watch_that_has_expired_is_begun_anew(
    console: Console, cluster: RealCluster, tmp_path: Path
) -> None:
    """While the console is cut off a container is killed, etcd forgets the old versions and the API
    server starts anew. Its watches get 410; it lists again, and state and logs are right."""
    with Wiretap(cluster.admin) as wire:
        behind = rerouted(console, wire.url, tmp_path / "wire.kubeconfig")
        with behind.running(*launching("expired", "steady"), "--wait") as launched:
            wait_for_routes(console, "expired", 2)
            (pod,) = pods_of(cluster, "expired")
            with wire.interrupted():
                until(lambda: "not live" in launched.narration(), "staleness is told")
                cluster.kill_container(container_id(cluster, "expired", "agent-3"))
                until(lambda: restarts(cluster, "expired", "agent-3"), "agent-3 runs again", 120)
                first_run = node_log(cluster, pod, "agent-3", 0)
                forget(cluster)
            until(lambda: any(each.expired for each in wire.exchanges), "a watch got 410")
            until(
                lambda: (
                    launched.narration().rindex("connected")
                    > launched.narration().rindex("not live")
                ),
                "the console is live again",
            )
            code, shown = launched.result(300)
    assert code == 0, launched.narration()
    assert "FINAL" in shown
    for path in {each.path for each in wire.exchanges if each.expired}:
        told = [each for each in wire.exchanges if each.path == path]
        later = told[next(number for number, each in enumerate(told) if each.expired) + 1 :]
        listed = next(number for number, each in enumerate(later) if not each.watch)
        assert any(each.watch and not each.expired for each in later[listed:]), path
    after = console.status("expired")
    assert [pair["attempt"] for pair in after["pairs"]] == [1, 1, 2, 1]
    assert after["budget"]["byContainer"] == {"simulator-3": 1, "agent-3": 1}
    each_line_once(behind, cluster, "expired")
    assert recorded_lines(behind, "expired", "agent-3", 0) == first_run


def restarts(cluster: RealCluster, name: str, container: str) -> int:
    """How often the running container was restarted; 0 while it does not run."""
    (pod,) = pods_of(cluster, name)
    statuses = {each["name"]: each for each in pod["status"]["containerStatuses"]}
    status = statuses[container]
    return int(status["restartCount"]) if "running" in status["state"] else 0


def forget(cluster: RealCluster) -> None:
    """No watch can be resumed from a version that was current before this call."""
    known = cluster.admin.get(JOBS)["metadata"]["resourceVersion"]
    for number in range(2):
        marker = {"metadata": {"name": "forget", "labels": {"n": str(number)}}}
        cluster.admin.create(CONFIG_MAPS, marker)
        cluster.admin.delete(f"{CONFIG_MAPS}/forget")
    cluster.stop("kube-apiserver")
    assert etcd.forget_the_past(cluster.settings) > int(known)
    cluster.start("kube-apiserver")
    cluster.wait_for_api()
