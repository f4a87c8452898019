"""Holds what each evaluator said it runs against the official private contents: what differs?

Knows the pairs' attempts from the status files. A record that no evaluator of this submission has
driven (it came from an earlier one) is told as not known, never as right.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from typing import Iterator

from console.results.quoting import printable
from console.results.report import MergeReport, Problem
from console.workers import evaluator_reports, status_files
from console.workers.evaluator_reports import EvaluatorReport, LoadedFile
from console.workers.loaded_files import EVALUATOR
from console.workers.official_sources import PACKAGES, Sources
from console.workers.status_files import HalfEnd, HalfStatus

DIFFERENT = "evaluator"
UNKNOWN = "unverified"
_NAMED = 3
_MOST_ATTEMPTS = 200
"""Of one pair; no budget allows as many, but a container can write as many files."""
_WITHOUT_FILE = "-"


@dataclass(frozen=True)
class _Comparison:
    """What one report comes to: its state, and what is wrong with its files."""

    state: str
    wrong: str


class EvaluatorCheck:
    """One submission's. `sources`: the private contents as this container has them; `kept`: what
    was driven before was driven in an earlier pod of this pair, and looked at there."""

    def __init__(self, sources: Sources, status: str, pairs: int, *, kept: bool = False) -> None:
        self._sources, self._status, self._pairs, self._kept = sources, status, pairs, kept
        self._hashes: dict[str, str] = {}
        self._in_eggs: frozenset[str] | None = None
        self._judged: dict[tuple[int, int], tuple[tuple[int, ...], _Comparison | None]] = {}
        self._learn()

    @property
    def possible(self) -> bool:
        """The Job has told this container where the private contents are."""
        return all((self._sources.leaderboard, self._sources.scenario_runner, self._sources.carla))

    def problems(self, report: MergeReport | None) -> tuple[Problem, ...]:
        """Everything that speaks against an evaluator, or leaves it unknown; none if impossible."""
        if not self.possible:
            return ()
        halves = status_files.read(self._status, self._pairs, ends=None)
        driven = {each.pair for each in report.records} if report else set()
        found: list[Problem] = []
        for pair in range(1, self._pairs + 1):
            found += self._of_pair(pair, halves.half(pair, "agent"), pair in driven)
        return tuple(found)

    def _of_pair(self, pair: int, agent: HalfStatus, driven: bool) -> Iterator[Problem]:
        ends = {end.attempt: end for end in agent.ended}
        ran = False
        attempts = sorted({*agent.evaluators, *ends})
        if len(attempts) > _MOST_ATTEMPTS:
            yield Problem(DIFFERENT, pair, f"{len(attempts)} attempts are more than can be checked")
        for attempt in attempts[:_MOST_ATTEMPTS]:
            told = self._judge(pair, attempt)
            end = ends.get(attempt)
            ran = ran or told is not None or _drove(end)
            wrong = _wrong(told, end)
            if wrong:
                text = f"the evaluator of attempt {attempt} {wrong}"
                yield Problem(DIFFERENT, pair, printable(text, 500))
        if driven and not ran and not self._kept:
            text = "its drives were finished before this submission: by what evaluator is not known"
            yield Problem(UNKNOWN, pair, text)

    def _judge(self, pair: int, attempt: int) -> _Comparison | None:
        """Read and compared again only when the file is another one."""
        seen = evaluator_reports.signature(self._status, pair, attempt)
        known = self._judged.get((pair, attempt))
        if known is None or known[0] != seen:
            told = evaluator_reports.read(self._status, pair, attempt)
            judged = _Comparison(told.state, self._differs(told)) if told else None
            known = self._judged[pair, attempt] = (seen, judged)
        return known[1]

    def _differs(self, told: EvaluatorReport) -> str:
        """What is wrong with the files that it says it runs; empty if nothing is."""
        if told.state in ("starting", "failed"):
            return ""
        if not any(each.module == EVALUATOR for each in told.files):
            return "said nothing understandable of the files it runs"
        different = [each for each in told.files if not self._official(each)]
        if not different:
            return ""
        named = ", ".join(f"{each.module} from {each.place}" for each in different[:_NAMED])
        more = f" and {len(different) - _NAMED} more" if len(different) > _NAMED else ""
        return f"does not run the files of the private contents: {named}{more}"

    def _official(self, told: LoadedFile) -> bool:
        """The right file with the right content, or a package that the private contents lack."""
        right = told.sha256 == self._hash_of(told.place)
        if told.module == EVALUATOR:
            return right and told.place.startswith("LEADERBOARD_ROOT/")
        stem, top = _stem(told.module), told.module.partition(".")[0]
        eggs = self._eggs() if top == "carla" else []
        homes = (f"{stem}.", f"{stem}/__init__.", *(f"{egg}/" for egg in eggs))
        if told.place in eggs or told.place.startswith(homes):
            return right
        if told.place == _WITHOUT_FILE:
            return not self._hash_of(f"{stem}/__init__.py") and not self._hash_of(f"{stem}.py")
        if not eggs and not os.path.isdir(self._path(_stem(top))):
            return True
        # A compiled part of an egg runs from a cache of the team's: its content tells.
        return bool(eggs) and told.sha256 in self._parts_of_eggs()

    def _learn(self) -> None:
        """All of it before an evaluator starts: what a mount may not protect is known by then."""
        for package in PACKAGES if self.possible else ():
            root, _, below = _stem(package).partition("/")
            top = self._sources.roots[root]
            for folder, _, names in os.walk(os.path.join(top, below)):
                for name in names:
                    path = os.path.relpath(os.path.join(folder, name), top)
                    self._hash_of(f"{root}/{path}")
        for place in self._eggs():
            self._hash_of(place)

    def _eggs(self) -> list[str]:
        folder = os.path.join(self._sources.python_api, "dist")
        try:
            names = sorted(name for name in os.listdir(folder) if name.endswith(".egg"))
        except OSError:
            return []
        return [f"CARLA_API_ROOT/PythonAPI/carla/dist/{name}" for name in names]

    def _parts_of_eggs(self) -> frozenset[str]:
        if self._in_eggs is None:
            found: set[str] = set()
            for place in self._eggs():
                found.update(_parts(self._path(place)))
            self._in_eggs = frozenset(found)
        return self._in_eggs

    def _path(self, place: str) -> str:
        root, _, below = place.partition("/")
        folder = self._sources.roots.get(root, "")
        path = os.path.realpath(os.path.join(folder, below))
        inside = folder and path.startswith(os.path.realpath(folder) + os.sep)
        return path if inside else ""

    def _hash_of(self, place: str) -> str:
        """Of the official file at that place as it was first seen; empty where there is none."""
        if place not in self._hashes:
            self._hashes[place] = _hash(self._path(place))
        return self._hashes[place]


def _stem(module: str) -> str:
    """Where the private contents have a module, without the kind of its file."""
    path, top = module.replace(".", "/"), module.partition(".")[0]
    root = {"leaderboard": "LEADERBOARD_ROOT", "srunner": "SCENARIO_RUNNER_ROOT"}.get(top)
    return f"{root}/{path}" if root else f"CARLA_API_ROOT/PythonAPI/carla/{path}"


def _wrong(told: _Comparison | None, end: HalfEnd | None) -> str:
    """What speaks against the evaluator of one attempt; empty if nothing does."""
    if told is not None and told.state != "starting":
        return told.wrong
    silent = "did not say which files it runs"
    return silent if _drove(end) and not (told and _too_early(end)) else ""


def _drove(end: HalfEnd | None) -> bool:
    """An attempt whose end proves that its evaluator ran."""
    return end is not None and (end.route is not None or end.exit >= 0)


def _too_early(end: HalfEnd | None) -> bool:
    """It ended before it could say anything, and before it drove."""
    return end is not None and end.route is None and end.reason != "done"


def _hash(path: str) -> str:
    if not path or not os.path.isfile(path):
        return ""
    seen = hashlib.sha256()
    with open(path, "rb") as opened:
        for piece in iter(lambda: opened.read(1 << 20), b""):
            seen.update(piece)
    return seen.hexdigest()


def _parts(path: str) -> Iterator[str]:
    """The hashes of what lies in a zipped egg; nothing of a folder or a file that is none."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as egg:
        for each in egg.infolist():
            yield hashlib.sha256(egg.read(each)).hexdigest()
