"""What a trustworthy merge says: problems by name, records, statistics, pairs, the document.

Values only; how they come about is told in `console.results.trustworthy`.

Named tuples, here and in the whole package: `dataclasses` and what it writes and compiles for each
class took a quarter of a merge's time.
"""

from __future__ import annotations

from console.results.named_tuple import TYPE_CHECKING, NamedTuple
from console.results.raw_record import scenario_of
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any, Mapping

    from console.results.abilities import Successes

KINDS = (
    "missing",  # a launched drive without a record, or a pair without a file
    "unsettled",  # the records may be there, but the pair is not through yet
    "torn",  # a file cut, empty or unreadable
    "stale",  # an earlier copy, or a record that the file no longer holds
    "duplicate",  # the same drive, told twice with the same content
    "contradiction",  # two tellings that cannot both be true
    "foreign",  # a drive that was not launched, or not for this pair
    "sensors",  # partials with different sensors
    "version",  # a record of another Leaderboard version
    "score-mismatch",  # a claim that the records do not bear out
    "hostile",  # content that no evaluator writes
    "plan",  # the launched routes could not be taken from the routes file
    "evaluator",  # a pair's evaluator was not, or not provably, the official one
    "unverified",  # what drove cannot be known here
    "chosen",  # a drive that had ended by its agent's own doing is driven again, by choice
    "ineligible",  # why a complete result does not count
)
HARMLESS = ("score-mismatch", "plan", "evaluator", "unverified", "chosen", "ineligible")
"""Kinds that say nothing about whether every drive is there exactly once."""
UNTIL_THROUGH = ("missing", "unsettled")
"""Kinds that each pair has before it is through: no problem while it drives."""
DOUBTS = {
    "score-mismatch": "what it claims does not follow from its records",
    "evaluator": "what drove it is not proven to be the official evaluator",
    "chosen": "drives of it were chosen to be driven again",
}
"""Kinds that keep a complete result from being eligible, with what each means."""


class Problem(NamedTuple):
    """One thing that is wrong. `pair` counts from 1, 0 when it concerns no single pair."""

    kind: str
    pair: int
    text: str


class Scores(NamedTuple):
    """Percent for `route` and `composed`, a factor from 0 to 1 for `penalty`."""

    composed: float
    route: float
    penalty: float


class Record(NamedTuple):
    """One finished drive. Metres and seconds; `index` is its place in the whole submission."""

    index: int  # type: ignore[assignment]  # no tuple's method of that name is meant
    pair: int
    route: str
    repetition: int
    route_id: str
    status: str
    scores: Scores
    infractions: Mapping[str, tuple[str, ...]]
    route_length: float
    duration_game: float
    duration_system: float
    raw: Mapping[str, Any]

    @property
    def num_infractions(self) -> int:
        """Entries in all infraction lists."""
        return sum(len(entries) for entries in self.infractions.values())

    @property
    def key(self) -> tuple[str, int]:
        """What tells one drive from another within a submission."""
        return self.route, self.repetition


class GlobalStatistics(NamedTuple):
    """The global record of a complete result; spreads are None for a single drive.

    `infractions` is per driven kilometre, except 2.x off-road, which is kilometres.
    """

    status: str
    means: Scores
    spreads: Scores | None
    infractions: Mapping[str, float]
    total_length: float
    duration_game: float
    duration_system: float
    exceptions: tuple[tuple[str, int, str], ...]


class PairReport(NamedTuple):
    """One pair's part: drives finished and launched, and whether its evaluator is through."""

    pair: int
    done: int
    total: int
    settled: bool
    entry_status: str
    missing: tuple[str, ...] = ()
    """Its drives that have no finished record, as a record would name them."""


class MergeReport(NamedTuple):
    """A merged result with everything that is wrong about it.

    `status` is `complete` only if each launched drive is there exactly once from a settled
    attempt; else `incomplete`. `statistics` is None unless complete. Complete is not eligible: an
    entry that was rejected, say, is complete and does not count; a problem tells why.
    """

    leaderboard: Leaderboard
    status: str
    done: int
    total: int
    problems: tuple[Problem, ...]
    pairs: tuple[PairReport, ...]
    records: tuple[Record, ...]
    statistics: GlobalStatistics | None
    document: dict[str, Any]
    launched_routes: int | None = None
    file_routes: int | None = None
    """None where nobody has read the routes file."""

    @property
    def complete(self) -> bool:
        """True when the result may be called final."""
        return self.status == "complete"

    @property
    def entry_status(self) -> str:
        """The Leaderboard's word for the whole entry; `Started` while it is incomplete."""
        return str(self.document["entry_status"])

    @property
    def eligible(self) -> bool:
        """True when the result is complete and counts."""
        return self.document["eligible"] is True

    @property
    def text(self) -> str:
        """The merged file as the Leaderboard's own tools read it."""
        return self.leaderboard.text(self.document)


def statistics_of(summary: Mapping[str, Any]) -> GlobalStatistics:
    """The typed view of a global record of either layout."""
    means = summary["scores_mean"] if "scores_mean" in summary else summary["scores"]
    spreads = summary["scores_std_dev"]
    meta = summary["meta"]
    return GlobalStatistics(
        status=summary["status"],
        means=_scores(means),
        spreads=None if "NaN" in spreads.values() else _scores(spreads),
        infractions=dict(summary["infractions"]),
        total_length=float(meta["total_length"]),
        duration_game=float(meta["duration_game"]),
        duration_system=float(meta["duration_system"]),
        exceptions=tuple((name, index, why) for name, index, why in meta.get("exceptions", ())),
    )


def _scores(numbers: Mapping[str, Any]) -> Scores:
    return Scores(
        float(numbers["score_composed"]),
        float(numbers["score_route"]),
        float(numbers["score_penalty"]),
    )


def successes_of(report: MergeReport, kinds: Mapping[str, str]) -> Successes:
    """How often its records succeeded, and at what.

    `kinds`: of scenarios by route, as a routes file tells; else as the records do.
    """
    from console.results import abilities  # late: most results are of no Bench2Drive

    return abilities.judged(
        abilities.JudgedDrive(
            kinds.get(each.route) or scenario_of(each.raw),
            each.status,
            each.scores.route,
            each.infractions,
        )
        for each in report.records
    )
