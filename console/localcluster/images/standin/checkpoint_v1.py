"""The checkpoint file of LB 1.0: read, changed and rewritten in place for every step.

Owns the file's states in their order, with upstream's surprises; knows no route and prints only
what upstream prints.
"""

import json
from typing import Any, Dict, List, Set

from console.results import statistics_v1
from console.results.leaderboard import V1_0

from . import faults
from .narration import say

Document = Dict[str, Any]


def _empty() -> Document:
    return {
        "_checkpoint": {"global_record": {}, "progress": [], "records": []},
        "entry_status": "",
        "eligible": "",
        "sensors": [],
        "values": [],
        "labels": [],
    }


class CheckpointV1:
    """One run's view of the file at `path`; `total` routes times repetitions."""

    def __init__(self, path: str, total: int) -> None:
        self._path, self._total = path, total
        self._records: List[Dict[str, Any]] = []
        self._from_file: Set[int] = set()

    def start(self) -> None:
        with open(self._path, "w"):
            pass
        self.save_progress(0)

    def resume(self) -> int:
        """The index to begin at; nothing is written."""
        document = self._read()
        found = document.get("_checkpoint", {}) if document else {}
        self._records = list(found.get("records", []))
        self._from_file = set(range(len(self._records)))
        progress = found.get("progress")
        if not progress:
            return 0
        if progress[0] > self._total:
            text = "Problem reading checkpoint. Route id {} larger than maximum number of routes {}"
            say(text.format(progress[0], self._total))
            return 0
        return int(progress[0])

    def save_progress(self, done: int) -> None:
        document = self._read() or _empty()
        document["_checkpoint"]["progress"] = [done, self._total]
        self._write(document)

    def save_sensors(self, names: List[str]) -> None:
        document = self._read() or _empty()
        if not document["sensors"]:
            document["sensors"] = names
            self._write(document)

    def save_record(self, record: Dict[str, Any], entry_status: str, torn: bool) -> None:
        """Two writes: the record, then the status. SystemExit when records are missing."""
        document = self._read() or _empty()
        records, index = document["_checkpoint"]["records"], record["index"]
        if index > len(records):
            say("Error! No enough entries in the list")
            raise SystemExit(-1)
        self._records[index : index + 1] = [record]
        self._from_file.discard(index)
        records[index : index + 1] = [record]
        self._write(document, torn)
        document = self._read() or _empty()
        document["entry_status"], document["eligible"] = entry_status, False
        self._write(document)

    def finish(self) -> None:
        document = self._read() or _empty()
        progress = document["_checkpoint"]["progress"]
        summary = self._summary()
        document["_checkpoint"]["global_record"] = summary
        document["values"] = statistics_v1.values(summary)
        document["labels"] = V1_0.labels
        if progress[1] != self._total:
            raise RuntimeError("Critical error with the route registry.")
        records = document["_checkpoint"]["records"]
        whole = len(records) == self._total and progress[0] == progress[1]
        status = statistics_v1.entry_status(records) if whole else "Finished with missing data"
        document["entry_status"], document["eligible"] = status, whole
        self._write(document)

    def _summary(self) -> Dict[str, Any]:
        """Every record that was read from a file counts as not completed, as upstream has it."""
        summary = statistics_v1.global_record(self._records, self._total)
        exceptions = [
            [record["route_id"], record["index"], record["status"]]
            for place, record in enumerate(self._records)
            if place in self._from_file or record["status"] != "Completed"
        ]
        if exceptions:
            summary["meta"]["exceptions"] = exceptions
            summary["status"] = "Failed"
        return summary

    def _read(self) -> Any:
        """The document, or None for an absent, empty or torn file."""
        try:
            with open(self._path) as opened:
                return json.load(opened) or None
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def _write(self, document: Document, torn: bool = False) -> None:
        text = json.dumps(document, indent=4, sort_keys=True)
        with open(self._path, "w") as opened:
            opened.write(text[: len(text) // 2] if torn else text)
        if torn:
            faults.die()
