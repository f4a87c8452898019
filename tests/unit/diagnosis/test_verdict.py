"""How sure a verdict is, who outranks whom, and what is said where nobody can know."""

from __future__ import annotations

from typing import Any

from console.diagnosis.catalogue import Owner, catalogue
from console.diagnosis.verdict import Confidence, Verdict, in_words, judge
from tests.fakes.scenes import scene_from

SEGFAULT = {
    "pair": 3, "attempt": 1, "half": "simulator", "reason": "crashed", "exit": 139, "signal": 11, "at": 420,
}  # fmt: skip
ECHO = {"pair": 3, "attempt": 1, "half": "agent", "reason": "lost-partner", "at": 424}
CRASH = {"pair": 3, "attempt": 1, "half": "agent", "reason": "crashed", "exit": 1, "at": 420}
TIMEOUT = "RuntimeError: time-out of 60000ms while waiting for the simulator"


def verdict(**scene: Any) -> Verdict:
    return judge(catalogue(), scene_from(scene))


def name(found: Verdict) -> str:
    return found.cause.name if found.cause else ""


def test_what_follows_from_a_cause_is_named_as_that_and_not_as_the_cause() -> None:
    found = verdict(ended=[SEGFAULT, ECHO], logs={"agent-3": TIMEOUT})
    assert name(found) == "simulator-segfault"
    assert found.confidence is Confidence.CERTAIN
    assert "simulator-timeout" in found.consequences


def test_an_agents_words_prove_nothing_about_the_platform() -> None:
    words = "NVIDIA-SMI has failed\nVK_ERROR_DEVICE_LOST\nThe node was low on resource: memory"
    found = verdict(ended=[CRASH], logs={"agent-3": words})
    assert found.confidence <= Confidence.POSSIBLE


def test_a_fact_of_the_cluster_outranks_what_an_agent_says_of_itself() -> None:
    found = verdict(
        containers={"agent-3": {"exit": 137, "reason": "OOMKilled"}},
        ended=[{**CRASH, "reason": "vanished"}],
        logs={"agent-3": "torch.cuda.OutOfMemoryError: CUDA out of memory."},
    )
    assert name(found) == "agent-out-of-memory"
    assert found.confidence is Confidence.CERTAIN


def test_the_other_half_that_died_first_speaks_against_a_cause_and_is_named() -> None:
    found = verdict(
        ended=[{**CRASH, "at": 400}, {**SEGFAULT, "reason": "lost-partner", "signal": None}],
        logs={"simulator-3": "LowLevelFatalError [File:Unknown] [Line: 20]"},
    )
    assert name(found) == "simulator-fatal-error"
    assert found.confidence is Confidence.POSSIBLE
    assert "the agent died first, not the simulator" in found.contradictions


def test_signs_of_two_owners_leave_it_open_and_both_are_named() -> None:
    found = verdict(
        ended=[CRASH],
        logs={
            "agent-3": "ModuleNotFoundError: No module named 'timm'",
            "simulator-3": "LogVulkanRHI: Error: VK_ERROR_DEVICE_LOST",
        },
    )
    assert found.contradictions


def test_where_nothing_tells_the_cause_the_verdict_says_so_with_what_is_known() -> None:
    found = verdict(ended=[CRASH], logs={"agent-3": "step 1204"})
    assert found.cause is None
    assert found.owner is None
    assert found.confidence is Confidence.UNSURE
    assert "the agent of pair 3" in found.what
    assert "exit 1" in found.what


def test_a_sentence_holds_what_the_words_named_and_no_more() -> None:
    found = verdict(ended=[CRASH], logs={"agent-3": "ModuleNotFoundError: No module named 'timm'"})
    assert "timm" in found.what
    assert "timm" in found.team
    assert found.owner is Owner.AGENT
    assert in_words(found.evidence[0]) == "agent-3: ModuleNotFoundError: No module named 'timm'"


def test_lines_of_another_attempt_are_no_evidence() -> None:
    ended = [{**CRASH, "at": 100}, {**CRASH, "attempt": 2, "at": 800}]
    told = [
        {"attempt": 1, "text": "ModuleNotFoundError: No module named 'timm'"},
        {"attempt": 2, "text": "all quiet"},
    ]
    assert name(verdict(ended=ended, logs={"agent-3": told})) != "agent-module-missing"


def test_both_words_of_a_version_mismatch_are_told() -> None:
    found = verdict(
        ended=[CRASH],
        logs={
            "agent-3": "WARNING: Client API version     = 0.9.14\n"
            "WARNING: Simulator API version  = 0.9.10.1"
        },
    )
    assert "0.9.14" in found.what
    assert "0.9.10.1" in found.what


def test_what_became_of_the_whole_submission_explains_no_half_that_failed_by_itself() -> None:
    found = verdict(
        ended=[CRASH],
        job={"deleted": True},
        logs={"agent-3": "ModuleNotFoundError: No module named 'timm'"},
    )
    assert name(found) == "agent-module-missing"


def test_an_error_as_the_evaluator_prints_it_without_its_class_is_understood() -> None:
    said = "Could not set up the required agent:\n> No module named 'timm'"
    assert name(verdict(ended=[CRASH], logs={"agent-3": said})) == "agent-module-missing"


def test_the_route_that_ended_it_again_says_less_than_any_error() -> None:
    place = {"route": "RouteScenario_12_rep0"}
    ended = [{**CRASH, **place, "at": 100}, {**CRASH, **place, "attempt": 2, "at": 420}]
    assert name(verdict(ended=ended)) == "agent-route-ended-it"
    found = verdict(ended=ended, logs={"agent-3": "RuntimeError: map not found"})
    assert name(found) != "agent-route-ended-it"
