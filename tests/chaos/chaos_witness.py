"""Watches one submission's files and keeps what it saw: the truth that results are held against.

Reads checkpoints as the evaluators write them, by the contract's own rules; keeps every log by a
hard link, for logs go with their pod. Uses none of the product's readers.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chaos_plan import World

POLL_SECONDS = 0.02
_HEADING = re.compile(r"Preparing (RouteScenario_\d+) \(repetition (\d+)\)")
_LATE_STAMPS = 2.0
"""Seconds that may be needed to read what was missed."""

Records = dict[str, dict[str, Any]]
"""Finished drives by `RouteScenario_<id>_rep<k>`."""


@dataclass(frozen=True)
class Sight:
    """What a whole checkpoint held at a moment (epoch seconds)."""

    t: float
    finished: Records
    settled: bool
    repeated: str = ""
    """The finished drive that a resume repeats by the contract (4.11): the commit of the 2.0 image
    always repeats the last one, but for a file that a crash ended."""


@dataclass(frozen=True)
class Drive:
    """The start of a drive, from the evaluator's own output."""

    t: float
    pair: int
    key: str
    run: int


@dataclass(frozen=True)
class Told:
    """One progress line of logcopy."""

    t: float
    life: int
    sequence: int
    kind: str
    payload: dict[str, Any]


@dataclass
class Evidence:
    """Everything seen of one submission."""

    sights: dict[tuple[int, str], list[Sight]] = field(default_factory=dict)
    """(pair, "checkpoint" | "good") -> what it held, whenever that changed."""
    merged: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    """The merged file on disk, whenever it changed."""
    troubles: list[str] = field(default_factory=list)
    drives: list[Drive] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    unwritten: list[float] = field(default_factory=list)
    """When logcopy said that the disk took nothing."""
    runs: dict[str, int] = field(default_factory=dict)
    """Container -> how many runs of it have left a log."""
    inherited: Records = field(default_factory=dict)
    """What a submission from which this one goes on had finished."""
    pairs: int = 4

    @property
    def numbers(self) -> range:
        """Of its pairs."""
        return range(1, self.pairs + 1)

    def forgive(self, held: Iterable[tuple[int, float, float]]) -> None:
        """What an evaluator wrote while whoever passes it on stood still (of that pair, 0: of all)
        got its time afterwards."""
        stood = list(held)
        for place, drive in enumerate(self.drives):
            mine = [(a, b) for pair, a, b in stood if pair in (0, drive.pair)]
            begins = [a for a, b in mine if a <= drive.t <= b + _LATE_STAMPS]
            if begins:
                self.drives[place] = replace(drive, t=min(begins))

    def finished(self, pair: int) -> dict[str, tuple[float, dict[str, Any]]]:
        """Drives once seen finished in a whole checkpoint: when first, and the record."""
        found: dict[str, tuple[float, dict[str, Any]]] = {}
        for sight in self.sights.get((pair, "checkpoint"), []):
            for key, record in sight.finished.items():
                found.setdefault(key, (sight.t, record))
        return found

    def documents(self) -> list[tuple[float, dict[str, Any], str]]:
        """The merged documents that logcopy told: when, which, and its digest as promised."""
        found = []
        parts: dict[str, dict[int, str]] = {}
        for told in self.told:
            if told.kind == "merged":
                digest = told.payload["sha256"]
                held = parts.setdefault(digest, {})
                held[told.payload["part"]] = told.payload["text"]
                if len(held) == told.payload["parts"]:
                    text = "".join(held[number] for number in sorted(held))
                    if hashlib.sha256(text.encode()).hexdigest() != digest:
                        self.troubles.append("a merged document has another digest than told")
                    found.append((told.t, json.loads(text), digest))
        return found


class Witness:
    """Follows one pod's files in a thread until `stop`."""

    def __init__(self, logs: Path, log_folder: Path, keep: Path, world: World) -> None:
        self.evidence = Evidence(pairs=world.pairs)
        self._logs, self._log_folder, self._keep = logs, log_folder, keep
        self._leaderboard, self._repetitions = world.leaderboard, world.repetitions
        self._seen: dict[str, tuple[int, int, int]] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="witness", daemon=True)
        keep.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        self._thread.start()

    def has_seen_a_finished_drive(self) -> bool:
        """In a merged file: what logcopy has read, it also tells."""
        seen = list(self.evidence.merged)
        return any(document["_checkpoint"]["records"] for _, document in seen)

    def stop(self) -> Evidence:
        """Everything, with the logs read to their ends."""
        self._ended.set()
        self._thread.join()
        self._link_logs()
        self._look()
        self._read_logs()
        return self.evidence

    def _watch(self) -> None:
        rounds = 0
        while not self._ended.wait(POLL_SECONDS):
            self._look()
            if rounds % 4 == 0:
                self._link_logs()
            rounds += 1

    def _look(self) -> None:
        for pair in self.evidence.numbers:
            path = self._logs / f"agent/agent{pair}/agent_results.json"
            for kind, place in (("checkpoint", path), ("good", path.with_suffix(".json.good"))):
                if (found := self._changed(place)) is not None:
                    self._note(pair, kind, *found)
        if (found := self._changed(self._logs / "agent/agent_results.json")) is not None:
            self.evidence.merged.append(found)

    def _note(self, pair: int, kind: str, t: float, document: dict[str, Any]) -> None:
        sight = sight_of(document, self._leaderboard, self._repetitions, t)
        known = self.evidence.sights.setdefault((pair, kind), [])
        if not known or replace(known[-1], t=sight.t) != sight:
            known.append(sight)

    def _changed(self, path: Path) -> tuple[float, dict[str, Any]] | None:
        """When a file that is not as it was at the last look was written, and its document if it
        is whole. Its own time counts: on a busy machine the look may come late."""
        try:
            stat = os.stat(path)
            signature = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if self._seen.get(str(path)) == signature:
                return None
            text = path.read_bytes()
            if os.stat(path).st_mtime_ns != stat.st_mtime_ns:
                return None
            self._seen[str(path)] = signature
            document = json.loads(text)
        except (OSError, ValueError):
            return None
        return (stat.st_mtime_ns / 1e9, document) if isinstance(document, dict) else None

    def _link_logs(self) -> None:
        with suppress(FileNotFoundError):
            for container in os.listdir(self._log_folder):
                for name in os.listdir(self._log_folder / container):
                    kept = self._keep / f"{container}.{name}"
                    if not kept.exists():
                        with suppress(FileNotFoundError, FileExistsError):
                            os.link(self._log_folder / container / name, kept)
                    self.evidence.runs[container] = max(
                        self.evidence.runs.get(container, 0), int(name.partition(".")[0]) + 1
                    )

    def _read_logs(self) -> None:
        for pair in self.evidence.numbers:
            for run, t, line in _lines(self._keep, f"agent-{pair}"):
                found = _HEADING.search(line)
                if found:
                    key = f"{found.group(1)}_rep{found.group(2)}"
                    self.evidence.drives.append(Drive(t, pair, key, run))
        for run, t, line in _lines(self._keep, "logcopy"):
            if line.startswith("results cannot be written"):
                self.evidence.unwritten.append(t)
            words = line.split(" ", 4)
            if words[0] == "@leaderboard" and len(words) == 5:
                told = Told(t, run, int(words[2]), words[3], json.loads(words[4]))
                self.evidence.told.append(told)


def sight_of(document: dict[str, Any], leaderboard: str, repetitions: int, t: float) -> Sight:
    """What a whole checkpoint means by the contract: 4.11 for 2.x, 5.7 for 1.0."""
    inner = document.get("_checkpoint", {})
    records, progress = inner.get("records", []), inner.get("progress") or [0, 0]
    settled = bool(inner.get("global_record"))
    count = len(records) if settled else progress[0]
    if leaderboard != "1.0" and document.get("entry_status") == "Crashed" and not settled:
        count = min(count, len(records) - 1)
    finished = {
        key_of(record, leaderboard, repetitions): comparable(record)
        for record in records[: max(count, 0)]
    }
    stopped = settled or document.get("entry_status") == "Crashed"
    repeats = leaderboard == "2.0" and not stopped and bool(finished)
    return Sight(t, finished, settled, list(finished)[-1] if repeats else "")


def key_of(record: dict[str, Any], leaderboard: str, repetitions: int) -> str:
    """`RouteScenario_<id>_rep<k>` of a record of either version."""
    if leaderboard == "1.0":
        return f"{record['route_id']}_rep{record['index'] % repetitions}"
    return str(record["route_id"])


def records_of(merged: dict[str, Any], world: World) -> Records:
    """The records of a merged document."""
    found = merged["_checkpoint"]["records"]
    keys = [key_of(record, world.leaderboard, world.repetitions) for record in found]
    return {key: comparable(record) for key, record in zip(keys, found, strict=True)}


def comparable(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its index, which a merge may change."""
    return {name: value for name, value in record.items() if name != "index"}


def _lines(folder: Path, container: str) -> Iterator[tuple[int, float, str]]:
    """(run, epoch seconds, text) of every kept line of a container, oldest run first."""
    runs = sorted(int(path.name.split(".")[-2]) for path in folder.glob(f"{container}.*.log"))
    for run in runs:
        text = (folder / f"{container}.{run}.log").read_bytes().decode(errors="replace")
        for line in text.split("\n"):
            stamp, blank, rest = line.partition(" ")
            if blank and stamp.endswith("Z") and len(stamp) == 30:
                moment = datetime.strptime(stamp[:26], "%Y-%m-%dT%H:%M:%S.%f")
                yield run, moment.replace(tzinfo=UTC).timestamp(), rest
