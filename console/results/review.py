"""A merged document, held against what was launched as its partials were when it was made.

Works on the document's own records; nothing is written and read again. What only the partials
could tell (which of them were torn or stale, and what each of them claimed) is not known here.
"""

from __future__ import annotations

from console.results import statuses
from console.results.checkpoint import Checkpoint
from console.results.collecting import Partial, PartialSource
from console.results.merge_findings import Findings
from console.results.named_tuple import TYPE_CHECKING
from console.results.plan import PairRoutes, Plan
from console.results.raw_record import refuse_strange, route_of
from console.results.report import MergeReport
from console.results.trustworthy import joined

if TYPE_CHECKING:
    from typing import Any, Iterator


class _Part(Checkpoint):
    """What a merged document holds of one pair."""

    @property
    def settled(self) -> bool:
        """Whoever merged it has seen the pair through, if all of its drives are there."""
        return self.whole


def review(plan: Plan, merged: Checkpoint) -> MergeReport:
    """The report of a merge that gave these records. Raises Refused for a record of strange shape.

    A drive that was not launched is told with the first pair.
    """
    homes = {route: pair.pair for pair in plan.pairs for route in pair.routes}
    rows: dict[int, list[Any]] = {pair.pair: [] for pair in plan.pairs}
    for record in merged.records:
        route, _ = route_of(record)
        refuse_strange(record, plan.leaderboard)
        rows[homes.get(route, plan.pairs[0].pair)].append(record)
    return joined(plan, list(_sources(plan, merged, rows)), Findings())


def _sources(plan: Plan, merged: Checkpoint, rows: dict[int, list[Any]]) -> Iterator[PartialSource]:
    there = _places(plan, merged)
    for pair in plan.pairs:
        total = len(plan.keys(pair))
        if rows[pair.pair]:
            own = {route: place * plan.repetitions for place, route in enumerate(pair.routes)}
            moved = {route: there[route] - place for route, place in own.items()}
            yield PartialSource(
                _file(pair), _part(merged, rows[pair.pair], total, moved), pair.pair
            )


def _places(plan: Plan, merged: Checkpoint) -> dict[str, int]:
    """Where a merged file has the first drive of each route: it counts its records through.

    One that was made pair by pair has them one pair behind the other.
    """
    routes = [route for pair in plan.pairs for route in pair.routes]
    by_pair = {route: place * plan.repetitions for place, route in enumerate(routes)}
    for row in merged.records:
        route, _ = route_of(row)
        if row["index"] // plan.repetitions * plan.repetitions != by_pair.get(route):
            return plan.merged_places()
    return by_pair


def _file(pair: PairRoutes) -> Partial:
    """Messages speak of the file that these records come from."""
    return Partial(pair.pair, None, name=f"agent{pair.pair}/agent_results.json")


def _part(merged: Checkpoint, rows: list[Any], total: int, moved: dict[str, int]) -> _Part:
    """With the indexes that the records have in their own file."""
    own = (dict(row, index=row["index"] - moved.get(route_of(row)[0], 0)) for row in rows)
    return _Part(
        leaderboard=merged.leaderboard,
        records=tuple(own),
        progress=(len(rows), total),
        sensors=merged.sensors,
        entry_status=statuses.STARTED,
        global_record={},
        claims={},
    )
