"""A message to a team holds what is theirs to know, and nothing of the platform's."""

from __future__ import annotations

from console.diagnosis.catalogue import catalogue
from console.diagnosis.verdict import Verdict, judge
from console.operations.bundling.platform_names import PlatformNames
from console.operations.bundling.redaction import Redaction
from console.operations.bundling.team_message import Message, team_message
from console.operations.ports.recorder import LogLine
from console.operations.watching.logs_at_hand import LinesInMemory
from tests.fakes.scenes import board_of, scene_from, written

CRASH = {
    "pair": 3, "attempt": 1, "half": "agent", "reason": "crashed", "exit": 1,
    "route": "RouteScenario_12_rep0", "at": 420,
}  # fmt: skip
TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "team_code/agent.py", line 9, in <module>',
    "    import timm",
    "ModuleNotFoundError: No module named 'timm'",
)
NAMES = PlatformNames({"gnu-17", "walrus.example"}, {"demo"})


def message(verdict: Verdict, *lines: str) -> Message:
    log = LinesInMemory(tuple(LogLine("", line) for line in lines)) if lines else None
    return team_message(board_of(written({})), verdict, log, Redaction(NAMES))


def judged(lines: str = "\n".join(TRACEBACK), **more: object) -> Verdict:
    scene = {"ended": [CRASH], "logs": {"agent-3": lines}} | more
    return judge(catalogue(), scene_from(scene))


def test_it_says_what_happened_where_on_which_lines_and_what_to_change() -> None:
    told = message(judged(), *TRACEBACK).text
    assert told.startswith("Submission demo: The agent cannot import timm")
    assert "route RouteScenario_12_rep0, attempt 1, the agent ended first" in told
    assert "\n".join(f"    {line}" for line in TRACEBACK) in told
    assert "What to change: The Python module timm is missing in the image" in told


def test_names_of_the_platform_and_credentials_are_left_out_of_it() -> None:
    lines = ("host gnu-17 at 10.1.2.3, key AKIAZZZZZZZZZZZZZZZZ", *TRACEBACK)
    verdict = judged("\n".join(lines))
    told = message(verdict, *lines)
    for canary in ("gnu-17", "10.1.2.3", "AKIAZZZZZZZZZZZZZZZZ"):
        assert canary not in told.text
    assert told.left_out >= 3


def test_of_a_failure_that_is_not_theirs_it_says_so_and_shows_nothing_of_the_nodes() -> None:
    evicted = judge(
        catalogue(),
        scene_from(
            {
                "pair": None,
                "pod": {
                    "phase": "Failed",
                    "reason": "Evicted",
                    "message": "The node was low on resource: memory on gnu-17.",
                },
            }
        ),
    )
    told = message(evicted).text
    assert "This is not a fault of your agent" in told
    assert "gnu-17" not in told


def test_where_nobody_knows_the_cause_it_says_that() -> None:
    told = message(judged("all quiet")).text
    assert "nothing that is known tells why" in told
    assert "What caused it is not known yet" in told
