"""Events: decoding a pod of ten containers, folding what it says, the rows of a list after it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from figure import Figure, at_most
from msgspec.structs import replace

from console.cluster import pod_reading
from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen, LastLine, PodSeen
from console.domain.facts import JobFacts
from console.domain.folding import fold
from console.domain.submission import Images, PairPlan, SubmissionPlan
from console.operations.watching.fleet_rows import FleetRows
from console.results.drives import STANDARD_SUBSETS, Drives
from console.results.leaderboard import V1_0

RECORDED = Path(__file__).parents[1] / "data" / "cluster"
LISTED, CHANGED = 5000, 100
AT = datetime(2026, 11, 22, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    yield from _decoding()
    pairs = tuple(map(PairPlan.usual, (1, 2, 3, 4)))
    images = Images("l", "s", "a", "p")
    drives = Drives.of(V1_0, STANDARD_SUBSETS, 5)
    plan = SubmissionPlan("pairx", "d", drives, 8, pairs, "n", images)
    seen = pod_reading.Pods().one((RECORDED / "pod-running.json").read_bytes())
    board = fold(
        BoardSnapshot("d", "pairx"),
        JobSeen(AT, JobFacts("pairx", "d", seen.owner, AT, 8, plan=plan)),
    )
    pod, last = PodSeen(AT, seen), LastLine(AT, "agent-1", "x")
    changed = PodSeen(AT, replace(seen, message="anew"))
    took = _us(lambda: fold(fold(board, pod), changed)) / 2
    yield Figure("fold of a pod event (100 route cells)", f"{took:.1f} us")
    yield at_most("fold of a last line", _us(lambda: fold(board, last)), 2, "us")
    took = _us(_renewal(board), times=4) / 1e3
    yield Figure(f"rows of {LISTED:,} after {CHANGED} changes", f"{took:.1f} ms")


class _Nothing(msgspec.Struct):
    """No field: whatever is there is skipped."""


def _decoding() -> Iterator[Figure]:
    """A line of a watch, as a server writes it, beside what no decoder of JSON can leave out."""
    recorded = map(msgspec.json.decode, (RECORDED / "watch-pods.jsonl").read_bytes().splitlines())
    lines = [msgspec.json.encode(each) for each in recorded if each["type"] == "MODIFIED"]
    turns, skipping = itertools.cycle(lines), msgspec.json.Decoder(_Nothing)
    least = _us(lambda: skipping.decode(next(turns)))
    what = f"a pod event ({len(lines[0]) / 1000:.0f} KB, 10 containers)"
    yield Figure(f"{what}: its bytes skipped alone", f"{least:.1f} us", "-")
    reading = pod_reading.Pods()
    took = _us(lambda: reading.line(next(turns)))
    yield at_most(f"{what} to facts", took, 10, "us")
    yield Figure(f"{what} to facts, beside skipping it", f"{took / least:.1f} x")


def _renewal(board: BoardSnapshot) -> Callable[[], object]:
    """What a fifth of a second of 500 updates/s makes anew."""
    boards = {("d", f"job-{n}"): replace(board, name=f"job-{n}") for n in range(LISTED)}
    keys = list(boards)[:: LISTED // CHANGED]
    turns = itertools.cycle([{key: replace(boards[key], done=n) for key in keys} for n in (1, 2)])
    rows = FleetRows()
    rows.renew(boards, lambda _key, _board: "", AT)
    return lambda: rows.renew(next(turns), lambda _key, _board: "", AT)


def _us(work: Callable[[], object], times: int = 200, rounds: int = 20) -> float:
    """CPU microseconds of one, in the best of some rounds."""
    took = []
    for _ in range(rounds):
        began = time.thread_time()
        for _ in range(times):
            work()
        took.append(time.thread_time() - began)
    return min(took) / times * 1e6
