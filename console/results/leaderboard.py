"""The versions of the Leaderboard: one value each, which carries all that is particular to it.

What a version writes, counts and drives is asked here, and nobody else compares the names of
versions: a new one is a new value below. Holds choices only; how each is done stands where it is
done. Opens nothing. Standard-library Python 3.7.
"""

from __future__ import annotations

from console.results import (
    jsontext,
    layout,
    penalty_rules,
    statistics_v1,
    statistics_v2,
    statuses,
    summaries,
)
from console.results.named_tuple import TYPE_CHECKING
from console.results.statuses import Words

if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Mapping, Sequence

    from console.results.layout import Metric

    Rows = List[Dict[str, Any]]


QUALIFIER = "_QUALIFIER"
"""How the name of a qualifier's track ends; its routes are a file of their own."""
_TRACKS = ("SENSORS", "MAP")
_QUALIFIERS = tuple(track + QUALIFIER for track in _TRACKS)


class Leaderboard:
    """One version. There is one object of each, so two are the same only by identity."""

    name: str
    """As operators, Jobs and files say it."""
    generation: int
    """1 or 2: which of the two evaluators it is, that of 2020 or that of 2023."""
    words: Words
    infractions: tuple[str, ...]
    """Names of a record's infraction lists, in file order."""
    metrics: tuple[Metric, ...]
    """(key, label in the checkpoint, name at EvalAI) in the order of `values` and `labels`."""
    means: str
    """The name of the mean scores in a global record."""
    score_rounding: float
    """How far a score in a file may be from the one that was computed."""
    suffixes_repetitions: bool
    """A record's id ends in `_rep<k>`; elsewhere its index tells the repetition."""
    counts_infractions: bool
    """A record has `num_infractions`, and its off-road texts tell metres."""
    divides_by_length: bool
    """No global record can be made of a driven route without length."""
    counts_stopped_drives: bool
    """The progress of a file that stopped early counts the drive that stopped it."""
    begins_without_progress: bool
    void_lacks_records: bool
    """A void entry status says that records are missing; else that the sensors are."""
    sorts_keys: bool
    merges_in_two_steps: bool
    """The original merge writes the file before its statistics, and once more with them."""
    usual_repetitions: int
    """What an evaluator takes where its environment is silent."""
    refuses_ranges_of_one: bool
    """`3-3` ends an evaluator; the commit in the public 2.0 image refuses it too."""
    needs_scenarios: bool
    """The evaluator reads a file of scenarios beside that of the routes."""
    tracks: tuple[str, ...]
    """What a submission may let its agent sense and know."""
    towns: tuple[str, ...]
    """Where its public routes lie: training, validation, testing."""
    job_of: str = ""
    """The version of whose Job its own is made, where no file has it; empty else."""
    routes_file: str = "routes_testing.xml"
    """What it drives, among the official data."""
    starts_its_server: bool = False
    """Its evaluator starts a simulator itself, by `CARLA_ROOT`, and knows of no other."""
    stops_without_agent: bool = False
    """An agent that cannot be set up ends its evaluator, as a crash does."""
    forgives: tuple[str, ...] = ()
    """Infractions that it notes and takes nothing off for."""
    written_by: str = ""
    """A key that its records have."""
    writes_alone: bool = False
    """Records of no other version have that key."""
    told_by: str = ""
    """A variable in the environment of its evaluator that others do not have."""
    merges_records_alone: bool = False
    """The original merge keeps records only, and divides by the routes that there should be."""
    counts_successes: bool = False
    """A rate of successes and scores of abilities stand beside its driving score."""

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"Leaderboard({self.name!r})"

    def __reduce__(self) -> Any:
        return named, (self.name,)

    def __deepcopy__(self, memory: Any) -> Leaderboard:
        return self

    @property
    def labels(self) -> list[str]:
        """The `labels` of a finished checkpoint."""
        return [label for _, label, _ in self.metrics]

    @property
    def has_qualifier(self) -> bool:
        """Whether some tracks drive the routes of a qualifier."""
        return any(track.endswith(QUALIFIER) for track in self.tracks)

    @property
    def spec(self) -> str:
        """The name of the file with its Job, or that it is made of."""
        return f"leaderboard_{self.job_of or self.name}.yaml"

    def route_id(self, route: str, repetition: int) -> str:
        """How a record names that drive."""
        return f"{route}_rep{repetition}" if self.suffixes_repetitions else route

    def text(self, document: Any) -> str:
        """The text of a file, as an evaluator writes it."""
        return jsontext.indented(document, sort_keys=self.sorts_keys)

    def global_record(self, rows: Rows, total: Any) -> dict[str, Any]:
        """The right one over these records of so many drives."""
        raise NotImplementedError

    def values(self, summary: dict[str, Any]) -> list[str]:
        """The `values` of a checkpoint with that global record."""
        raise NotImplementedError

    def entry_status(self, rows: Rows) -> str:
        """How a file with all its records ends."""
        raise NotImplementedError

    def summary_disagreements(self, rows: list[Any], summary: dict[str, Any]) -> Iterator[str]:
        """What in the words of a global record does not follow from these records."""
        raise NotImplementedError

    def record_defaults(self) -> dict[str, Any]:
        """What a merge fills in where a record does not say otherwise."""
        return {}

    def beside(self, rows: Rows, total: int) -> dict[str, Any]:
        """What the file of all these drives has beside what every version writes."""
        return {}

    def can_have_written(self, record: Any) -> bool:
        """Whether the keys of a record are those of this version."""
        keys = record if isinstance(record, dict) else {}
        others = [each for each in KNOWN if each.writes_alone and each is not self]
        own = not self.written_by or self.written_by in keys
        return own and not any(each.written_by in keys for each in others)

    def penalty(self, infractions: Mapping[str, Sequence[str]], slow: Sequence[float]) -> float:
        """The factor of a record, but for its off-road stretches."""
        priced = {kind: told for kind, told in infractions.items() if kind not in self.forgives}
        return self.price(priced, () if penalty_rules.SLOW in self.forgives else slow)

    def price(self, infractions: Mapping[str, Sequence[str]], slow: Sequence[float]) -> float:
        """The same of what it does not forgive."""
        return penalty_rules.product(infractions, slow)


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


def of_route_id(repetition: int | None) -> Leaderboard:
    """The version of a record whose id tells that repetition, where nothing else is known of it."""
    told = repetition is not None
    return next(each for each in (V1_0, USUAL) if each.suffixes_repetitions == told)


def of_record(record: Any, repetition: int | None) -> Leaderboard:
    """The same where the record is at hand: the keys of some tell more than their id."""
    marked = (each for each in KNOWN if each.writes_alone and each.can_have_written(record))
    return next(marked, of_route_id(repetition))


def of_evaluator(env: Mapping[str, str]) -> Leaderboard:
    """The version of an evaluator with this environment: the one that needs scenarios has them.

    Bench2Drive's own scripts tell its evaluator whose it is.
    """
    if env.get(BENCH2DRIVE.told_by):
        return BENCH2DRIVE
    return next(each for each in LAUNCHED if each.needs_scenarios == bool(env.get("SCENARIOS")))
