"""The time of pairs in JSON: seconds and times, and null for what nobody knows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from console.cli.time_documents import time_document
from console.domain.attention import Attention, Lag
from console.domain.estimates import BoardTime, Doubt, PairTime, Span
from console.domain.usual_times import Usual

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


def test_what_nobody_knows_is_null() -> None:
    time = BoardTime(NOW, (PairTime(1, doubt=Doubt.NOTHING_RECORDED),))
    told = json.loads(json.dumps(time_document(time)))
    assert (told["done"], told["lastPair"], told["recordedSubmissions"]) == (None, None, 0)
    (pair,) = told["pairs"]
    assert pair.pop("pair") == 1
    assert pair.pop("doubt") == "drives routes that were never recorded"
    assert pair.pop("over") is False
    assert set(pair.values()) == {None}


def test_an_end_is_a_span_of_times_and_what_is_usual_one_of_seconds() -> None:
    known = PairTime(
        2,
        elapsed=41.987,
        usual=Usual(540, 700.04, 840, 900, 12),
        ratio=0.42,
        progress=2.0,
        left=Span(60, 120),
    )
    told = time_document(BoardTime(NOW, (known,), Span(60, 120), 2, 7))
    assert told["done"] == {"earliest": "2026-11-22T14:01:00Z", "latest": "2026-11-22T14:02:00Z"}
    assert (told["lastPair"], told["recordedSubmissions"]) == (2, 7)
    (pair,) = told["pairs"]
    assert (pair["onRoute"], pair["sinceTick"], pair["ratio"]) == (42.0, 2.0, 0.42)
    assert pair["usual"] == {"low": 540, "median": 700.0, "high": 840, "drives": 12}
    assert pair["done"] == told["done"]


def test_an_end_that_only_has_a_beginning_says_so() -> None:
    told = time_document(BoardTime(NOW, (), Span(60, None)))
    assert told["done"] == {"earliest": "2026-11-22T14:01:00Z", "latest": None}


def test_a_silent_pair_tells_since_when_and_its_limit() -> None:
    lag = Attention(3, Lag.SILENT, NOW - timedelta(seconds=312), 800.0)
    told = time_document(BoardTime(NOW, (PairTime(3, lag=lag, idle=5.0),)))
    (pair,) = told["pairs"]
    assert pair["lag"] == {
        "kind": "silent",
        "since": "2026-11-22T13:54:48Z",
        "seconds": 312.0,
        "limit": 800.0,
        "timeStands": False,
    }
    assert pair["gpuIdle"] == 5.0
