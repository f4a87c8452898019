"""The versions of the Leaderboard that there are, and which of them a name or a file means.

A new version is a new value below: what it has to say is asked by `console.results.version_rules`.
Opens nothing. Standard-library Python 3.7.
"""

from __future__ import annotations

from console.results import layout, penalty_rules, statistics_v1, statistics_v2, statuses, summaries
from console.results.named_tuple import TYPE_CHECKING
from console.results.version_rules import QUALIFIER, Leaderboard

if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping, Sequence

    from console.results.version_rules import Rows

_TRACKS = ("SENSORS", "MAP")
_QUALIFIERS = tuple(track + QUALIFIER for track in _TRACKS)


class _First(Leaderboard):
    name = "1.0"
    generation = 1
    words = statuses.FIRST
    infractions = layout.INFRACTIONS_V1
    metrics = layout.SHOWN_V1
    means = "scores"
    score_rounding = 0.0
    suffixes_repetitions = False
    counts_infractions = False
    divides_by_length = True
    counts_stopped_drives = False
    begins_without_progress = True
    void_lacks_records = True
    sorts_keys = True
    merges_in_two_steps = True
    usual_repetitions = 5
    refuses_ranges_of_one = True
    needs_scenarios = True
    tracks = _TRACKS
    towns = tuple(f"Town0{number}" for number in range(1, 7))

    def global_record(self, rows: Rows, total: Any) -> dict[str, Any]:
        return statistics_v1.global_record(rows, total)

    def values(self, summary: dict[str, Any]) -> list[str]:
        return statistics_v1.values(summary)

    def entry_status(self, rows: Rows) -> str:
        return statistics_v1.entry_status(rows)

    def summary_disagreements(self, rows: list[Any], summary: dict[str, Any]) -> Iterator[str]:
        return summaries.disagreements_v1(rows, summary)


class _Longest6(_First):
    """1.0 as carla_garage drives Longest6, where no stop sign costs anything."""

    name = "Longest6"

    forgives = ("stop_infraction",)
    written_by = "timestamp"


class _Second(Leaderboard):
    name = "2.0"
    generation = 2
    words = statuses.SECOND
    infractions = layout.INFRACTIONS_V2
    metrics = layout.SHOWN_V2
    means = "scores_mean"
    score_rounding = 5e-7
    suffixes_repetitions = True
    counts_infractions = True
    divides_by_length = False
    counts_stopped_drives = True
    begins_without_progress = False
    void_lacks_records = False
    sorts_keys = False
    merges_in_two_steps = False
    usual_repetitions = 1
    refuses_ranges_of_one = False
    needs_scenarios = False
    tracks: tuple[str, ...] = _TRACKS + _QUALIFIERS
    towns: tuple[str, ...] = ("Town12", "Town13")

    def global_record(self, rows: Rows, total: Any) -> dict[str, Any]:
        return statistics_v2.global_record(rows, total)

    def values(self, summary: dict[str, Any]) -> list[str]:
        return statistics_v2.values(summary)

    def entry_status(self, rows: Rows) -> str:
        return statistics_v2.entry_status(rows)

    def summary_disagreements(self, rows: list[Any], summary: dict[str, Any]) -> Iterator[str]:
        return summaries.disagreements_v2(rows, summary)

    def record_defaults(self) -> dict[str, Any]:
        return layout.defaults_v2()


class _Pinned(_Second):
    name = "2.0 pinned"
    words = statuses.PINNED

    def global_record(self, rows: Rows, total: Any) -> dict[str, Any]:
        return statistics_v2.global_record(rows, total, pinned=True)


class _SecondRevised(_Second):
    name = "2.1"
    job_of = _Second.name

    def price(self, infractions: Mapping[str, Sequence[str]], slow: Sequence[float]) -> float:
        return penalty_rules.quotient(infractions, slow)


class _Bench2Drive(_Second):
    """The fork of 2.0 that Bench2Drive evaluates with."""

    name = "Bench2Drive"
    words = statuses.BENCH2DRIVE
    tracks = _TRACKS
    towns = (*(f"Town0{number}" for number in range(1, 8)), "Town10HD", "Town11", "Town12",
             "Town13", "Town15")  # fmt: skip
    job_of = _Second.name
    routes_file = "bench2drive220.xml"
    starts_its_server = True
    stops_without_agent = True
    written_by = "save_name"
    writes_alone = True
    forgives = (penalty_rules.SLOW,)
    told_by = "IS_BENCH2DRIVE"
    merges_records_alone = True
    counts_successes = True

    def record_defaults(self) -> dict[str, Any]:
        """None: its own order of keys is kept."""
        return {}

    def beside(self, rows: Rows, total: int) -> dict[str, Any]:
        from console.results import script_documents  # late: most results are of no Bench2Drive

        return script_documents.figures(rows, total)


V1_0, V2_0, V2_1 = _First(), _Second(), _SecondRevised()
BENCH2DRIVE, LONGEST6 = _Bench2Drive(), _Longest6()
V2_0_PINNED = _Pinned()
"""The commit in the 2.0 job image. Its files cannot be told from those of 2.0."""
KNOWN: tuple[Leaderboard, ...] = (V1_0, V2_0, V2_0_PINNED, V2_1, BENCH2DRIVE, LONGEST6)
MERGED: tuple[Leaderboard, ...] = (V1_0, V2_0, V2_1, BENCH2DRIVE, LONGEST6)
"""Those whose files are told apart."""
LAUNCHED: tuple[Leaderboard, ...] = (V1_0, V2_0, V2_1, BENCH2DRIVE)
"""Those that a submission can be launched for."""
USUAL = V2_0
_BY_NAME = {each.name: each for each in KNOWN}


def named(name: str) -> Leaderboard:
    """The version of that name. Raises ValueError."""
    if name not in _BY_NAME:
        raise ValueError(f"{name!r} is no version of the Leaderboard")
    return _BY_NAME[name]


def find(name: str) -> Leaderboard | None:
    """The version that somebody's text names; None for any other text."""
    return _BY_NAME.get(name)


def names(versions: Sequence[Leaderboard]) -> tuple[str, ...]:
    """Their names, for a choice or a message."""
    return tuple(each.name for each in versions)


def can_have_written(version: Leaderboard, record: Any) -> bool:
    """Whether the keys of a record are those of that version."""
    keys = record if isinstance(record, dict) else {}
    others = [each for each in KNOWN if each.writes_alone and each is not version]
    own = not version.written_by or version.written_by in keys
    return own and not any(each.written_by in keys for each in others)


def of_route_id(repetition: int | None) -> Leaderboard:
    """The version of a record whose id tells that repetition, where nothing else is known of it."""
    told = repetition is not None
    return next(each for each in (V1_0, USUAL) if each.suffixes_repetitions == told)


def of_record(record: Any, repetition: int | None) -> Leaderboard:
    """The same where the record is at hand: the keys of some tell more than their id."""
    marked = (each for each in KNOWN if each.writes_alone and can_have_written(each, record))
    return next(marked, of_route_id(repetition))


def of_evaluator(env: Mapping[str, str]) -> Leaderboard:
    """The version of an evaluator with this environment: the one that needs scenarios has them.

    Bench2Drive's own scripts tell its evaluator whose it is.
    """
    if env.get(BENCH2DRIVE.told_by):
        return BENCH2DRIVE
    return next(each for each in LAUNCHED if each.needs_scenarios == bool(env.get("SCENARIOS")))
