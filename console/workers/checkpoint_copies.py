"""Which copy of a checkpoint an attempt resumes from, and what a cut one still proves. Pure.

A checkpoint is rewritten in place, so a kill can leave the beginning of it. Records that are
whole in that beginning, and that the next start of the evaluator would not repeat, were finished;
of everything else nothing is assumed. Opens nothing. Standard-library Python 3.7.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Iterator

from console.results import jsontext, statuses
from console.results.leaderboard import of_record
from console.results.statistics_v1 import lacks_length
from console.results.subsets import ROUTE
from console.results.version_rules import Leaderboard

_BARE_ID = re.compile(ROUTE + r"\d{1,9}")
_BLANKS = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_NO_CRASH = (statuses.AGENT_CRASHED, statuses.NOT_SET_UP)
"""The failures behind which every evaluator goes on with the next route."""


@dataclass(frozen=True)
class Copy:
    """A whole checkpoint: its text, what it holds, and what a resume will not drive again."""

    text: str
    document: dict[str, Any]
    finished: tuple[Any, ...]
    total: int | None
    complete: bool
    rejected: bool = False

    @property
    def resumable(self) -> bool:
        """An evaluator would go on from it, as far as its status tells."""
        return self.document.get("entry_status") not in (None, "", "Invalid")


def whole(text: str) -> Copy | None:
    """A text as a checkpoint; None when it is cut, or none at all."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    inner = document.get("_checkpoint") if isinstance(document, dict) else None
    if not isinstance(inner, dict):
        return None
    records = inner.get("records")
    records = records if isinstance(records, list) else []
    progress = _progress(inner.get("progress"))
    status = document.get("entry_status")
    summary = inner.get("global_record")
    summarised = isinstance(summary, dict) and bool(summary)
    done = _done(records, progress, status)
    return Copy(
        text=text,
        document=document,
        finished=tuple(records if summarised else records[:done]),
        total=progress[1] if progress else None,
        complete=summarised or _never_summarised(records, progress),
        rejected=status == "Rejected",
    )


def richest(present: Copy | None, kept: Copy | None) -> Copy | None:
    """The copy to resume from: the present one, unless the kept one holds more of the same run.

    An evaluator that repeats its last drive takes the finished record out first; when it is
    killed then, the drive is finished still.
    """
    if present is None or kept is None:
        return present or kept
    if present.complete or not kept.resumable or not _same_run(present, kept):
        return present
    return kept if len(kept.finished) > len(present.finished) else present


def within_its_records(copy: Copy) -> Copy:
    """The copy, with a progress that counts no drive without a record.

    An evaluator that fails to stop a route leaves such a one. The commit of the 2.0 image ends at
    each resume of it, and 1.0 at the first record behind the gap.
    """
    inner = copy.document["_checkpoint"]
    records, progress = inner.get("records"), _progress(inner.get("progress"))
    if copy.complete or progress is None or not isinstance(records, list):
        return copy
    if progress[0] <= len(records):
        return copy
    counted = dict(inner, progress=[len(records), progress[1]])
    sound = whole(jsontext.indented(dict(copy.document, _checkpoint=counted), sort_keys=False))
    return sound or copy


def salvaged(text: str, kept: Copy | None) -> Copy | None:
    """A checkpoint with what a cut text proves beyond the kept copy; None when that is nothing."""
    inner, status = _beginning(text)
    records, progress = inner.get("records"), _progress(inner.get("progress"))
    if not isinstance(records, list) or progress is None or not progress[1]:
        return None
    finished = _proven(records, progress, status, bool(inner.get("global_record")))
    if not finished or not all(_in_place(record, place) for place, record in enumerate(finished)):
        return None
    if kept and not _continues(kept, finished, progress[1]):
        return None
    frame = {"global_record": {}, "progress": [len(finished), progress[1]], "records": finished}
    document = dict(kept.document if kept else _frame(), _checkpoint=frame)
    document.update(entry_status="Started", eligible=False, values=[], labels=[])
    return whole(_leaderboard(finished).text(document))


def _continues(kept: Copy, finished: list[Any], total: int) -> bool:
    """Whether these records are the kept ones and more of them."""
    if kept.complete or kept.total != total or len(finished) <= len(kept.finished):
        return False
    return _ids(kept.finished) == _ids(finished)[: len(kept.finished)]


def _frame() -> dict[str, Any]:
    return {"_checkpoint": {}, "entry_status": "", "eligible": False, "sensors": []}


def _done(records: list[Any], progress: tuple[int, int] | None, status: Any) -> int:
    """How many records the next start leaves alone, as the merge has it of a whole file."""
    words, done = _leaderboard(records).words, progress[0] if progress else 0
    return min(words.resumes_at(str(status), done, records), len(records))


def _never_summarised(records: list[Any], progress: tuple[int, int] | None) -> bool:
    """All is driven, and the 1.0 evaluator can never write its summary: it divides by the length
    of a driven route, and that is zero."""
    if progress is None or not progress[0] == progress[1] == len(records) > 0:
        return False
    return _leaderboard(records).divides_by_length and any(map(lacks_length, records))


def _leaderboard(records: Any) -> Leaderboard:
    """The version that writes such ids; one without records is resumed alike by all."""
    bare = all(_BARE_ID.fullmatch(str(name)) for name in _ids(records))
    return of_record(records[0] if records else None, None if bare else 0)


def _same_run(one: Copy, other: Copy) -> bool:
    if one.total is None or one.total != other.total:
        return False
    return all(a == b for a, b in zip(_ids(one.finished), _ids(other.finished)))


def _ids(records: Any) -> list[Any]:
    return [record.get("route_id") if isinstance(record, dict) else None for record in records]


def _progress(pair: Any) -> tuple[int, int] | None:
    if not isinstance(pair, list) or len(pair) != 2:
        return None
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in pair):
        return None
    return pair[0], pair[1]


def _in_place(record: Any, place: int) -> bool:
    return isinstance(record, dict) and record.get("index") == place


def _proven(
    records: list[Any], progress: tuple[int, int], status: Any, summarised: bool
) -> list[Any]:
    """The records of a beginning that the next start leaves alone, whatever the cut part said."""
    if summarised:
        return records
    if status is not None or _leaderboard(records).words.repeats == statuses.NOTHING:
        return records[: _done(records, progress, status)]
    # The status of 2.x stands behind the records: the last one may have been a crash.
    doubtful = progress[0] == len(records) and not _ended_well(records[-1:])
    return records[: progress[0] - doubtful]


def _ended_well(records: list[Any]) -> bool:
    told = [str(record.get("status")) for record in records if isinstance(record, dict)]
    return any(statuses.driven_to_the_end(status) or status in _NO_CRASH for status in told)


class _Cut(Exception):
    """The text ends here."""


def _beginning(text: str) -> tuple[dict[str, Any], Any]:
    """(what is whole of `_checkpoint`, the entry status or None) of a text that may be cut."""
    inner: dict[str, Any] = {}
    status = None
    try:
        for name, at in _members(text, 0):
            if name == "_checkpoint":
                _read_inner(text, at, inner)
            elif name == "entry_status":
                status = _value(text, at)[0]
    except (_Cut, RecursionError):
        return inner, status
    return inner, status


def _read_inner(text: str, at: int, inner: dict[str, Any]) -> None:
    for name, start in _members(text, at):
        if name == "records":
            _read_items(text, start, inner.setdefault("records", []))
        else:
            inner[name] = _value(text, start)[0]


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """(name, where its value begins) of an object's members. Raises _Cut where it is cut."""
    at = _sign(text, at, "{")
    while True:
        name, at = _value(text, at)
        at = _skip(text, _sign(text, at, ":"))
        yield str(name), at
        end = _end_of(text, at)
        if _peek(text, end) == "}":
            return
        at = _skip(text, _sign(text, end, ","))


def _read_items(text: str, at: int, items: list[Any]) -> None:
    at = _skip(text, _sign(text, at, "["))
    while _peek(text, at) != "]":
        item, at = _value(text, at)
        items.append(item)
        if _peek(text, at) != "]":
            at = _skip(text, _sign(text, at, ","))


def _end_of(text: str, at: int) -> int:
    return _skip(text, _value(text, at)[1])


def _value(text: str, at: int) -> tuple[Any, int]:
    """A whole value and where it ends; a number at the very end may be cut itself."""
    at = _skip(text, at)
    try:
        value, end = _DECODER.raw_decode(text, at)
    except ValueError as cut:
        raise _Cut from cut
    if end == len(text) and not isinstance(value, (dict, list, str)):
        raise _Cut
    return value, _skip(text, end)


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _peek(text: str, at: int) -> str:
    if at >= len(text):
        raise _Cut
    return text[at]


def _sign(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if _peek(text, at) != sign:
        raise _Cut
    return at + 1
