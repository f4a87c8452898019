"""The painted screens, `status` and `list` say the same of a submission, in the same words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from fakes.folded_boards import (
    JOB,
    RUNNING,
    at,
    board_of,
    condition,
    containers,
    driving,
    finished,
    pod,
    report,
)
from fakes.pilots import opened, seen, until
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.pilot import Pilot

from console.cli.boards import board_text
from console.cli.commands.list_submissions import TITLES, cells
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.events import Event, JobSeen, JobVanished, MergedReported, PodSeen, PodVanished
from console.domain.facts import ContainerFacts, Turn
from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.domain.progress import EndedAttempt, MergedResult
from console.operations.outcome.row import row_of
from console.tui.screens.monitor import MonitorScreen
from console.tui.widgets.board_parts import PairPanel
from tests.unit.domain.test_blocking import stuck
from tests.unit.domain.test_unknown_values import FAILED, told

CRASHED = EndedAttempt(2, 1, "simulator", "crashed", 139, 11, "RouteScenario_6")
AGAIN = containers(
    a=ContainerFacts("simulator-2", RUNNING, 1), b=ContainerFacts("agent-2", RUNNING, 1)
)
RUNS: tuple[Event, ...] = (
    JobSeen(at(0), JOB),
    PodSeen(at(1), pod(containers=AGAIN)),
    finished(1, 0),
    report(9, driving(1, 1, "RouteScenario_1"), driving(2, 2, "", (CRASHED,)), done=1),
)
DEADLINE = replace(JOB, active=0, conditions=(condition("Failed", "DeadlineExceeded"),))
COMPLETED = replace(JOB, active=0, conditions=(condition("Complete", "CompletionsReached"),))
IMAGE = pod("Pending", containers=stuck("ImagePullBackOff", "x: not found"))
LOST = (*RUNS, PodVanished(at(20), "pod-1"))
SECOND = replace(pod(uid="pod-2", created_at=at(30)), name="demo-second")
GONE = pod("Failed", containers=(), reason="Evicted", message="The node was low on memory.")
BOARDS = {
    "nothing known": board_of(),
    "pending": board_of(JobSeen(at(0), replace(JOB, active=0))),
    "running": board_of(*RUNS),
    "running, unheard": board_of(JobSeen(at(0), JOB), PodSeen(at(1), pod())),
    "blocked": board_of(JobSeen(at(0), JOB), PodSeen(at(1), IMAGE)),
    "pod lost": board_of(*LOST),
    "second pod": board_of(*LOST, JobSeen(at(30), replace(JOB, failed=1)), PodSeen(at(31), SECOND)),
    "failing": board_of(
        *RUNS, JobSeen(at(40), replace(JOB, conditions=(condition("FailureTarget", "Stop"),)))
    ),
    "failed": board_of(*RUNS, JobSeen(at(40), FAILED)),
    "failed, only the limit known": board_of(JobSeen(at(0), FAILED)),
    "failed, events prove": board_of(
        JobSeen(at(0), DEADLINE), told("Pod/demo-x agent-2", 3), told("Pod/demo-x simulator-2", 2)
    ),
    "failed, budget unknown": board_of(JobSeen(at(0), DEADLINE)),
    "pods failed as a whole": board_of(
        JobSeen(at(0), JOB), PodSeen(at(1), GONE), JobSeen(at(2), replace(FAILED, failed=9))
    ),
    "unverified": board_of(JobSeen(at(0), COMPLETED)),
    "incomplete": board_of(
        JobSeen(at(0), COMPLETED), MergedReported(at(9), MergedResult("d", "{}", False, "15 of 20"))
    ),
    "complete": board_of(
        JobSeen(at(0), COMPLETED), MergedReported(at(9), MergedResult("d", "{}", True))
    ),
    "cancelled": board_of(*RUNS, JobSeen(at(40), replace(JOB, suspended=True, cancelled=True))),
    "suspended": board_of(*RUNS, JobSeen(at(40), replace(JOB, suspended=True))),
    "queued": board_of(
        JobSeen(at(0), replace(JOB, active=0, suspended=True, turn=Turn("b", 3, 7, 2), waits=True))
    ),
    "deleted": board_of(*RUNS, JobVanished(at(40))),
}  # fmt: skip
PAIR = re.compile(
    r"^pair (?P<number>\d) .*?  port \d+  (?P<status>\S [a-z ]+?) +"
    r"attempt (?P<attempt>\S+)  \[.*?\] (?P<routes>\S+)  restarts (?P<restarts>\S+)  (?P<route>.*)$"
)


def tight(words: str) -> str:
    """Without white space: where a screen breaks a line is its own."""
    return "".join(words.split())


def head_of(text: str) -> list[str]:
    """Status, reason and routes of `status`, and its budget."""
    first, budget = text.splitlines()[:2]
    said, _, routes = first.partition("  routes ")
    status, _, reason = said.split("  ")[2].partition(" (")
    return [status, reason.removesuffix(")"), routes.split()[0], budget.removeprefix("restarts ")]


def painted(app: Any, number: int) -> str:
    """What a pair's panel shows."""
    region = app.screen.query_one(f"#pair-{number}", PairPanel).region
    rows = seen(app).splitlines()[region.y : region.bottom]
    return "\n".join(row[region.x : region.right] for row in rows)


def restarts_painted(panel: str) -> str:
    """Both halves of a tile together."""
    if counts := re.findall(r"↻(≥?)(\d+)", panel):
        least = "≥" if any(sign for sign, _ in counts) else ""
        return f"{least}{sum(int(count) for _, count in counts)}"
    return "?" if re.search(r"simulator +\?", panel) else "0"


def unsaid(app: Any, board: BoardSnapshot) -> list[str]:
    """What `status` says and the monitor does not: of the whole, and of each pair on its tile."""
    text = board_text(board)
    missing = [each for each in head_of(text) if tight(each) not in tight(seen(app))]
    pairs = [found for line in text.splitlines() if (found := PAIR.match(line))]
    assert len(pairs) == len(board.pairs)
    for pair in pairs:
        panel = painted(app, int(pair["number"]))
        words = (pair["status"], f"attempt {pair['attempt']}", pair["routes"], pair["route"])
        missing += [each for each in words if tight(each) not in tight(panel)]
        missing += [] if restarts_painted(panel) == pair["restarts"] else [pair["restarts"]]
    return missing


async def monitored(pilot: Pilot[Any], backend: FakeBackend, kind: str) -> None:
    backend.shown_board = BOARDS[kind]
    await until(pilot, lambda: not unsaid(pilot.app, BOARDS[kind]))


async def listed(pilot: Pilot[Any], backend: FakeBackend, kind: str) -> None:
    """Its row on the screen is the line of `list`, and both are the head of `status`."""
    board = BOARDS[kind]
    row: SubmissionRow = row_of(board)
    backend.shown_fleet = FleetSnapshot((row,), True, "", datetime.now(UTC))
    by_title = dict(zip(TITLES, cells(row, datetime.now(UTC)), strict=True))
    line = [by_title[title] for title in ("STATUS", "ROUTES", "RESTARTS")]
    status, reason, routes, budget = head_of(board_text(board))
    glyph, word = status.split()
    assert line == [f"{word} {row.place}".strip(), routes, budget.split()[0]], kind
    wanted = tight("".join((glyph, *line)))
    await until(pilot, lambda: wanted in re.sub(r"[\s━─]", "", seen(pilot.app)))
    await until(pilot, lambda: tight(reason)[:120] in tight(seen(pilot.app)))


def test_every_status_is_among_those_that_are_compared() -> None:
    assert {board.status for board in BOARDS.values()} == set(SubmissionStatus)


async def test_monitor_list_and_command_line_say_the_same_in_the_same_words(
    backend: FakeBackend,
) -> None:
    """With numbers that are known, that are bounds, and that nobody knows."""
    async with opened(backend, (200, 60)) as (app, pilot):
        for kind in BOARDS:
            await listed(pilot, backend, kind)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        for kind in BOARDS:
            await monitored(pilot, backend, kind)
