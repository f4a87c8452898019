"""A result file of the Leaderboard as a result to compare: merged, or the part of one pair.

Everything in it may be hostile, and is refused as a merge would refuse it. What was launched no
file tells, so nothing in one is ever called final.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from console.domain.progress import FinishedRoute
from console.errors import InvalidInput
from console.operations.outcome.comparison import ComparedResult
from console.operations.outcome.record import finished_route
from console.operations.outcome.view import of_records
from console.results import files, jsontext
from console.results.checkpoint import UNTOLD, Checkpoint, checkpoint_of
from console.results.leaderboard import MERGED, can_have_written
from console.results.penalty import penalty_bounds
from console.results.raw_record import Refused, refuse_strange, route_of
from console.results.version_rules import Leaderboard

_PAIRS = 4
"""A merged document holds as much as so many partials."""
_SLACK = 1e-6
_OF_THE_FILE = ("is ", "has ", "holds ", "tells ")
_MADE = "A script has made it of results, or an agent has recorded it: it has no records of drives."
_UNCHECKED = "A file does not tell what was launched"


def result_file(path: str) -> ComparedResult:
    """The records of that file. Raises InvalidInput for what no evaluator or merge writes."""
    name = files.shown(path)
    found = files.read_text(str(Path(path).expanduser()), limit=jsontext.SIZE_LIMIT * _PAIRS)
    if found.text is None:
        raise InvalidInput(f"The result file {name} {found.reason}.")
    try:
        document = jsontext.bounded(found.text, partials=_PAIRS)
        versions = _fitting(document)
    except (jsontext.UnreadableJson, jsontext.HostileJson, Refused) as refused:
        raise InvalidInput(
            f"{name} is no result file of the Leaderboard.",
            why=_why(path, str(refused)),
            fix="Give a merged result, or the file of a pair or a route as its evaluator wrote it.",
        ) from refused
    version, checkpoint = versions[0]
    rows = _rows(checkpoint)
    view = of_records(version.name, rows, _why_not_final(checkpoint))
    told = tuple(each.name for each, _ in versions)
    return ComparedResult(Path(path).name, view, f"file {name}", "", told)


def _why(path: str, refused: str) -> str:
    from console.results.gathering import is_made_of_results  # late: most files are results

    return _MADE if is_made_of_results(path) else _sentence(refused)


def _sentence(refused: str) -> str:
    """Some refusals speak of a part by its name, others of the file."""
    return f"The file {refused}." if refused.startswith(_OF_THE_FILE) else f"{refused}."


def _why_not_final(checkpoint: Checkpoint) -> str:
    if checkpoint.by_script:
        return f"{_UNCHECKED}; {UNTOLD}."
    progress = checkpoint.progress
    drives = f"{progress[0]} of {progress[1]} drives" if progress else "no progress"
    return f"{_UNCHECKED}; it says {checkpoint.entry_status}, {drives}."


def _fitting(document: Any) -> list[tuple[Leaderboard, Checkpoint]]:
    """The versions that may have written it, the likeliest first. Raises Refused."""
    fitting: list[tuple[Leaderboard, Checkpoint]] = []
    refusals = []
    for version in _of_that_id(document):
        try:
            checkpoint = checkpoint_of(document, version)
            _refuse_records(checkpoint)
        except Refused as refused:
            refusals.append(refused)
        else:
            fitting.append((version, checkpoint))
    if not fitting:
        raise refusals[0]
    scored = [each for each in fitting if _penalties_fit(each[1])]
    return scored or fitting


def _of_that_id(document: Any) -> list[Leaderboard]:
    """The versions that name a drive as its first record does; all where it has none."""
    try:
        first = document["_checkpoint"]["records"][0]
        _, repetition = route_of(first)
    except (KeyError, TypeError, IndexError, Refused):
        return list(MERGED)
    told = repetition is not None
    alike = [each for each in MERGED if each.suffixes_repetitions == told]
    return [each for each in alike if can_have_written(each, first)] or alike


def _refuse_records(checkpoint: Checkpoint) -> None:
    version = checkpoint.leaderboard
    for record in checkpoint.records:
        _, repetition = route_of(record)
        if (repetition is not None) != version.suffixes_repetitions:
            raise Refused(f"holds no records of Leaderboard {version}")
        refuse_strange(record, version)
    if checkpoint.divides_by_zero:
        raise Refused("tells of a driven route without length")


def _penalties_fit(checkpoint: Checkpoint) -> bool:
    """2.0 and 2.1 write the same words, and other penalties for the same infractions."""
    for record in checkpoint.records:
        bounds = penalty_bounds(record["infractions"], checkpoint.leaderboard)
        claimed = record["scores"]["score_penalty"]
        if bounds and not min(bounds) - _SLACK <= claimed <= max(bounds) + _SLACK:
            return False
    return True


def _rows(checkpoint: Checkpoint) -> tuple[FinishedRoute, ...]:
    """Which pair drove what a merged file does not tell. 1.0 tells no repetition either."""
    driven: Counter[str] = Counter()
    rows = []
    for record in checkpoint.records:
        route, repetition = route_of(record)
        rows.append(finished_route(0, route, repetition or driven[route], record))
        driven[route] += 1
    return tuple(rows)
