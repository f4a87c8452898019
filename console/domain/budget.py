"""The restart budget that all four pairs share. Knows nothing of why a container restarted.

The Job fails when the restart counts of all containers of its pod, init container included, reach
`backoffLimit` (limit 0: at the first restart). A resume restarts both halves of a pair: it costs 2,
so with the limit 8 three resumes can do work and the fourth ends the Job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RESTARTS_PER_RESUME = 2


@dataclass(frozen=True, slots=True)
class RestartBudget:
    """What is spent of `limit`, by container name."""

    limit: int
    spent: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, limit: int, counts: Mapping[str, int]) -> RestartBudget:
        """Counts by container name; containers without a restart are left out."""
        return cls(limit, tuple((name, n) for name, n in counts.items() if n))

    @property
    def used(self) -> int:
        """The sum that the Job controller compares with the limit."""
        return sum(count for _, count in self.spent)

    @property
    def exhausted(self) -> bool:
        """True when the Job controller ends the Job."""
        return self.used >= self.limit if self.limit else self.used > 0

    @property
    def resumes_left(self) -> int:
        """Whole pair resumes that can still do work; the one that reaches the limit cannot."""
        usable = max(self.limit - 1, 0) - self.used
        return max(usable // RESTARTS_PER_RESUME, 0)


def backoff_limit_for(resumes: int) -> int:
    """The smallest limit under which that many resumes, over all pairs, can do work."""
    return RESTARTS_PER_RESUME * resumes + 1
