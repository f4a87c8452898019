"""Which pod may be placed on a cordoned or tainted node, and the scheduler's words where not."""

from __future__ import annotations

import pytest

from console.localcluster.controllers.taints import kept_off

CORDON = "node(s) were unschedulable"
TAINT = "node(s) had untolerated taint(s)"
CORDONED = {"unschedulable": True}
TEAM_A = {"taints": [{"key": "team", "value": "a", "effect": "NoSchedule"}]}
LEAVING = {"taints": [{"key": "team", "value": "a", "effect": "NoExecute"}]}
BETTER_NOT = {"taints": [{"key": "team", "value": "a", "effect": "PreferNoSchedule"}]}
EVERYTHING = {"operator": "Exists"}


@pytest.mark.parametrize(
    ("node", "toleration", "words"),
    [
        ({}, None, ""),
        (CORDONED, None, CORDON),
        (CORDONED, {"key": "team", "operator": "Exists"}, CORDON),
        (CORDONED, {"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}, ""),
        (CORDONED, {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}, ""),
        (CORDONED, {"key": "node.kubernetes.io/unschedulable", "effect": "NoExecute"}, CORDON),
        (CORDONED | TEAM_A, {"key": "team", "value": "a"}, CORDON),
        (CORDONED | TEAM_A, EVERYTHING, ""),
        (TEAM_A, None, TAINT),
        (TEAM_A, {"key": "team", "value": "a"}, ""),
        (TEAM_A, {"key": "team", "value": "b"}, TAINT),
        (TEAM_A, {"key": "team", "operator": "Exists", "effect": "NoSchedule"}, ""),
        (TEAM_A, {"key": "team", "operator": "Exists", "effect": "NoExecute"}, TAINT),
        (TEAM_A, {"key": "team", "operator": "Gt", "value": "a"}, TAINT),
        (LEAVING, None, TAINT),
        (LEAVING, EVERYTHING, ""),
        (BETTER_NOT, None, ""),
    ],
)
def test_a_pod_is_kept_off_unless_it_tolerates_what_keeps_it(
    node: dict, toleration: dict | None, words: str
) -> None:
    pod = {"spec": {"tolerations": [toleration]} if toleration else {}}
    assert kept_off(pod, {"spec": node}) == words
