"""What is particular to a version of the Leaderboard: the questions that each version answers.

What a version writes, counts and drives is asked of its value, and nobody else compares the names
of versions. Which versions there are it does not know: `console.results.leaderboard` does. Holds
choices only; how each is done stands where it is done. Standard-library Python 3.7.
"""

from __future__ import annotations

from console.results import jsontext, penalty_rules
from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Mapping, Sequence

    from console.results.layout import Metric
    from console.results.statuses import Words

    Rows = List[Dict[str, Any]]

QUALIFIER = "_QUALIFIER"
"""How the name of a qualifier's track ends; its routes are a file of their own."""
_OBJECTS: dict[type, Leaderboard] = {}
"""The one of each version."""


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

    def __new__(cls) -> Leaderboard:
        if cls not in _OBJECTS:
            _OBJECTS[cls] = super().__new__(cls)
        return _OBJECTS[cls]

    def __reduce__(self) -> Any:
        # A copy from another process is the object of this one: it is compared by identity.
        return type(self), ()

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

    def penalty(self, infractions: Mapping[str, Sequence[str]], slow: Sequence[float]) -> float:
        """The factor of a record, but for its off-road stretches."""
        priced = {kind: told for kind, told in infractions.items() if kind not in self.forgives}
        return self.price(priced, () if penalty_rules.SLOW in self.forgives else slow)

    def price(self, infractions: Mapping[str, Sequence[str]], slow: Sequence[float]) -> float:
        """The same of what it does not forgive."""
        return penalty_rules.product(infractions, slow)
