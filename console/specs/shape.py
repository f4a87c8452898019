"""The shape of a submission: which routes, driven by how many pairs, and which pair drives which.

The one place where that is decided: from what is asked, what the template writes out, the routes
file where it is known, and the GPUs of a node. Reads no file and no recording.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from console.domain.partition import by_count, by_duration
from console.domain.submission import USUAL_PAIRS, Layout
from console.results.subsets import (
    MOST_ROUTES,
    PlanError,
    Subset,
    as_numbers,
    numbered,
    parse,
    spelled,
    written,
)
from console.specs import node_gpus
from console.specs.adjustments import whole_number
from console.specs.known_routes import KnownRoutes, public_routes
from console.specs.mistakes import Mistake, SpecRejected, nearest
from console.specs.node_gpus import NodeRoom
from console.specs.pair_making import set_pairs
from console.specs.plan import layout_of, subsets_of
from console.specs.pods_apart import take_apart, tell_pairs
from console.specs.values import Values

PAIRS, ROUTES, SPLIT = "shape.pairs", "shape.routes", "shape.split"
LAYOUT = "shape.layout"
SHAPE_VALUES = (PAIRS, ROUTES, LAYOUT, SPLIT)
MOST_PAIRS = 16
"""Of one pod: two containers and a GPU each."""
MOST_PODS = 64
"""Of one submission, with a pod for each pair."""
ALL = "all"
_BETWEEN_PAIRS = ";"


class Split(StrEnum):
    """By what the routes are shared out."""

    COUNT = "count"
    DURATION = "duration"


CHOICES: dict[str, tuple[str, ...]] = {LAYOUT: tuple(Layout), SPLIT: tuple(Split)}


class _Unfit(Exception):
    """What is asked cannot be: for a mistake that names who asked."""

    def __init__(self, what: str, path: str = ROUTES) -> None:
        super().__init__(what)
        self.path = path


def value_mistake(path: str, value: Any) -> str:
    """The sentence after the value's name; empty where it is sound, as far as it says by itself."""
    if value in (None, ""):
        return ""
    if path == PAIRS:
        number = whole_number(value, least=1)
        sound = number is not None and number <= MOST_PODS
        shown = value if str(value).isdecimal() else repr(value)
        return "" if sound else f"is {shown}, but a whole number from 1 to {MOST_PODS} is wanted"
    if (choices := CHOICES.get(path)) is not None:
        near = nearest(str(value), choices)
        meant = f" (did you mean {near}?)" if near else ""
        known = value in choices
        return "" if known else f"is {value!r}; one of {', '.join(choices)} is wanted{meant}"
    return _routes_mistake(value)


def _routes_mistake(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return "is neither a number of routes nor ids such as 3,7,12-15"
    text = str(value)
    if text == ALL:
        return ""
    if text.isascii() and text.isdigit():
        wrong = not 1 <= len(text) <= 5 or not 1 <= int(text) <= MOST_ROUTES
        return f"is {text}, but 1 to {MOST_ROUTES} routes are wanted" if wrong else ""
    if "/" in text or text.endswith(".xml"):
        return "is a file, which only the flag --routes takes; here routes are named: 3,7,12-15"
    try:
        for part in text.split(_BETWEEN_PAIRS):
            if not part.strip():
                return "leaves a pair without routes"
            parse(part)
    except PlanError as error:
        return f"cannot be read: {error}"
    return ""


def shape(manifest: dict[str, Any], given: Values) -> None:
    """Give the Job the pairs that are asked for, each with its routes.

    Raises SpecRejected where they cannot be had.
    """
    there = subsets_of(manifest)
    if not there:
        return
    if given.known.ids is None and (ids := public_routes(manifest)) is not None:
        given = replace(given, known=KnownRoutes(ids, given.known.seconds))
    apart = is_apart(manifest, given)
    try:
        subsets = _subsets(there, given, apart=apart)
        _demand_room(len(subsets), node_gpus.room(given), apart=apart)
        _lay_out(manifest, subsets, apart=apart)
    except _Unfit as unfit:
        who = given.origins.get(unfit.path, "the template")
        text = f"{who}: {unfit.path} {unfit}."
        raise SpecRejected("", [Mistake(text, unfit.path)]) from unfit


def left_over(manifest: Mapping[str, Any], given: Values) -> str:
    """A sentence about pairs that are asked for and not made; empty where all are."""
    asked, made = whole_number(given.get(PAIRS), least=1), len(subsets_of(manifest))
    if asked is None or asked <= made:
        return ""
    return f"{asked} pairs are asked for, but {made} drive: there are no more routes."


def _lay_out(manifest: dict[str, Any], subsets: tuple[str, ...], *, apart: bool) -> None:
    if layout_of(manifest) is Layout.ONE_POD:
        (take_apart if apart else set_pairs)(manifest, subsets)
    elif apart:
        tell_pairs(manifest, subsets)
    else:
        raise _Unfit("cannot be one-pod: the template has a pod for each pair", LAYOUT)


def mistakes(given: Values) -> Iterator[Mistake]:
    """What is wrong with each of them by itself."""
    for path in SHAPE_VALUES:
        if wrong := value_mistake(path, given.get(path)):
            yield Mistake(f"{given.origin(path)}: {path} {wrong}.", path)


def written_routes(job: Mapping[str, Any]) -> str:
    """What `shape.routes` says of a Job that has its routes already: `0-19`, or pair by pair."""
    there = subsets_of(job)
    if not there or not all(there):
        return ""
    try:
        asked = [parse(subset) for subset in there]
    except PlanError:
        return _BETWEEN_PAIRS.join(there)
    named = [route for subset in asked for route in subset.named]
    for whole, spell in ((numbered(asked), written), (named, spelled)):
        if whole and _told(by_count(whole, len(there)), whole, None) == there:
            # A number alone is a count: one route is a range from it to itself.
            return spell(whole) if len(whole) > 1 else f"{whole[0]}-{whole[0]}"
    return _BETWEEN_PAIRS.join(there)


def is_apart(job: Mapping[str, Any], values: Values) -> bool:
    """Whether each pair has a pod of its own."""
    return bool((values.get(LAYOUT) or layout_of(job)) == Layout.POD_PER_PAIR)


def usual_pairs(there: int, values: Values, *, apart: bool) -> int:
    """Where nobody says a number: a GPU each of the node; a template of one's own keeps its own,
    and so does one whose pairs go to as many nodes as they need."""
    most = None if apart else node_gpus.room(values).usual
    return there if most is None or there != USUAL_PAIRS else max(1, min(most, MOST_PAIRS))


def _subsets(there: tuple[str, ...], given: Values, *, apart: bool) -> tuple[str, ...]:
    said, pairs = str(given.get(ROUTES) or ""), whole_number(given.get(PAIRS), least=1)
    own = tuple(part.strip() for part in said.split(_BETWEEN_PAIRS))
    if len(own) > 1 and pairs in (None, len(own)):
        return own
    by_time = given.get(SPLIT) == Split.DURATION
    pairs = pairs or usual_pairs(len(there), given, apart=apart)
    if not said and not by_time and pairs == len(there):
        return there
    known = given.known
    routes = _expanded(own if said else there, known.ids)
    # A pair without a route would drive all of them.
    pairs = min(pairs, len(routes))
    parts = by_duration(routes, pairs, known.seconds) if by_time else by_count(routes, pairs)
    return _told(parts, routes, known.ids)


def _expanded(asked: Sequence[str], ids: Sequence[str] | None) -> list[str]:
    """The ids of the routes that are asked for, in the order in which an evaluator drives them."""
    text = ",".join(asked)
    if text == ALL:
        return _all(ids)
    if len(asked) == 1 and text.isdigit():
        return _first(int(text), ids)
    try:
        subset = parse(text)
        if ids is not None:
            return subset.select(ids)
    except PlanError as error:
        raise _Unfit(f"does not fit: {error}") from error
    return _by_number(subset)


def _all(ids: Sequence[str] | None) -> list[str]:
    if ids is None:
        raise _Unfit("is all of the routes file, which nobody has named: give it with --routes")
    return list(ids)


def _first(count: int, ids: Sequence[str] | None) -> list[str]:
    if ids is None:
        return [str(number) for number in range(count)]
    if count > len(ids):
        raise _Unfit(f"asks for {count} routes, but the routes file has {len(ids)}")
    return list(ids[:count])


def _by_number(subset: Subset) -> list[str]:
    """In ascending order, for an evaluator goes by its file and the official ones ascend: whatever
    the order in which they are named."""
    if subset.parts and not subset.has_ranges:
        return sorted(subset.named, key=int)
    spans = as_numbers(subset)
    if spans is None or sum(map(len, spans)) > MOST_ROUTES:
        raise _Unfit("depends on the order of the routes file: give that file with --routes")
    numbers = [number for span in spans for number in span]
    if len(set(numbers)) < len(numbers):
        raise _Unfit("names a route twice")
    return [str(number) for number in sorted(numbers)]


def _told(
    parts: Sequence[Sequence[str]], routes: Sequence[str], ids: Sequence[str] | None
) -> tuple[str, ...]:
    """A subset for each part: with ranges only where everybody can tell what is in them."""
    counted = list(routes) == [str(number) for number in range(len(routes))]
    together = ids is None or list(ids[: len(routes)]) == list(routes)
    spell = written if counted and together else spelled
    return tuple(spell(part) for part in parts)


def _demand_room(pairs: int, room: NodeRoom, *, apart: bool) -> None:
    """With a pod each any number has room, on as many nodes."""
    if not apart and pairs > MOST_PAIRS:
        what = f"is {pairs}, but one pod has {MOST_PAIRS} at most: give each a pod of its own"
        raise _Unfit(f"{what} ({LAYOUT}=pod-per-pair)", PAIRS)
    if apart or room.pairs is None or pairs <= room.pairs:
        return
    have = f"{room.gpus} GPU{'' if room.gpus == 1 else 's'}{' in shares' * room.shared}"
    others = ", ".join(node_gpus.with_room_for(pairs, room.kind)[:2])
    larger = f", or take {others}" if others else ""
    node = f"a {room.kind}" if room.kind else "a node"
    what = f"is {pairs}, but {node} has {have}: let {room.pairs} drive{larger}"
    raise _Unfit(what, PAIRS)
