"""Pairs in pods of their own on the embedded cluster, each hit in another way as it drives."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from fakes.commands_of_a_user import Commands
from fakes.embedded import Embedded, embedded_cluster

LAUNCH = ("launch", "--profile", "embedded", "--layout", "pod-per-pair", "--pairs", "3", "--wait")
IMAGE = "console.local/team-agent:steady"
INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"


def pod_of(embedded: Embedded, pair: int) -> dict[str, Any]:
    """The newest of that pair."""
    found = embedded.store.list("pods")
    own = [each for each in found if each["metadata"]["annotations"][INDEX] == str(pair - 1)]
    return max(own, key=lambda each: int(each["metadata"]["annotations"].get(FAILURES, "0")))


def kept(embedded: Embedded, pair: int) -> list[str]:
    """The drives of a pair that another pod of it would find finished."""
    found = embedded.store.find("configmaps", "default", f"hit-kept-{pair}")
    text = found["data"].get(f"partial_{pair}.json", "{}") if found else "{}"
    records = json.loads(text).get("_checkpoint", {}).get("records", [])
    # The last is of the drive that comes next: every evaluator begins with it.
    return [str(each["route_id"]) for each in records[:-1]]


def kill_workload(pod: dict[str, Any], half: str) -> None:
    """As a node's memory does it: the evaluator or the server, to the last process."""
    marks = (pod["metadata"]["uid"].encode(), f":{half}]".encode())
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if all(mark in environ.read_bytes() for mark in (b"PAIR_WORKLOAD=", *marks)):
                os.kill(int(environ.parent.name), signal.SIGKILL)
        except OSError:
            continue


@pytest.mark.slow
async def test_no_finished_drive_is_driven_again_whatever_ended_its_pairs_pod(
    tmp_path: Path,
) -> None:
    """An evaluator, a server and a pod: each costs its own pair one attempt."""
    async with embedded_cluster(tmp_path / "cluster", gpus=4, nodes=2) as embedded:
        commands = Commands(tmp_path / "home", embedded.kubeconfig)
        try:
            launched = asyncio.create_task(commands.run(*LAUNCH, "--name", "hit", "--image", IMAGE))
            async with asyncio.timeout(100):
                while any(len(kept(embedded, pair)) < 1 for pair in (1, 2, 3)):
                    assert not launched.done(), launched.result()
                    await asyncio.sleep(0.1)
            finished = {pair: kept(embedded, pair) for pair in (1, 2, 3)}
            kill_workload(pod_of(embedded, 1), "agent")
            kill_workload(pod_of(embedded, 2), "simulator")
            embedded.store.remove("pods", "default", pod_of(embedded, 3)["metadata"]["name"])
            code, told = await launched
            shown = json.loads((await commands.run("status", "hit", "-o", "json"))[1])
            logs = {
                pair: (await commands.run("logs", "hit", "-c", f"agent-{pair}", "--recorded"))[1]
                for pair in finished
            }
        finally:
            await commands.run("record", "stop")
        failures = {pair: pod_of(embedded, pair)["metadata"]["annotations"] for pair in finished}
    assert (code, "20/20 routes  FINAL" in told) == (0, True), told
    assert {each[FAILURES] for each in failures.values()} == {"1"}
    assert {each["attempt"] for each in shown["pairs"]} == {2}
    for pair, drives in finished.items():
        begun = re.findall(r"Preparing (RouteScenario_\d+) \(repetition (\d+)\)", logs[pair])
        times = [f"{route}_rep{number}" for route, number in begun]
        assert {times.count(drive) for drive in drives} == {1}, times
