"""The checkpoint file of LB 2.x: one document in memory, rewritten in place.

Owns the file's states in their order and the checks of a resume; prints what upstream prints.
"""

import json
from typing import Any, Dict, List, Optional

from console.results import statistics_v2
from console.results.leaderboard import V2_0_PINNED
from console.results.version_rules import Leaderboard

from . import faults
from .narration import PLAIN, RED, say
from .routes import DrivenRoute


class CheckpointV2:
    """One run's document for the file at `path`; `routes` in execution order."""

    def __init__(self, path: str, routes: List[DrivenRoute], version: Leaderboard) -> None:
        self._path, self._version = path, version
        self._ids = [f"{route.name}_rep{route.repetition}" for route in routes]
        self._records: List[Optional[Dict[str, Any]]] = []
        self._summary: Dict[str, Any] = {}
        self._sensors: List[str] = []
        self._progress = [0, len(routes)]
        self.entry_status = "Started"

    def start(self) -> None:
        with open(self._path, "w"):
            pass

    def resume(self) -> Optional[int]:
        """The index to go on at with the file's records, or None to start afresh.

        Raises IndexError where the pinned commit looks for a record that is not there.
        """
        document = self._read()
        problem = self._problem(document)
        if problem:
            say("Problem reading checkpoint. " + problem)
            return None
        records = document["_checkpoint"]["records"]
        done = int(document["_checkpoint"]["progress"][0])
        present = min(len(records), len(self._ids))
        if done > present:
            if self._version is V2_0_PINNED:
                raise IndexError("list index out of range")
            done = max(present - 1, 0)
        self._records = list(records)
        return self._version.words.resumes_at(document["entry_status"], done, records)

    def begin_route(self, index: int) -> None:
        """The record of a route under way is not written, and an old one of it is gone."""
        self._records[index : index + 1] = [None]

    def put_record(self, index: int, record: Dict[str, Any]) -> None:
        self._records[index : index + 1] = [record]

    def put_sensors(self, names: List[str]) -> None:
        self._sensors = names

    def put_progress(self, done: int) -> None:
        self._progress[0] = done

    def write(self, torn: bool = False) -> None:
        text = json.dumps(self._document(), indent=4)
        with open(self._path, "w") as opened:
            opened.write(text[: len(text) // 2] if torn else text)
        if torn:
            faults.die()

    def finish(self, sensors_expected: bool) -> None:
        """Compute the global record, set the final status, check and write."""
        records = self._written()
        pinned = self._version is V2_0_PINNED
        self._summary = statistics_v2.global_record(records, self._progress[1], pinned=pinned)
        self.entry_status = statistics_v2.entry_status(records)
        problem = self._invalid(records, sensors_expected)
        if problem:
            self.entry_status = "Invalid"
            text = "\n{}The statistics are badly formed. Setting their status to 'Invalid':"
            say(text.format(RED))
            say(f"> {problem}{PLAIN}\n")
        self.write()

    def _written(self) -> List[Dict[str, Any]]:
        return [record for record in self._records if record is not None]

    def _document(self) -> Dict[str, Any]:
        return {
            "_checkpoint": {
                "global_record": self._summary,
                "progress": self._progress,
                "records": self._written(),
            },
            "entry_status": self.entry_status,
            "eligible": self.entry_status == "Finished",
            "sensors": self._sensors,
            "values": statistics_v2.values(self._summary) if self._summary else [],
            "labels": self._version.labels if self._summary else [],
        }

    def _invalid(self, records: List[Dict[str, Any]], sensors_expected: bool) -> str:
        if sensors_expected and not self._sensors:
            return "Missing 'sensors' data"
        short = self._progress[0] != self._progress[1] or self._progress[0] != len(records)
        if self.entry_status != "Crashed" and short:
            return "'progress' data doesn't match its expected value"
        if any(record["status"] == "Started" for record in records):
            return "Found a route record with missing data"
        return ""

    def _problem(self, document: Any) -> str:
        """Why a file cannot be resumed, in words, or nothing."""
        if not document:
            return "Found no data"
        if not document.get("entry_status"):
            return "The entry status is missing"
        if document["entry_status"] == "Invalid":
            return "The entry status is 'Invalid'"
        progress = document.get("_checkpoint", {}).get("progress")
        if not progress:
            return "The progress is missing"
        if progress[1] != len(self._ids):
            return f"It has {progress[1]} routes, this run {len(self._ids)}"
        records = document["_checkpoint"].get("records", [])[: progress[0]]
        for record, expected in zip(records, self._ids):
            if record["route_id"] != expected:
                return "Expected the route {}, found {}".format(expected, record["route_id"])
        return ""

    def _read(self) -> Any:
        try:
            with open(self._path) as opened:
                return json.load(opened)
        except (FileNotFoundError, json.JSONDecodeError):
            return None
