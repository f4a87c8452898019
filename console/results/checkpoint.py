"""An untrusted partial, taken apart: its frame as an evaluator writes it, and what a resume does.

Each part is either accepted whole or refused with its name, value and limit; nothing is repaired.
The records stay raw; see `console.results.raw_record`.
"""

from __future__ import annotations

from console.results import statistics_v1, statuses
from console.results.named_tuple import TYPE_CHECKING, NamedTuple
from console.results.quoting import MISSING, shown, wrong
from console.results.raw_record import OfAnotherVersion, Refused, count, refuse_unprintable
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any

UNTOLD = "its evaluators' last words are not in it: Bench2Drive's script keeps records only"
_RECORDS_LIMIT = 10_000
_SENSORS_LIMIT = 200
_PAIR_OF_NUMBERS = "a pair of numbers"


class Checkpoint(NamedTuple):
    """One partial of a version whose frame is sound. `records` are still raw.

    `progress` is (done, total), or None while the evaluator has not written it yet. `claims`:
    `eligible`, `values` and `labels` as they stand there.
    """

    leaderboard: Leaderboard
    records: tuple[Any, ...]
    progress: tuple[int, int] | None
    sensors: tuple[str, ...]
    entry_status: str
    global_record: dict[str, Any]
    claims: dict[str, Any]
    by_script: bool = False
    """Only the records of some partials, which a script has put together: no place is told."""

    @property
    def whole(self) -> bool:
        """All drives are in the progress, and each has its record."""
        if self.progress is None or not self.records:
            return False
        return self.progress[0] == self.progress[1] == len(self.records)

    @property
    def settled(self) -> bool:
        """The evaluator has written its last words: a resume would drive nothing again.

        A 1.0 evaluator that meets a driven route without length cannot write its global record,
        and never will; there the progress alone tells.
        """
        if not self.whole:
            return False
        if self.by_script:
            return True
        if self.global_record:
            return self.entry_status in self.leaderboard.words.ended
        return self.never_summarised

    @property
    def never_summarised(self) -> bool:
        """Whole, but no global record can follow: 1.0 divides by a length that is zero."""
        under_way = self.entry_status == statuses.STARTED
        return self.whole and under_way and self.divides_by_zero

    @property
    def divides_by_zero(self) -> bool:
        """Holds a driven route without length: no 1.0 evaluator can write a global record."""
        return self.leaderboard.divides_by_length and any(
            map(statistics_v1.lacks_length, self.records)
        )

    def provisional(self, place: int) -> bool:
        """Whether the record at this place is going to be driven again by the next resume.

        Nobody resumes a file with a global record, whatever its entry status.
        """
        if self.settled or (self.whole and self.global_record):
            return False
        done = self.progress[0] if self.progress else 0
        words = self.leaderboard.words
        return place >= words.resumes_at(self.entry_status, done, self.records)


def checkpoint_of(document: Any, leaderboard: Leaderboard) -> Checkpoint:
    """The frame of a parsed partial of a version. Raises Refused."""
    if not isinstance(document, dict):
        raise Refused(f"is {shown(document)}, expected an object")
    inner = document.get("_checkpoint", MISSING)
    if not isinstance(inner, dict):
        raise Refused(wrong("_checkpoint", inner, "an object"))
    if leaderboard.merges_records_alone and "progress" not in inner:
        from console.results import script_documents  # late: few have such files

        if script_documents.is_merged(document):
            framed = script_documents.framed(document)
            return checkpoint_of(framed, leaderboard)._replace(by_script=True)
    summary = inner.get("global_record", {})
    if not isinstance(summary, dict):
        raise Refused(wrong("global_record", summary, "an object"))
    return Checkpoint(
        leaderboard=leaderboard,
        records=_records(inner),
        progress=_progress(inner.get("progress", MISSING)),
        sensors=_sensors(document.get("sensors", MISSING)),
        entry_status=_entry_status(document.get("entry_status", MISSING), leaderboard),
        global_record=summary,
        claims={name: document.get(name, MISSING) for name in ("eligible", "values", "labels")},
    )


def _records(inner: dict[str, Any]) -> tuple[Any, ...]:
    records = inner.get("records", MISSING)
    if not isinstance(records, list):
        raise Refused(wrong("records", records, "a list"))
    if len(records) > _RECORDS_LIMIT:
        raise Refused(f"has {len(records)} records, expected at most {_RECORDS_LIMIT}")
    return tuple(records)


def _entry_status(status: Any, leaderboard: Leaderboard) -> str:
    entries = leaderboard.words.entries
    if status not in entries:
        known = ", ".join(repr(word) for word in entries)
        refused = OfAnotherVersion if statuses.of_any_version(status) else Refused
        raise refused(wrong("entry_status", status, f"one of Leaderboard {leaderboard}: {known}"))
    return str(status)


def _progress(pair: Any) -> tuple[int, int] | None:
    if pair == []:
        return None
    if not isinstance(pair, list) or len(pair) != len(("done", "total")):
        raise Refused(wrong("progress", pair, _PAIR_OF_NUMBERS))
    try:
        numbers = dict(zip(("done", "total"), pair))
        return count(numbers, "done"), count(numbers, "total")
    except Refused as absurd:
        raise Refused(f"progress is {shown(pair)}: {absurd}") from absurd


def _sensors(names: Any) -> tuple[str, ...]:
    if names is None:
        return ()
    if not isinstance(names, list) or len(names) > _SENSORS_LIMIT:
        raise Refused(wrong("sensors", names, f"a list of at most {_SENSORS_LIMIT} names"))
    refuse_unprintable(names, 1)
    if not all(isinstance(name, str) for name in names):
        raise Refused(wrong("sensors", names, "a list of names"))
    return tuple(names)
