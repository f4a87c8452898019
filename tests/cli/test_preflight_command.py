"""`preflight`: a checklist on stdout, the verdict as the exit code, and nothing left."""

from __future__ import annotations

import json

import pytest
from fakes.evalai_user import set_up
from fakes.quick_node import QuickNode, preflight_facts

from console.operations.ports.cluster import Kind

PREFLIGHT = ("preflight", "--profile", "embedded", "--set", "submission.name=mine")


@pytest.fixture
def node(stage) -> QuickNode:
    return QuickNode(stage.cluster, preflight_facts)


def test_a_checklist_has_a_line_for_each_topic_and_a_verdict_in_words(stage, node) -> None:
    ran = stage.run(*PREFLIGHT)
    topics = [line.split()[1] for line in ran.out.splitlines()]
    assert topics[0] == "rights"
    assert {"GPUs", "ports", "evaluator", "clock"} <= set(topics)
    assert ran.told.splitlines()[-1]


def test_what_a_launch_would_fail_by_is_exit_code_1(stage, node) -> None:
    node.silent.add("agent-2")
    node.exits["agent-2"] = 137
    ran = stage.run(*PREFLIGHT)
    assert ran.code == 1
    assert "agent-2: ended with exit code 137 before it told anything" in ran.out


def test_as_json_each_finding_has_its_verdict(stage, node) -> None:
    document = json.loads(stage.run(*PREFLIGHT, "-o", "json").out)
    assert document["findings"][0] == {
        "topic": "rights",
        "verdict": "ok",
        "text": document["findings"][0]["text"],
        "fix": None,
    }


def test_it_says_what_evalai_shows_of_the_submission(stage, node, there) -> None:
    set_up(there.url)
    ran = stage.run(*PREFLIGHT)
    assert "note: EvalAI shows submission 1: team 4 (The Team), phase 1, running." in ran.told
    assert "warning: It is of team 4 (The Team) there, and this launch names team 1." in ran.told


def test_the_job_of_a_preflight_is_gone_afterwards(stage, node) -> None:
    stage.run(*PREFLIGHT)
    assert not any(kind is Kind.JOB for kind, _, _ in stage.cluster.objects)


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_a_limit_below_a_second_is_refused_and_nothing_is_sent(stage, node, limit: str) -> None:
    ran = stage.run(*PREFLIGHT, "--limit", limit)
    assert ran.code == 2
    assert "--limit counts seconds: 1 or more." in ran.told
    assert stage.cluster.objects == {}


def test_a_wrong_value_is_named_before_anything_is_sent(stage, node) -> None:
    ran = stage.run(*PREFLIGHT, "--set", "cluster.gpus=many")
    assert ran.code == 2
    assert "cluster.gpus" in ran.told
    assert stage.cluster.objects == {}
