"""The plan behind a set of partials where the operator did not say all of it.

Takes what the partials tell as evidence, never as the truth: where they contradict each other, or
fit nothing, that is said. Opens no file; every sentence it adds goes to `Planned.remarks`.
"""

from __future__ import annotations

from console.results.drives import STANDARD_SUBSETS, Drives
from console.results.named_tuple import TYPE_CHECKING, NamedTuple
from console.results.plan import Plan, PlanError, by_position, plan_for, unknowable
from console.results.raw_record import Refused, route_of
from console.results.routes_file import NAME, route_ids
from console.results.subsets import (
    MOST_DRIVES,
    ROUTE,
    Subset,
    as_numbers,
    parse_all,
    quoted,
    without_file,
    written,
)
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any, Sequence

_FALLBACK_REPETITIONS = 1
_LONGEST_SUGGESTION = 200


class ToldPlan(NamedTuple):
    """What one partial says of the launch; None and nothing where it says nothing usable."""

    name: str
    total: int | None = None
    routes: tuple[str, ...] = ()
    """Ids of its records in their order, each once."""
    repetitions: int = 1
    """At least so many, by its records."""
    records: int = 0

    @property
    def whole(self) -> bool:
        """Every drive that it announces is there, each route equally often."""
        return self.total == self.records == len(self.routes) * self.repetitions


class WantedMerge(NamedTuple):
    """What the operator said: None where nothing.

    With the routes file and no subsets, the partials tell who drove what of it.
    """

    leaderboard: Leaderboard
    subsets: tuple[str, ...] | None
    repetitions: int | None = None
    routes: bytes | None = None
    routes_name: str = NAME


class Planned(NamedTuple):
    """The plan, and what the operator has to know of how it came about."""

    plan: Plan
    remarks: tuple[str, ...] = ()
    foreign: str = ""
    """Said where no record at all is of the launched routes: what to ask for instead."""
    by_partial: bool = False
    """Pair 1 is the first partial, and so on; what none stands for is of a pair behind them."""


def told_by(name: str, document: Any) -> ToldPlan:
    """What a partial says, whatever it holds; None where it is no JSON that is read."""
    try:
        inner = document["_checkpoint"]
    except (KeyError, TypeError, IndexError):
        return ToldPlan(name)
    records = inner.get("records") if isinstance(inner, dict) else None
    drives = [drive for drive in map(_drive, records if isinstance(records, list) else []) if drive]
    routes = tuple(dict.fromkeys(route for route, _ in drives))
    known = [repetition for _, repetition in drives if repetition is not None]
    times = max(known, default=-1) + 1 if known else _most_often([route for route, _ in drives])
    return ToldPlan(name, _total(inner), routes, max(times, 1), len(drives))


def planned(asked: WantedMerge, told: Sequence[ToldPlan]) -> Planned:
    """The plan to merge against. Raises PlanError where none can be had without a wrong guess."""
    remarks: list[str] = []
    ids = None if asked.routes is None else route_ids(asked.routes, asked.routes_name)
    if ids is not None and asked.subsets is None:
        return _shared(asked, ids, told, remarks)
    subsets = parse_all(_subsets(asked))
    chosen = _chosen(asked, ids, subsets, told, remarks)
    repetitions = asked.repetitions
    if repetitions is None:
        repetitions = _repetitions(chosen, told, remarks)
    file_routes = None if ids is None else len(ids)
    drives = Drives(asked.leaderboard, repetitions, _subsets(asked))
    plan = plan_for(drives, chosen, file_routes=file_routes)
    return Planned(plan, tuple(remarks), _foreign(asked, plan, told))


def _subsets(asked: WantedMerge) -> tuple[str, ...]:
    return tuple(STANDARD_SUBSETS.split(";")) if asked.subsets is None else asked.subsets


def _shared(
    asked: WantedMerge, ids: list[str], told: Sequence[ToldPlan], remarks: list[str]
) -> Planned:
    """All routes of the file, each with the partial that drove it."""
    by_position([Subset("", ())], ids, asked.routes_name)  # refuses an id that is there twice
    repetitions = asked.repetitions
    if repetitions is None:
        repetitions = _driven_repetitions(told, remarks)
    from console.results.shares import shares  # late: most merges are told their subsets

    chosen = shares(ids, [(each.routes, each.total) for each in told], repetitions)
    subsets = tuple(",".join(own) for own in chosen)
    plan = plan_for(Drives(asked.leaderboard, repetitions, subsets), chosen, file_routes=len(ids))
    foreign = _foreign(asked._replace(subsets=subsets), plan, told)
    return Planned(plan, tuple(remarks), foreign, by_partial=True)


def _chosen(
    asked: WantedMerge,
    ids: list[str] | None,
    subsets: Sequence[Subset],
    told: Sequence[ToldPlan],
    remarks: list[str],
) -> list[list[str]]:
    """The ids of each pair: by the routes file, else by what can be known without it."""
    if ids is not None:
        return by_position(subsets, ids, asked.routes_name)
    return [
        _evident(subset, asked.repetitions, told, remarks) if own is None else list(own)
        for subset, own in zip(subsets, without_file(subsets))
    ]


def _evident(
    subset: Subset, repetitions: int | None, told: Sequence[ToldPlan], remarks: list[str]
) -> list[str]:
    """A range without its file: as numbers where a partial bears that out, else as one drove it."""
    numbers = _spelled(subset)
    own = [each for each in told if _is_of(each, subset, numbers)]
    totals = [each for each in own if each.total]
    borne_out = any(_bears_out(each, len(numbers), repetitions) for each in totals)
    if numbers and (not totals or borne_out):
        if not totals:
            what = f"the subset {quoted(subset.expression)} is read as {len(numbers)} routes by"
            remarks.append(f"{what} number; no partial bears that out. Give --routes to be sure.")
        return numbers
    for each in totals:
        if subset.fits(each.routes) and each.whole:
            what = f"the routes of the subset {quoted(subset.expression)} are taken from"
            remarks.append(f"{what} {each.name}, in the order of its records.")
            return list(each.routes)
    told_of = ", ".join(f"{each.name} tells of {each.total} drives" for each in totals[:4])
    raise PlanError(f"{unknowable(subset)}: give it with --routes{told_of and f' ({told_of})'}")


def _is_of(told: ToldPlan, subset: Subset, numbers: list[str]) -> bool:
    """Whether a partial can be that of a subset, as far as its records tell."""
    if not told.routes:
        return False
    return subset.fits(told.routes) or set(told.routes) <= set(numbers)


def _bears_out(told: ToldPlan, routes: int, repetitions: int | None) -> bool:
    total = told.total or 0
    if not routes or total % routes:
        return False
    times = total // routes
    return times >= told.repetitions if repetitions is None else times == repetitions


def _spelled(subset: Subset) -> list[str]:
    """Its routes by number; nothing where it cannot be read so, or would be too many."""
    spans = as_numbers(subset)
    if spans is None or sum(map(len, spans)) > MOST_DRIVES:
        return []
    return [str(number) for number in sorted({n for span in spans for n in span})]


def _repetitions(
    chosen: Sequence[Sequence[str]], told: Sequence[ToldPlan], remarks: list[str]
) -> int:
    """Repetitions as the partials' totals have them, if one number fits them all."""
    usable = [each for each in told if each.total]
    fitting = [(each, _fitting(each, chosen)) for each in usable]
    agreed = set.intersection(*(found for _, found in fitting)) if fitting else set()
    if len(agreed) == 1:
        (repetitions,) = agreed
        remarks.append(f"Repetitions were not given; taking {repetitions} from the partials.")
        return repetitions
    repetitions = _likeliest([found for _, found in fitting], told)
    totals = ", ".join(f"{each.name} tells of {each.total} drives" for each in usable[:4])
    sizes = ", ".join(str(len(own)) for own in chosen[:8])
    why = f"{totals or 'no partial tells a total'}; the pairs have {sizes} routes"
    word = "more than one number fits" if agreed else "no one number fits"
    remarks.append(
        f"Repetitions were not given; taking {repetitions}, which is a guess: {word} the"
        f" partials ({why}). Give --repetitions."
    )
    return repetitions


def _driven_repetitions(told: Sequence[ToldPlan], remarks: list[str]) -> int:
    """As the partials drove that are whole by their own count, else as their records tell."""
    whole = {each.repetitions for each in told if each.whole}
    seen = max((each.repetitions for each in told), default=_FALLBACK_REPETITIONS)
    if whole != {seen}:
        what = "no partial has all that it announces" if not whole else "the partials disagree"
        remarks.append(
            f"Repetitions were not given; taking {seen}, which is a guess: {what}."
            " Give --repetitions."
        )
    return seen


def _fitting(told: ToldPlan, chosen: Sequence[Sequence[str]]) -> set[int]:
    """The repetitions with which some pair that it can be of has its total."""
    homes = [own for own in chosen if set(told.routes) & set(own)] or chosen
    total = told.total or 0
    found = {total // len(own) for own in homes if own and total % len(own) == 0}
    return {times for times in found if times >= told.repetitions}


def _likeliest(found: Sequence[set[int]], told: Sequence[ToldPlan]) -> int:
    """What most partials allow, the smaller one of two; else what most records look like."""
    votes = [times for each in found for times in each]
    votes = votes or [each.repetitions for each in told if each.routes] or [_FALLBACK_REPETITIONS]
    return min(set(votes), key=lambda times: (-votes.count(times), times))


def _foreign(asked: WantedMerge, plan: Plan, told: Sequence[ToldPlan]) -> str:
    """What to do where all records are of routes that were not launched; empty elsewhere."""
    launched_routes = {route for pair in plan.pairs for route in pair.routes}
    seen = [each for each in told if each.routes]
    if not seen or any(ROUTE + route in launched_routes for e in seen for route in e.routes):
        return ""
    what = f"no record is of a route in the subsets {quoted(';'.join(_subsets(asked)))}"
    suggestion = ";".join(written(each.routes) for each in seen)
    if all(each.whole for each in seen) and len(suggestion) <= _LONGEST_SUGGESTION:
        return f"{what}: give --routes-subsets '{suggestion}', which is what the partials drove"
    first = seen[0].routes[0]
    return f"{what}: say with --routes-subsets which were launched (route {first} is there)"


def _drive(raw: Any) -> tuple[str, int | None] | None:
    try:
        route, repetition = route_of(raw)
    except Refused:
        return None
    return route[len(ROUTE) :], repetition


def _most_often(routes: Sequence[str]) -> int:
    """How often the most frequent route is there: a 1.0 id does not tell its repetition."""
    counted: dict[str, int] = {}
    for route in routes:
        counted[route] = counted.get(route, 0) + 1
    return max(counted.values(), default=1)


def _total(inner: Any) -> int | None:
    try:
        total = inner["progress"][1]
    except (KeyError, IndexError, TypeError):
        return None
    if isinstance(total, bool) or not isinstance(total, int):
        return None
    return total if 0 < total <= MOST_DRIVES else None
