"""Whose code an error was raised in is read from its traceback, not from its words."""

from __future__ import annotations

import pytest

from console.diagnosis.tracebacks import Whose, whose_lines

HEAD = "Traceback (most recent call last):"
EVALUATOR = "/workspace/leaderboard/leaderboard/leaderboard_evaluator.py"
RUNNER = "/workspace/scenario_runner/srunner/scenariomanager/carla_data_provider.py"
TEAM = "/workspace/team_code/planner.py"
LIBRARY = "/opt/conda/lib/python3.8/site-packages/torch/nn/modules/module.py"


def traceback(error: str, *files: str) -> list[str]:
    frames = [line for file in files for line in (f'  File "{file}", line 7, in f', "    g()")]
    return [HEAD, *frames, error]


def of_last(lines: list[str]) -> Whose:
    place = max(place for place, line in enumerate(lines) if line.endswith(("x", "Error")))
    return whose_lines(lines).get(place, Whose.NO)


@pytest.mark.parametrize(
    ("files", "whose"),
    [
        ((EVALUATOR, TEAM, LIBRARY), Whose.TEAM),
        ((EVALUATOR, RUNNER), Whose.EVALUATOR),
        ((EVALUATOR, "/opt/py/site-packages/py_trees/behaviour.py"), Whose.EVALUATOR),
        (("leaderboard/team_code/agent.py",), Whose.TEAM),
        (("/w/leaderboard/leaderboard/autoagents/my_agent.py",), Whose.TEAM),
        (("/w/leaderboard/leaderboard/autoagents/agent_wrapper.py",), Whose.EVALUATOR),
        (("/w/leaderboard/leaderboard/standin/drive.py",), Whose.EVALUATOR),
        (("/w/leaderboard/leaderboard/team_code/drive.py",), Whose.TEAM),
        ((LIBRARY, "<frozen importlib._bootstrap>"), Whose.NO),
        ((), Whose.NO),
    ],
)
def test_an_error_is_the_teams_where_any_of_its_frames_is(
    files: tuple[str, ...], whose: Whose
) -> None:
    assert of_last(traceback("KeyError: x", *files)) is whose


def test_what_was_raised_while_an_error_was_handled_follows_from_it() -> None:
    lines = traceback("KeyError: x", EVALUATOR, RUNNER)
    lines += ["", "During handling of the above exception, another exception occurred:", ""]
    lines += traceback("ValueError: x", EVALUATOR, TEAM)
    assert of_last(lines) is Whose.EVALUATOR


def test_what_the_evaluator_calls_an_error_of_its_agent_is_the_teams() -> None:
    lines = traceback("AttributeError: x", EVALUATOR)
    lines += ["", "The above exception was the direct cause of the following exception:", ""]
    lines += traceback("leaderboard.autoagents.agent_wrapper.AgentError: x", EVALUATOR)
    assert of_last(lines) is Whose.TEAM


def test_a_clean_up_that_stumbles_is_no_failure_of_its_own() -> None:
    lines = traceback("IndexError: x", EVALUATOR, TEAM)
    lines += ["Exception ignored in: <function LeaderboardEvaluator.__del__ at 0x7f>"]
    lines += traceback("AttributeError: manager x", EVALUATOR)
    assert whose_lines(lines) == {5: Whose.TEAM, len(lines) - 1: Whose.NOBODY}


def test_of_errors_close_together_the_first_is_the_failure() -> None:
    lines = traceback("IndexError: x", EVALUATOR, TEAM)
    assert of_last([*lines, "> Registering", *traceback("KeyError: x", RUNNER)]) is Whose.NOBODY


def test_an_error_long_before_the_last_one_was_lived_through() -> None:
    lines = [*traceback("IndexError: x", TEAM), *["tick"] * 100, *traceback("KeyError: x", RUNNER)]
    assert whose_lines(lines) == {3: Whose.NOBODY, len(lines) - 1: Whose.EVALUATOR}


def test_lines_of_others_within_a_traceback_do_not_hide_it() -> None:
    lines = traceback("KeyError: x", EVALUATOR, TEAM)
    lines[2:2] = ["WARNING: cameras are slow", "=== [Agent] -- Ratio = 0.3x"]
    assert of_last(lines) is Whose.TEAM


def test_each_process_of_a_team_may_say_who_it_is() -> None:
    lines = [f"[rank0]: {line}" for line in traceback("KeyError: x", EVALUATOR, TEAM)]
    assert of_last(lines) is Whose.TEAM


def test_a_stopped_process_raised_no_error() -> None:
    assert of_last(traceback("KeyboardInterrupt: x", EVALUATOR)) is Whose.NOBODY


def test_a_traceback_that_is_cut_off_names_nobody() -> None:
    assert whose_lines([HEAD, f'  File "{TEAM}", line 7, in f']) == {}
