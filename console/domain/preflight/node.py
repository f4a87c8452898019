"""What logcopy's container tells of the node and of the private contents. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from console.domain.preflight.checklist import (
    FAILS,
    OK,
    UNKNOWN,
    WARNING,
    NodeFinding,
    SeenByHalves,
    Topic,
)
from console.domain.submission import LOGCOPY
from console.results import coverage

GIB = 1024**3
LEAST_DISK, USUAL_DISK = 5 * GIB, 20 * GIB
"""Bytes for logs and recordings of twenty routes: fails below the one, warns below the other."""
CLOCKS_DIFFER, CLOCKS_FAIL = 5.0, 300.0
"""Seconds; signed requests (S3, DynamoDB) are refused from five minutes on."""


def contents(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """The Leaderboard image has what evaluators run."""
    fact = seen.of(LOGCOPY).fact("contents")
    if fact is None:
        return
    if fact.get("evaluator") == "yes":
        egg = fact.get("egg")
        api = f"CARLA's API as {egg}" if egg else "no egg of CARLA's API: the agents' Python has it"
        yield NodeFinding(Topic.CONTENTS, OK, f"the evaluator is there; {api}")
    else:
        fix = "Check cluster.leaderboard_image"
        yield NodeFinding(Topic.CONTENTS, FAILS, "the Leaderboard image has no evaluator", fix)


def routes(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """How many of the file's routes are launched."""
    if LOGCOPY not in seen.told:
        return
    fact, launched = seen.of(LOGCOPY).fact("routes"), _launched(seen)
    number = fact.number("number") if fact else None
    if number is None:
        note = seen.of(LOGCOPY).value("note", "text") or "the routes file could not be read"
        yield NodeFinding(Topic.ROUTES, UNKNOWN, note)
    elif launched is None or number == launched:
        yield NodeFinding(Topic.ROUTES, OK, f"{number} in the file, all launched")
    elif told := coverage.words(launched, number):
        text = f"{told} are launched: complete will not be all of it"
        yield NodeFinding(Topic.ROUTES, WARNING, text)
    else:
        fix = "Correct the ranges in ROUTES_SUBSET"
        yield NodeFinding(
            Topic.ROUTES, FAILS, f"{number} in the file, but {launched} are launched", fix
        )


def _launched(seen: SeenByHalves) -> int | None:
    total = seen.plan.drives.total
    return None if total is None else total // seen.plan.drives.repetitions


def disk(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """Room on the node for logs and recordings."""
    fact = seen.of(LOGCOPY).fact("disk")
    free = fact.number("free") if fact else None
    if free is None:
        return
    verdict = FAILS if free < LEAST_DISK else WARNING if free < USUAL_DISK else OK
    fix = "" if verdict is OK else "Free some of the node's disk, or take another node"
    yield NodeFinding(Topic.DISK, verdict, f"{size(free)} free on the node", fix)


def clock(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """The node's clock against ours: it was told between two moments of ours."""
    told = seen.of(LOGCOPY).value("clock", "epoch")
    at = _moment(told)
    if at is None:
        return
    early, late = (seen.begun - at).total_seconds(), (at - seen.ended).total_seconds()
    off = max(early, late, 0.0)
    if off < CLOCKS_DIFFER:
        yield NodeFinding(Topic.CLOCK, OK, "the node's clock agrees with this machine's")
        return
    way = "behind" if early > late else "ahead of"
    verdict = FAILS if off >= CLOCKS_FAIL else WARNING
    text = f"the node's clock is {off:.0f} s or more {way} this machine's"
    yield NodeFinding(Topic.CLOCK, verdict, text, "Set the one that is wrong: is NTP on?")


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def size(count: int) -> str:
    return f"{count / GIB:.1f} GiB" if count >= GIB else f"{count / 1024**2:.0f} MiB"
