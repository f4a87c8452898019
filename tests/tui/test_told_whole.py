"""What a monitor may not cut, guess or promise at 80x24: causes, budgets and what nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fakes.boards import board, pair
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.board import PairBoard, PairStatus, SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState
from console.domain.progress import MergeProblem
from console.presentation import boards, pairs
from console.presentation.tones import Line
from tests.tui.test_screens_failed_pair import DEATH, ECHO, failed

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
SENSORS = MergeProblem(
    "shared-failure", 0, "pairs 1, 2, 3 and 4: the agent's sensors are not allowed on this track"
)
SPENT = {f"{half}-{n}": 1 for n in (1, 2, 3, 4) for half in ("simulator", "agent")}


def plain(*lines: Line) -> str:
    return "\n".join("".join(span for span, _ in line) for line in lines)


def rejected(number: int) -> PairBoard:
    route = f"RouteScenario_{5 * number + 5}_rep0"
    death = replace(DEATH, pair=number, reason="invalid-setup", exit_code=255, route=route)
    halves = {
        half: ContainerFacts(
            f"{half}-{number}",
            ContainerState.TERMINATED,
            1,
            ended=ContainerExit(143, "Error", None, NOW),
        )
        for half in ("simulator", "agent")
    }
    return replace(failed(number), ended=(death, ECHO), first_death=death, **halves)


async def test_a_failure_of_all_pairs_keeps_cause_route_and_budget_at_80_columns(
    backend: FakeBackend,
) -> None:
    backend.shown_board = board(
        status=SubmissionStatus.FAILED,
        pairs=tuple(rejected(number) for number in (1, 2, 3, 4)),
        problems=(SENSORS,),
        budget=RestartBudget.of(8, SPENT),
    )
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("enter")
        told = "attempt 1: agent has an invalid set-up (exit 255) on RouteScenario_10_rep0"
        await shows(pilot, told, "8/8 used: pairs 1-4 ×2 each")
        await until(pilot, lambda: seen(app).count("▸ alike in every pair") == 4)


def test_what_can_be_done_does_not_push_the_budget_away() -> None:
    spent = board(status=SubmissionStatus.FAILED, budget=RestartBudget.of(8, SPENT))
    budget = boards.budget_line(spent, 78)
    hint = "A resume will end like this again: " + "its sensors are not allowed " * 2 + "R goes on"
    beneath = [plain(line) for line in boards.budget_rows(budget, hint, 78)]
    assert "8/8 used: pairs 1-4 ×2 each" in beneath[0]
    assert " ".join(beneath[1:]) == hint
    assert len(boards.budget_rows(budget, "R goes on", 160)) == 1


def test_pairs_that_logcopy_names_in_either_form_share_their_failure() -> None:
    for text in ("pairs 1 and 3 failed alike within 60 s: x", "pairs 1 and 3: camera 2: broken"):
        hit = board(problems=(MergeProblem("shared-failure", 0, text),))
        assert [boards.alike(hit, number) for number in (1, 2, 3)] == [
            "alike in pairs 1, 3",
            "",
            "alike in pairs 1, 3",
        ]


def test_the_last_end_is_no_cause_where_the_first_is_not_known() -> None:
    lost = replace(failed(), first_death=None, ended=(replace(ECHO, attempt=5),))
    told = plain(*pairs.rows(lost, 78, NOW))
    assert "first failure not known; last: attempt 5: agent was terminated" in told
    bare = replace(failed(), first_death=None, ended=())
    assert "why it failed is not known" in plain(*pairs.rows(bare, 78, NOW))


@pytest.mark.parametrize("height", [10, 16])
def test_an_ending_that_is_too_long_for_its_tile_says_that_it_is_cut(height: int) -> None:
    long = replace(DEATH, route="RouteScenario_1" + " x" * 200)
    shown = plain(*pairs.panel(replace(failed(), first_death=long), 40, height, NOW))
    assert "agent crashed first (exit 1)" in " ".join(shown.split())
    assert "…" in shown
    whole = plain(*pairs.panel(failed(), 56, height, NOW))
    assert "on RouteScenario_12_rep0" in " ".join(whole.split())


def test_what_nobody_knows_of_a_pair_is_not_told_as_a_default() -> None:
    unknown = replace(pair(1, 0, status=PairStatus.UNKNOWN, cells=(), route=""), done=None, total=5)
    told = plain(*pairs.rows(unknown, 78, NOW))
    assert "score ?" in told
    assert "nothing that is left tells how it ended" in told
    unread = replace(unknown, status=PairStatus.BOOTING)
    assert "▸ ?" in plain(*pairs.rows(unread, 78, NOW))
    fresh = pair(1, 0, status=PairStatus.BLOCKED, route="")
    assert "▸ no route yet" in plain(*pairs.rows(fresh, 78, NOW))
