"""What the logcopies of pairs that have a pod each say, as lines of their logs."""

from __future__ import annotations

from typing import Any

from fakes.documents import merged_lines, record
from fakes.indexed_pods import T0

from console.results.leaderboard import named
from console.results.partial_document import left_behind, unfinished
from console.workers import protocol

NONCE = "n0nce"
_LEADERBOARD = named("2.0")


def routes_of(pair: int) -> tuple[int, int]:
    """The two of the pair's subset."""
    return 2 * pair - 2, 2 * pair - 1


def raw(pair: int, place: int, score: float = 80.0) -> dict[str, Any]:
    """The record of a drive as its own pair's file has it."""
    return record("2.0", routes_of(pair)[place], 0, place, score)


def plan_line(pair: int, sequence: int = 1, file_routes: int = 6) -> str:
    names = [f"RouteScenario_{route}" for route in routes_of(pair)]
    payload = {
        "v": 1, "leaderboard": "2.0", "repetitions": 1, "file_routes": file_routes,
        "pairs": [{"pair": pair, "routes": names}],
    }  # fmt: skip
    return protocol.format_line(NONCE, sequence, "plan", payload)


def record_line(pair: int, place: int, sequence: int = 2, score: float = 80.0) -> str:
    payload = protocol.record_payload(pair, raw(pair, place, score))
    return protocol.format_line(NONCE, sequence, "record", payload)


def snapshot_line(
    pair: int,
    sequence: int = 3,
    *,
    attempt: int = 1,
    done: int = 0,
    word: str = "running",
    second: float = 0,
    ended: tuple[dict[str, Any], ...] = (),
    problems: tuple[dict[str, Any], ...] = (),
) -> str:
    told = {"pair": pair, "attempt": attempt, "simulator": "ready", "agent": "driving",
            "done": done, "total": 2, "route": None, "ended": list(ended)}  # fmt: skip
    payload = {"v": 1, "t": T0.timestamp() + second, "status": word, "done": done, "total": 2,
               "pairs": [told], "problems": list(problems)}  # fmt: skip
    return protocol.format_line(NONCE, sequence, "snapshot", payload)


def crash(attempt: int, half: str = "agent") -> dict[str, Any]:
    return {"attempt": attempt, "half": half, "reason": "crashed", "exit": 1, "signal": 0,
            "route": "RouteScenario_1_rep0", "t": T0.timestamp() + attempt}  # fmt: skip


def own_document(pair: int, *, eligible: bool = True, done: int = 2) -> dict[str, Any]:
    rows = [raw(pair, place) for place in range(done)]
    make = left_behind if done == 2 else unfinished
    document = make(_LEADERBOARD, rows, 2, ["carla_camera"])
    return {**document, "eligible": eligible and document["eligible"]}


def own_merged_lines(
    pair: int, sequence: int = 10, *, eligible: bool = True, done: int = 2
) -> list[str]:
    """The merged document of that pair alone."""
    text = _LEADERBOARD.text(own_document(pair, eligible=eligible, done=done))
    return merged_lines(text, sequence, NONCE)


def whole_life(pair: int) -> list[str]:
    """All that the logcopy of a pair says that drives without a fault."""
    return [
        plan_line(pair), snapshot_line(pair, 2), record_line(pair, 0, 3),
        record_line(pair, 1, 4), snapshot_line(pair, 5, done=2, word="complete"),
        *own_merged_lines(pair),
    ]  # fmt: skip
