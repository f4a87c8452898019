"""How a complete result ends, and why it does not count where it does not.

The entry status is the one that the version's own merge gives; eligible is stricter: nothing
about the result may be in doubt.
"""

from __future__ import annotations

from console.results import statuses
from console.results.collecting import PartialSource, name_of
from console.results.named_tuple import TYPE_CHECKING, NamedTuple
from console.results.quoting import shown
from console.results.report import DOUBTS, Problem
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Sequence

KIND = "ineligible"
_NAMED = 3
_BLAMED = {
    statuses.CRASHED: statuses.SIMULATION_CRASHED,
    statuses.REJECTED: statuses.SENSORS_INVALID,
}


class Ending(NamedTuple):
    """`entry_status` and `eligible` of a complete result; `why_not` is empty if it is eligible."""

    entry_status: str
    why_not: tuple[Problem, ...] = ()

    @property
    def eligible(self) -> bool:
        """Nothing speaks against it."""
        return not self.why_not


def ending(
    leaderboard: Leaderboard,
    found: Sequence[PartialSource],
    rows: list[dict[str, Any]],
    problems: Iterable[Problem],
) -> Ending:
    """The ending of a complete result with these records. `problems`: what was noted so far."""
    status = leaderboard.entry_status(rows)
    if any(statuses.SENSORS_INVALID in row["status"] for row in rows):
        status = statuses.REJECTED
    sensors = [source for source in found if source.checkpoint and source.checkpoint.sensors]
    if not leaderboard.void_lacks_records and not sensors:
        status = statuses.INVALID
    why = [*_without_sensors(found, sensors), *_stopped(found, status)]
    why += _doubted(found, problems)
    if status not in leaderboard.words.eligible and not why:
        why.append(Problem(KIND, 0, f"the entry is {status}: the Leaderboard does not count it"))
    return Ending(status, tuple(why))


def _without_sensors(
    found: Sequence[PartialSource], sensors: Sequence[PartialSource]
) -> Iterator[Problem]:
    if not sensors:
        names = ", ".join(source.file for source in found)
        text = "sensors is [] in every file, expected the agent's sensors in one at least"
        yield Problem(KIND, 0, f"{names}: {text}")


def _stopped(found: Sequence[PartialSource], entry_status: str) -> Iterator[Problem]:
    """The records that make the entry crashed or rejected, by file."""
    blamed = _BLAMED.get(entry_status)
    for source in found:
        raws = source.checkpoint.records if source.checkpoint and blamed else ()
        names = [name_of(raw, place) for place, raw in enumerate(raws) if _status(raw) == blamed]
        if names:
            named = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
            text = f"{named}: status is {shown(blamed)}, so the entry is {entry_status}"
            yield Problem(KIND, source.pair, f"{source.file}: {text}")


def _doubted(found: Sequence[PartialSource], problems: Iterable[Problem]) -> Iterator[Problem]:
    """What casts a doubt is a problem already; this says what it costs."""
    files = {source.pair: source.file for source in found}
    doubts = {(problem.pair, problem.kind) for problem in problems if problem.kind in DOUBTS}
    for pair, kind in sorted(doubts):
        text = f"{DOUBTS[kind]}, so the result does not count"
        yield Problem(KIND, pair, f"{files.get(pair, 'the result')}: {text}")


def _status(raw: Any) -> Any:
    return raw.get("status") if isinstance(raw, dict) else None
