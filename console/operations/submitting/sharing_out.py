"""A submission whose pairs share out the routes by how long earlier drives of them took.

Which routes those are only its Job tells, so it is composed twice. Knows no flag and no form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from console.domain.submission import SubmissionPlan
from console.results.subsets import ROUTE
from console.specs.compose import Composed
from console.specs.known_routes import KnownRoutes
from console.specs.shape import SPLIT, Split
from console.specs.values import Values

Timed = Callable[[SubmissionPlan], Mapping[str, float]]
"""What a route of that submission usually takes, by its name. Reads files."""


def shared_out(
    values: Values, make: Callable[[Values], Composed], timed: Timed
) -> tuple[Composed, str]:
    """The submission of these values, and what has to be said of how it is shared out."""
    made = make(values)
    if values.get(SPLIT) != Split.DURATION:
        return made, ""
    seconds = {route.removeprefix(ROUTE): took for route, took in timed(made.plan).items()}
    if not seconds:
        return made, "No drive of these routes is recorded: they are shared out by count."
    known = KnownRoutes(values.known.ids, seconds)
    return make(replace(values, known=known)), ""
