"""The routes that a submission was launched to drive: from its Job, or as logcopy read them.

logcopy has the routes file, the Job has the subsets; a telling that no routes file bears out is
not believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from console.domain.events import PlanReported
from console.domain.routes import Routes, parse_subset
from console.domain.submission import SubmissionPlan
from console.results.subsets import MOST_DRIVES, ROUTE


@lru_cache(maxsize=256)
def launched_routes(plan: SubmissionPlan, told: PlanReported | None) -> Mapping[int, Routes | None]:
    """Pair -> its routes in driving order; None where nobody has told them."""
    if told is None or not fits(plan, told):
        return plan.routes
    own = dict(told.routes)
    return {pair: own[pair] or known for pair, known in plan.routes.items()}


def fits(plan: SubmissionPlan, told: PlanReported) -> bool:
    """Same version, repetitions and pairs, each with routes that its subset can have selected.

    A pair without routes says nothing: its line would have been too long.
    """
    routes = dict(told.routes)
    every = [route for own in routes.values() for route in own]
    return (
        told.leaderboard == plan.drives.leaderboard.name
        and told.repetitions == plan.drives.repetitions
        and sorted(number for number, _ in told.routes) == [pair.number for pair in plan.pairs]
        and len(set(every)) == len(every)
        and len(every) * told.repetitions <= MOST_DRIVES
        and all(_selected(subset, routes[pair]) for pair, subset in plan.subsets.items())
    )


def _selected(subset: str, routes: Routes) -> bool:
    if not all(route.startswith(ROUTE) for route in routes):
        return False
    return not routes or parse_subset(subset).fits([route[len(ROUTE) :] for route in routes])
