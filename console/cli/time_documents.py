"""The time of pairs as JSON: seconds and RFC 3339 times, null for what is not known. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from console.cli.documents import moment
from console.domain.attention import Attention
from console.domain.estimates import BoardTime, PairTime, Span
from console.domain.spans import shifted
from console.domain.usual_times import Usual

Document = dict[str, Any]


def time_document(time: BoardTime) -> Document:
    """Of all pairs, and of each."""
    return {
        "at": moment(time.at),
        "recordedSubmissions": time.submissions,
        "done": _span(time.left, time.at),
        "lastPair": time.last,
        "pairs": [_pair(each, time.at) for each in time.pairs],
    }


def _pair(pair: PairTime, now: datetime) -> Document:
    return {
        "pair": pair.pair,
        "onRoute": _seconds(pair.elapsed),
        "usual": _usual(pair.usual),
        "lag": _lag(pair.lag, now),
        "sinceTick": _seconds(pair.progress),
        "ratio": pair.ratio,
        "ratioLately": None if pair.lately is None else round(pair.lately, 4),
        "stage": pair.stage.value if pair.stage else None,
        "inStage": _seconds(pair.in_stage),
        "gpuIdle": _seconds(pair.idle),
        "done": _span(pair.left, now),
        "doubt": pair.doubt.value if pair.doubt else None,
        "over": pair.over,
    }


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _span(left: Span | None, now: datetime) -> Document | None:
    """When: not before, and not after where that is known."""
    if left is None:
        return None
    most = None if left.most is None else shifted(now, left.most)
    return {"earliest": moment(shifted(now, left.least)), "latest": moment(most)}


def _usual(found: Usual | None) -> Document | None:
    if found is None:
        return None
    low, median, high = (_seconds(each) for each in (found.low, found.median, found.high))
    return {"low": low, "median": median, "high": high, "drives": found.count}


def _lag(lag: Attention | None, now: datetime) -> Document | None:
    if lag is None:
        return None
    seconds = max((now - lag.since).total_seconds(), 0.0)
    return {
        "kind": lag.lag.value,
        "since": moment(lag.since),
        "seconds": _seconds(seconds),
        "limit": lag.limit,
        "timeStands": lag.stands,
    }
