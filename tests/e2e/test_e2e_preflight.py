"""A look at a real node before a launch: real scheduling, real mounts, real logs, then nothing left.

Its GPUs are made up: no driver is on the node, so halves cannot tell theirs.
"""

from __future__ import annotations

import json

from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.harness import CONFIG_MAPS, JOBS, Console, Json, launching, until


def findings(console: Console, *flags: str) -> tuple[int, dict[str, list[Json]]]:
    _, *usual = launching("look", "quick")
    told = console("preflight", *usual, *flags, "-o", "json")
    by_topic: dict[str, list[Json]] = {}
    for each in json.loads(told.stdout)["findings"]:
        by_topic.setdefault(each["topic"], []).append(each)
    return told.returncode, by_topic


def test_a_node_is_looked_at_and_left_as_it_was(console: Console, cluster: RealCluster) -> None:
    code, found = findings(console)
    verdicts = {topic: {each["verdict"] for each in some} for topic, some in found.items()}
    for topic in ("start", "server", "ports", "contents", "routes", "towns", "evaluator", "agent"):
        assert verdicts[topic] == {"ok"}, found[topic]
    assert verdicts["clock"] == {"ok"}
    assert verdicts["disk"] <= {"ok", "warning", "fails"}
    assert code == (1 if any("fails" in some for some in verdicts.values()) else 0)
    until(lambda: not _left(cluster), "nothing of it is left", 60)


def _left(cluster: RealCluster) -> list[str]:
    names = [
        each["metadata"]["name"]
        for path in (JOBS, CONFIG_MAPS)
        for each in cluster.admin.get(path)["items"]
    ]
    return [name for name in names if "preflight" in name]


def test_what_a_launch_would_fail_by_is_found_on_a_real_node(console: Console) -> None:
    agent = "submission.submitted_image_uri=registry.invalid/nobody/team:1"
    code, found = findings(console, "--set", agent)
    assert code == 1
    failing = [each["text"] for each in found["start"] if each["verdict"] == "fails"]
    assert failing
    assert all("its image cannot be pulled" in text for text in failing)
    assert {each["verdict"] for each in found["server"]} == {"ok"}
    assert {each["verdict"] for each in found["agent"]} == {"unknown"}
