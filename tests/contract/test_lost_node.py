"""Pairs in pods of their own on two nodes of the embedded cluster, one of which is lost."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from fakes.commands_of_a_user import Commands
from fakes.embedded import Embedded, embedded_cluster

LAUNCH = (
    "launch",
    "--profile",
    "embedded",
    "--layout",
    "pod-per-pair",
    "--pairs",
    "3",
    "--wait",
    "--routes",
    "0-8",
)
IMAGE = "console.local/team-agent:steady"
LOST = "local-node-2"
INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"


def pods(embedded: Embedded) -> dict[str, dict[str, Any]]:
    """By their index; of two of one index the one that runs."""
    found = sorted(embedded.store.list("pods"), key=lambda p: p["status"]["phase"] == "Running")
    return {pod["metadata"]["annotations"][INDEX]: pod for pod in found}


def kept(embedded: Embedded, pair: int) -> int:
    """How many finished drives of a pair another pod of it would find."""
    found = embedded.store.find("configmaps", "default", f"spread-kept-{pair}")
    text = found["data"].get(f"partial_{pair}.json", "{}") if found else "{}"
    return len(json.loads(text).get("_checkpoint", {}).get("records", []))


@pytest.mark.slow
async def test_a_lost_node_costs_its_own_pair_one_resume_and_nothing_of_the_result(
    tmp_path: Path,
) -> None:
    """The pair goes on elsewhere after what it had finished; the others hear nothing of it."""
    async with embedded_cluster(tmp_path / "cluster", gpus=3, nodes=2) as embedded:
        commands = Commands(tmp_path / "home", embedded.kubeconfig)
        try:
            launched = asyncio.create_task(
                commands.run(*LAUNCH, "--name", "spread", "--image", IMAGE)
            )
            async with asyncio.timeout(100):
                while (index := on_the_second(embedded)) is None or (
                    kept(embedded, int(index) + 1) < 2
                ):
                    assert not launched.done(), launched.result()
                    await asyncio.sleep(0.1)
            before = pods(embedded)
            embedded.store.remove("nodes", None, LOST)
            code, told = await launched
            _, shown = await commands.run("status", "spread", "-o", "json")
        finally:
            await commands.run("record", "stop")
        after = pods(embedded)
    assert (code, "9/9 routes  FINAL" in told) == (0, True), told
    same = {i for i in after if after[i]["metadata"]["uid"] == before[i]["metadata"]["uid"]}
    assert same == {"0", "1", "2"} - {index}
    assert after[index]["metadata"]["annotations"][FAILURES] == "1"
    attempts = {str(pair["pair"] - 1): pair["attempt"] for pair in json.loads(shown)["pairs"]}
    assert attempts == dict.fromkeys(same, 1) | {index: 2}


def on_the_second(embedded: Embedded) -> str | None:
    found = [i for i, p in pods(embedded).items() if p["spec"].get("nodeName") == LOST]
    return found[0] if found else None
