"""The Leaderboard's own merge, byte for byte: what its programs of each version would write.

Reproduces known faults on purpose and lets Python's own exceptions through, since they are part
of the behaviour. For a result to rely on use `console.results.trustworthy`.
Each partial is read once; a file that changes meanwhile cannot give two moments at once. Only
where the endpoint is one of the partials does the 1.0 program meet its own first step again.
"""

from __future__ import annotations

import copy
import json
import os

from console.results import (
    files,
    jsontext,
    layout,
    ordering,
    script_documents,
    statistics_v1,
    statistics_v2,
)
from console.results.leaderboard import V1_0, V2_0
from console.results.named_tuple import TYPE_CHECKING
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator, Sequence

    Write = Callable[[str], None]
    Say = Callable[[str], None]


_BADLY_FORMED = "\n\033[91mThe statistics are badly formed. Setting their status to 'Invalid':"


class _FirstPass:
    """What the first pass over the partials collects."""

    def __init__(self) -> None:
        self.sensors: Any = []
        self.records: list[Any] = []
        self.total: Any = 0

    @property
    def complete(self) -> bool:
        """As many records as the files say there are routes: nothing more is asked."""
        return bool(self.total != 0 and len(self.records) == self.total)


def merge_files(
    paths: Iterable[str], endpoint: str, leaderboard: Leaderboard, *, pinned: bool = False, say: Say
) -> None:
    """Merge the partials at `paths` into `endpoint` as that Leaderboard does.

    `pinned`: the commit that the 2.0 job image pins. Raises what the original raises; then the
    endpoint is untouched, except where the 1.0 program had written its first step.
    """

    paths = list(paths)

    def write(text: str) -> None:
        files.write_text(endpoint, text)

    documents = (_read(path) for path in paths)
    if leaderboard.merges_records_alone:
        write(script_documents.text(script_documents.merged(_whole(documents))))
    elif leaderboard.merges_in_two_steps:
        merge_v1(documents, write, lambda place: _same_file(paths[place], endpoint))
    else:
        merge_v2(documents, write, pinned=pinned, say=say)


class RouteRecord:
    """A record as the original holds it: each key becomes an attribute.

    So a few names cannot be keys (`__class__`, and `to_json` in 2.x), and fail as they do there.
    """

    route_id: Any
    index: Any

    def __init__(self, defaults: dict[str, Any], record: dict[str, Any]) -> None:
        for key, value in [*defaults.items(), *record.items()]:
            setattr(self, key, value)

    def to_json(self) -> dict[str, Any]:
        """The attributes, in the order in which they were first set."""
        return vars(self)


def merge_v2(documents: Iterable[Any], write: Write, *, pinned: bool = False, say: Say) -> None:
    """The 2.x program over parsed partials (None: that file gave no data)."""
    gathered = _gather(documents, lambda record: record["route_id"])
    ids = sorted((record["route_id"] for record in gathered.records), key=ordering.key_v2)
    if gathered.complete:
        ordering.refuse_duplicates(ids)
        ordering.refuse_gaps(ids)
    rows = [RouteRecord(layout.defaults_v2(), record) for record in gathered.records]
    rows.sort(key=lambda row: ordering.key_v2(row.route_id))
    for index, row in enumerate(rows):
        row.index = index
    document = _document(gathered, [vars(row) for row in rows])
    if gathered.complete:
        _finish_v2(document, gathered.total, pinned)
        _validate(document, say)
    document["_checkpoint"]["records"] = [row.to_json() for row in rows]
    write(jsontext.indented(document, sort_keys=False))


def merge_v1(
    documents: Iterable[Any], write: Write, overwrites: Callable[[int], bool] = lambda place: False
) -> None:
    """The 1.0 program over parsed partials; writes once more when all routes seem to be there.

    `overwrites`: whether the first step replaces the partial at a place by what it writes.
    """
    seen: list[Any] = []
    gathered = _gather(_noted(documents, seen), lambda record: None)
    in_order = sorted(gathered.records, key=lambda record: ordering.key_v1(record["route_id"]))
    records = [dict(record, index=index) for index, record in enumerate(in_order)]
    document = _document(gathered, records)
    write(jsontext.indented(document, sort_keys=True))
    if gathered.complete:
        again = [document if overwrites(place) else partial for place, partial in enumerate(seen)]
        _finish_v1(document, _as_read(again), gathered.total)
        write(jsontext.indented(document, sort_keys=True))


def _whole(documents: Iterable[Any]) -> Iterator[Any]:
    """Bench2Drive's script takes no file for empty: it fails at one that holds no JSON."""
    for document in documents:
        if document is None:
            raise ValueError("one of the files is missing, or holds no JSON")
        yield document


def _noted(documents: Iterable[Any], seen: list[Any]) -> Iterator[Any]:
    """The same documents, kept for a second look: one is not read before the last one is judged."""
    for document in documents:
        seen.append(document)
        yield document


def _as_read(documents: Sequence[Any]) -> list[dict[str, Any]]:
    """The records of all partials in path order, as if read again, with the original's defaults."""
    found = [record for partial in documents if partial for record in _records(partial)]
    apart = [{key: copy.copy(part) for key, part in record.items()} for record in found]
    return [vars(RouteRecord(layout.defaults_v1(), record)) for record in apart]


def _records(partial: Any) -> list[Any]:
    return list(partial["_checkpoint"]["records"])


def _same_file(path: str, endpoint: str) -> bool:
    return os.path.exists(path) and os.path.samefile(path, endpoint)


def _read(path: str) -> Any:
    """A partial, or None where the original silently takes the file for empty."""
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as partial:
        text = partial.read()
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


def _gather(documents: Iterable[Any], touch: Callable[[Any], Any]) -> _FirstPass:
    """`touch` is what a version looks at in each record at once, and may stumble over."""
    gathered = _FirstPass()
    for document in documents:
        if not document:
            continue
        records = document["_checkpoint"]["records"]
        for record in records:
            touch(record)
        gathered.records.extend(records)
        gathered.total += document["_checkpoint"]["progress"][1]
        if document["sensors"]:
            if not gathered.sensors:
                gathered.sensors = document["sensors"]
            elif document["sensors"] != gathered.sensors:
                raise ValueError("Stopping. Found two files with different sensor configurations")
    return gathered


def _document(gathered: _FirstPass, records: list[Any]) -> dict[str, Any]:
    return {
        "_checkpoint": {
            "global_record": {},
            "progress": [len(records), gathered.total],
            "records": records,
        },
        "entry_status": "Started",
        "eligible": False,
        "sensors": gathered.sensors,
        "values": [],
        "labels": [],
    }


def _finish_v2(document: dict[str, Any], total: Any, pinned: bool) -> None:
    records = document["_checkpoint"]["records"]
    summary = statistics_v2.global_record(records, total, pinned=pinned)
    document["_checkpoint"]["global_record"] = summary
    document["values"] = statistics_v2.values(summary)
    document["labels"] = V2_0.labels
    document["entry_status"] = statistics_v2.entry_status(records)
    document["eligible"] = document["entry_status"] == "Finished"


def _validate(document: dict[str, Any], say: Say) -> None:
    """A finished merge can fail in two ways only: no sensors, or a record that never ended."""
    reason = ""
    if not document["sensors"]:
        reason = "Missing 'sensors' data"
    elif any(record["status"] == "Started" for record in document["_checkpoint"]["records"]):
        reason = "Found a route record with missing data"
    if reason:
        say(_BADLY_FORMED)
        say(f"> {reason}\033[0m\n")
        document["entry_status"], document["eligible"] = "Invalid", False


def _finish_v1(document: dict[str, Any], as_read: list[Any], total: Any) -> None:
    """Statistics come from the records in path order, with the indexes of their own files."""
    summary = statistics_v1.global_record(as_read, total, compat=True)
    document["_checkpoint"]["global_record"] = summary
    document["values"] = statistics_v1.values(summary)
    document["labels"] = V1_0.labels
    document["entry_status"] = statistics_v1.entry_status(document["_checkpoint"]["records"])
    document["eligible"] = True
