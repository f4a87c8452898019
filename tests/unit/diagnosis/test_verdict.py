"""How sure a verdict is, who outranks whom, and what is said where nobody can know."""

from __future__ import annotations

from typing import Any

from console.diagnosis.catalogue import Owner, catalogue
from console.diagnosis.scene import LOST, Fact, FactKind, Scene, Witness
from console.diagnosis.verdict import Confidence, Verdict, judge
from console.diagnosis.wording import in_words
from tests.fakes.scenes import scene_from

SEGFAULT = {
    "pair": 3, "attempt": 1, "half": "simulator", "reason": "crashed", "exit": 139, "signal": 11, "at": 420,
}  # fmt: skip
ECHO = {"pair": 3, "attempt": 1, "half": "agent", "reason": "lost-partner", "at": 424}
CRASH = {"pair": 3, "attempt": 1, "half": "agent", "reason": "crashed", "exit": 1, "at": 420}
TIMEOUT = "RuntimeError: time-out of 60000ms while waiting for the simulator"
BOUND = (
    "RuntimeError: trying to create rpc server for traffic manager; but the system failed to create"
    " because of bind error."
)


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
    assert found.confidence is Confidence.UNSURE
    assert "the agent of pair 3" in found.what
    assert "exit 1" in found.what


def test_where_no_cause_is_known_it_is_guessed_to_be_whose_half_ended_by_itself() -> None:
    lost = {"reason": "lost-partner", "signal": None}
    silent = {**SEGFAULT, "signal": None, "exit": 1}
    assert verdict(ended=[CRASH]).owner is Owner.AGENT
    assert verdict(ended=[silent, {**CRASH, **lost}]).owner is Owner.SIMULATOR
    assert verdict(ended=[{**CRASH, **lost}]).owner is None


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


NOT_LOADED = (
    "The scenario could not be loaded:\n\nTraceback (most recent call last):\n"
    '  File "leaderboard_evaluator.py", line 295, in _load_and_run_scenario\n'
    "RuntimeError: no blueprint of that name"
)
GONE = (
    "Error during the simulation:\n\nTraceback (most recent call last):\n"
    "RuntimeError: time-out of 2000ms while waiting for the simulator, make sure the simulator is"
    " ready and connected to 127.0.0.1:2200"
)
AGENT_ERROR = (
    "Stopping the route, the agent has crashed:\n\nTraceback (most recent call last):\n"
    "leaderboard.autoagents.agent_wrapper.AgentError: {}"
)


def test_an_error_under_a_heading_of_the_evaluator_is_not_told_as_the_agents_own() -> None:
    found = verdict(ended=[CRASH], logs={"agent-3": NOT_LOADED})
    assert name(found) == "scenario-not-built"
    assert found.contradictions == ()
    stopped = NOT_LOADED.replace(
        "The scenario could not be loaded", "Failed to stop the scenario, the statistics might be empty"
    )  # fmt: skip
    found = verdict(ended=[CRASH], logs={"agent-3": stopped})
    assert name(found) == "evaluator-assertion"
    assert "no blueprint of that name" in found.what
    assert found.owner is Owner.LEADERBOARD


def test_an_evaluator_that_ends_for_want_of_its_simulator_speaks_not_for_the_simulator() -> None:
    """It waits for a server that hangs, gives up, and is the first to end."""
    found = verdict(ended=[CRASH], logs={"agent-3": GONE})
    assert (name(found), found.owner) == ("simulator-timeout", Owner.SIMULATOR)
    assert found.contradictions == ()


def test_what_an_agents_step_raised_is_told_in_its_own_words() -> None:
    record = {"pair": 3, "route": "RouteScenario_15", "status": "Failed - Agent crashed"}
    found = verdict(records=[record], logs={"agent-3": AGENT_ERROR.format("index 4 is too big")})
    assert (name(found), found.confidence) == ("agent-raised", Confidence.LIKELY)
    assert "index 4 is too big" in found.what
    waited = AGENT_ERROR.format("time-out of 2000ms while waiting for the simulator")
    found = verdict(records=[record], logs={"agent-3": waited})
    assert found.confidence is Confidence.POSSIBLE


def test_a_failure_that_ended_no_attempt_is_told_of_the_route_that_its_record_names() -> None:
    record = {"pair": 3, "route": "RouteScenario_15", "status": "Failed - Agent couldn't be set up"}
    assert verdict(records=[record]).route == "RouteScenario_15"


def test_where_a_lost_pod_was_its_successors_route_does_not_tell() -> None:
    why = "its node is gone (DeletionByPodGC: PodGC: node no longer exists)"
    told = (FactKind.POD, Witness.CLUSTER)
    reason = Fact(*told, "DeletionByPodGC", "PodGC: node no longer exists", "Failed", 3)
    routes = []
    for facts in ((reason,), (reason, Fact(*told, "", why, LOST, 3))):
        found = judge(catalogue(), Scene(facts, pair=3, route="RouteScenario_5_rep0"))
        assert name(found) == "node-not-ready"
        routes.append(found.route)
    assert routes == ["RouteScenario_5_rep0", ""]


def test_the_record_of_a_route_that_was_lived_through_says_nothing_of_a_later_death() -> None:
    record = {"pair": 3, "route": "RouteScenario_1", "status": "Failed - Agent couldn't be set up"}
    death = {**CRASH, "route": "RouteScenario_12_rep0"}
    found = verdict(ended=[death], records=[record], logs={"agent-3": GONE})
    assert name(found) == "simulator-timeout"
    assert found.contradictions == ()
    own = {**record, "route": "RouteScenario_12"}
    assert verdict(ended=[death], records=[own], logs={"agent-3": GONE}).contradictions


def test_what_other_pairs_have_in_common_says_nothing_of_this_one() -> None:
    """logcopy names those that it means."""
    shared = {"kind": "shared-failure", "text": "pairs 1 and 2: the agent cannot be set up; every"}
    simulation = AGENT_ERROR.format("").replace(
        "Stopping the route", "Error during the simulation:"
    )
    told = {"ended": [CRASH], "problems": [shared], "logs": {"agent-3": simulation}}
    assert name(verdict(**told)) != "agent-set-up-failed"
    shared["text"] = "pairs 1 and 3: the agent cannot be set up; every"
    assert name(verdict(**told)) == "agent-set-up-failed"


def test_a_pair_that_went_on_failed_at_the_route_that_its_log_had_prepared() -> None:
    said = [
        "========= Preparing RouteScenario_6 (repetition 0) =========",
        "Could not set up the required agent:",
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
        "========= Preparing RouteScenario_9 (repetition 0) =========",
    ]
    record = {"pair": 3, "route": "RouteScenario_6", "status": "Failed - Agent couldn't be set up"}
    found = verdict(records=[record], logs={"agent-3": "\n".join(said)})
    assert (name(found), found.route) == ("agent-cuda-out-of-memory", "RouteScenario_6_rep0")


def test_why_a_set_up_failed_is_told_in_the_words_of_its_error() -> None:
    words = "Could not set up the required agent:\n\nTraceback (most recent call last):\nKeyError: 'net'"
    record = {"pair": 3, "route": "RouteScenario_1", "status": "Failed - Agent couldn't be set up"}
    found = verdict(records=[record], logs={"agent-3": words})
    assert name(found) == "agent-set-up-failed"
    assert "KeyError: 'net'" in found.what


def test_the_watchdog_of_a_slow_set_up_does_not_speak_against_it() -> None:
    words = "Watchdog exception - Timeout of 300.0 seconds occured\nCould not set up the required agent:"
    words += "\nRuntimeError: Timeout: Agent took longer than 300.0s to setup"
    found = verdict(logs={"agent-3": words})
    assert (name(found), found.contradictions) == ("agent-set-up-slow", ())


def test_a_server_that_hung_is_the_cause_though_its_evaluator_ended_before_that_was_noticed() -> (
    None
):
    hang = {"pair": 3, "attempt": 1, "half": "simulator", "reason": "hang", "at": 435}
    found = verdict(ended=[CRASH, hang], logs={"agent-3": GONE})
    assert (name(found), found.confidence) == ("simulator-hung", Confidence.LIKELY)
    assert found.contradictions == ()


def test_a_route_that_was_given_up_says_nothing_against_what_ended_it() -> None:
    found = verdict(
        ended=[SEGFAULT, ECHO],
        problems=[
            {"kind": "given-up", "pair": 3, "text": "3 attempts crashed at RouteScenario_12"}
        ],
    )
    assert name(found) == "simulator-segfault"
    assert found.confidence is Confidence.CERTAIN
    assert found.contradictions == ()


def test_a_route_that_was_given_up_by_a_fault_of_the_platform_is_not_told_to_be_the_teams() -> None:
    crash = {**CRASH, "route": "RouteScenario_6_rep0"}
    found = verdict(
        ended=[crash, {**crash, "attempt": 2, "at": 800}],
        problems=[
            {
                "kind": "given-up",
                "pair": 3,
                "text": "RouteScenario_6_rep0 was given up after 2 attempts and counts as failed",
            }
        ],
        records=[{"pair": 3, "route": "RouteScenario_6", "status": "Failed - Simulation crashed"}],
        logs={"agent-3": [{"attempt": 2, "text": BOUND}]},
    )
    assert (name(found), found.owner) == ("traffic-manager-port-in-use", Owner.LEADERBOARD)
    assert found.contradictions == ()


RAISED = 'Traceback (most recent call last):\n  File "{}", line 7, in f\n    g()\n{}'


def test_an_error_in_code_of_the_leaderboard_is_its_own_whatever_its_words() -> None:
    runner = "/w/scenario_runner/srunner/scenarios/cut_in.py"
    found = verdict(ended=[CRASH], logs={"agent-3": RAISED.format(runner, "queue.Empty")})
    assert (name(found), found.owner) == ("evaluator-assertion", Owner.LEADERBOARD)
    own = RAISED.format("/w/team_code/planner.py", "queue.Empty")
    assert name(verdict(ended=[CRASH], logs={"agent-3": own})) == "agent-raised"


def test_a_line_that_tells_why_is_not_told_as_where_it_was_raised() -> None:
    full = RAISED.format("/w/team_code/agent.py", "OSError: [Errno 28] No space left on device")
    found = verdict(ended=[CRASH], logs={"agent-3": full})
    assert name(found) == "disk-full"
    assert found.contradictions == ()
