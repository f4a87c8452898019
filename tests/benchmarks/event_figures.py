"""Events: decoding a pod of ten containers, folding what it says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from console.cluster import decoding
from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen, LastLine, PodSeen
from console.domain.facts import JobFacts
from console.domain.folding import fold
from console.domain.submission import Images, PairPlan, SubmissionPlan
from console.results.drives import STANDARD_SUBSETS, Drives
from console.results.leaderboard import V1_0

RECORDED = Path(__file__).parents[1] / "data" / "cluster"
AT = datetime(2026, 11, 22, tzinfo=UTC)


def figures() -> Iterator[tuple[str, str]]:
    raw = (RECORDED / "pod-running.json").read_bytes()
    yield f"pod decode ({len(raw) / 1000:.0f} KB, 10 containers)", _us(lambda: decoding.pod(raw))
    line = max((RECORDED / "watch-pods.jsonl").read_bytes().splitlines(), key=len)
    yield "watch line to facts", _us(lambda: _read(line))
    pairs = tuple(map(PairPlan.usual, (1, 2, 3, 4)))
    images = Images("l", "s", "a", "p")
    drives = Drives.of(V1_0, STANDARD_SUBSETS, 5)
    plan = SubmissionPlan("pairx", "d", drives, 8, pairs, "n", images)
    board = fold(
        BoardSnapshot("d", "pairx"), JobSeen(AT, JobFacts("pairx", "d", "u", AT, 8, plan=plan))
    )
    pod, last = PodSeen(AT, decoding.pod(raw)), LastLine(AT, "agent-1", "x")
    yield "fold of a pod event (100 route cells)", _us(lambda: fold(board, pod))
    yield "fold of a last line", _us(lambda: fold(board, last))


def _read(line: bytes) -> None:
    seen = decoding.watch_line(line)
    decoding.metadata(seen.object)
    decoding.pod(seen.object)


def _us(work: Callable[[], object], times: int = 2000) -> str:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return f"{(time.perf_counter() - began) / times * 1e6:.1f} us/event"
