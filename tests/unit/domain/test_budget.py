"""The arithmetic of the restart budget, as measured on a real Job controller."""

from __future__ import annotations

import pytest

from console.domain.budget import RestartBudget, backoff_limit_for


@pytest.mark.parametrize(
    ("limit", "used", "left", "exhausted"),
    [
        (8, 0, 3, False),
        (8, 2, 2, False),
        (8, 6, 0, False),
        (8, 7, 0, False),
        (8, 8, 0, True),
        (8, 10, 0, True),
        (0, 0, 0, False),
        (0, 1, 0, True),
        (1, 0, 0, False),
        (3, 0, 1, False),
    ],
)
def test_a_resume_costs_two_and_the_one_that_reaches_the_limit_cannot_work(
    limit, used, left, exhausted
) -> None:
    budget = RestartBudget.of(limit, {"agent-1": used})
    assert (budget.resumes_left, budget.exhausted) == (left, exhausted)


@pytest.mark.parametrize("resumes", range(6))
def test_the_limit_for_some_resumes_allows_exactly_these(resumes: int) -> None:
    assert RestartBudget(backoff_limit_for(resumes)).resumes_left == resumes


def test_every_container_counts_also_the_init_container() -> None:
    budget = RestartBudget.of(8, {"private-contents": 1, "logcopy": 1, "agent-1": 0})
    assert (budget.used, budget.spent) == (2, (("private-contents", 1), ("logcopy", 1)))


def test_before_anybody_has_seen_the_job_neither_limit_nor_use_is_known() -> None:
    budget = RestartBudget.unknown(None)
    assert budget.tally == "?/?"
    assert (budget.used, budget.exhausted, budget.resumes_left) == (None, None, None)


@pytest.mark.parametrize(
    ("spent", "told"),
    [
        ({"agent-2": 2, "simulator-2": 2, "logcopy": 1}, "pair 2 ×4, logcopy ×1"),
        ({"agent-1": 2, "agent-3": 2}, "pairs 1, 3 ×2 each"),
        ({f"agent-{pair}": 2 for pair in (4, 3, 2, 1)}, "pairs 1-4 ×2 each"),
        ({"agent-1": 1, "agent-2": 2, "agent-3": 1, "agent-4": 1}, "pairs 1, 3, 4 ×1 each, pair 2 ×2"),
    ],
)  # fmt: skip
def test_pairs_that_spent_as_much_are_told_together(spent: dict[str, int], told: str) -> None:
    assert RestartBudget.of(8, spent).spenders == told
