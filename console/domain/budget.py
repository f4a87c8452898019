"""The restart budget that all pairs share, or that each has. Knows not why a container restarted.

The Job fails when the restart counts of all containers of its pod, init container included, reach
`backoffLimit` (limit 0: at the first restart). A resume restarts both halves of a pair: it costs 2,
so with the limit 8 three resumes can do work and the fourth ends the Job.

Where each pair has a pod of its own, what counts is how often that pod failed: a resume costs 1,
and with the limit 3 the fourth failure is the pair's end and not that of the others.

A pod that is gone takes its counts with it. What is then still proven is a lower bound, and what
nobody can tell is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

RESTARTS_PER_RESUME = 2
_HALVES = ("simulator-", "agent-")


class RestartBudget(msgspec.Struct, frozen=True, gc=False):
    """What is spent of `limit`. Just `RestartBudget(8)` is a fresh one: nothing is used."""

    limit: int | None
    """None while nobody has seen the Job."""
    spent: tuple[tuple[str, int], ...] = ()
    """By container name; each a lower bound only where the pod could not be counted."""
    counted: bool = True
    """Whether the pod's own counts are known."""
    at_least: int = 0
    """What is proven to be used, whoever spent it."""
    by_pair: bool = False
    """Each pair has that limit for itself: what is told is of the one that has spent most."""
    failed: tuple[int, ...] = ()
    """Pairs that have spent theirs and failed once more."""
    of_restarts: bool = False
    """With `by_pair`: what each spends are restarts of its containers, as where all share one."""

    @classmethod
    def of_pairs(
        cls, limit: int, failures: Mapping[str, int], failed: tuple[int, ...], *, counted: bool
    ) -> RestartBudget:
        """Failed pods, by the agent of their pair."""
        most = {name: min(count, limit) for name, count in failures.items()}
        return cls(limit, _spent(most), counted, 0, True, failed)

    @classmethod
    def of(cls, limit: int, counts: Mapping[str, int]) -> RestartBudget:
        """Counts by container name; containers without a restart are left out."""
        return cls(limit, _spent(counts))

    @classmethod
    def unknown(
        cls, limit: int | None, at_least: int = 0, counts: Mapping[str, int] | None = None
    ) -> RestartBudget:
        """No pod is left that could tell; `counts` are lower bounds."""
        return cls(limit, _spent(counts or {}), False, at_least)

    @property
    def least(self) -> int:
        """What is used at the least; all of it where it is counted."""
        proven = 0
        for _, count in self.spent:
            proven = max(proven, count) if self.by_pair else proven + count
        return proven if proven > self.at_least else self.at_least

    @property
    def used(self) -> int | None:
        """The sum that the Job controller compares with the limit; None where it is not known."""
        return self.least if self.counted else None

    @property
    def exhausted(self) -> bool | None:
        """True when the Job controller ends the Job; None where nobody can tell."""
        if self.limit is None:
            return None
        if self.by_pair:
            return True if self.failed else (False if self.counted else None)
        if self.least >= max(self.limit, 1):
            return True
        return False if self.counted else None

    @property
    def resumes_left(self) -> int | None:
        """Whole pair resumes that can still do work; the one that reaches the limit cannot."""
        if self.limit is None or not self.counted:
            return 0 if self.exhausted else None
        if self.by_pair and not self.of_restarts:
            return 0 if self.failed else self.limit - self.least
        usable = max(self.limit - 1, 0) - self.least
        return max(usable // RESTARTS_PER_RESUME, 0)

    @property
    def spenders(self) -> str:
        """`pair 2 ×4, logcopy ×1`, `pairs 1-4 ×2 each`: who spent it, as every view tells it; both
        halves are a pair."""
        pairs: Counter[int] = Counter()
        others: Counter[str] = Counter()
        for name, count in self.spent:
            half = next((each for each in _HALVES if name.startswith(each)), None)
            number = name.removeprefix(half) if half else ""
            if number.isdecimal():
                pairs[int(number)] += count
            else:
                others[name] += count
        sign = "×" if self.counted else "≥"
        told = [f"{who} {sign}{count}{each}" for who, count, each in _spent_alike(pairs)]
        return ", ".join(told + [f"{name} {sign}{count}" for name, count in others.items()])

    @property
    def unit(self) -> str:
        """What is counted, as views call it."""
        return "failed pods" if self.by_pair and not self.of_restarts else "restarts"

    @property
    def tally(self) -> str:
        """`2/8`; `≥8/8` where only that much is proven, `?/8` where nothing is."""
        told = tally_of(self.used, self.limit, self.least)
        return f"{self.worst} {told}" if self.worst else told

    @property
    def worst(self) -> str:
        """`pair 3`, the one that has spent most; empty where all share it, and before any has."""
        if not (self.by_pair and self.spent):
            return ""
        return f"pair {max(self.spent, key=lambda each: each[1])[0].rpartition('-')[2]}"


def _spent_alike(pairs: Mapping[int, int]) -> Iterator[tuple[str, int, str]]:
    """Pairs that spent as much stand together, in the order in which the first of them spent."""
    for count in dict.fromkeys(pairs.values()):
        numbers = sorted(number for number, spent in pairs.items() if spent == count)
        if len(numbers) == 1:
            yield f"pair {numbers[0]}", count, ""
            continue
        run = len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1
        named = f"{numbers[0]}-{numbers[-1]}" if run else ", ".join(map(str, numbers))
        yield f"pairs {named}", count, " each"


def tally_of(used: int | None, limit: int | None, at_least: int = 0) -> str:
    """How every view writes a number of restarts."""
    most = "?" if limit is None else f"{limit}"
    if used is not None:
        return f"{used}/{most}"
    return f"≥{at_least}/{most}" if at_least else f"?/{most}"


def backoff_limit_for(resumes: int) -> int:
    """The smallest limit under which that many resumes, over all pairs, can do work."""
    return RESTARTS_PER_RESUME * resumes + 1


def _spent(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple([each for each in counts.items() if each[1]])
