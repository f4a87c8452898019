"""Calls in words, and what a terminal's title counts."""

from __future__ import annotations

from fakes.boards import NOW, ROWS
from msgspec.structs import replace

from console.domain.board import SubmissionStatus as Status
from console.domain.calls import Call, Occasion
from console.presentation.call_words import (
    headline,
    is_good,
    is_trouble,
    rings,
    summary,
    window_title,
)


def call(name: str, occasion: Occasion = Occasion.FAILED) -> Call:
    return Call(occasion, "races", name, f"uid-{name}", "why", NOW)


def test_each_occasion_has_a_headline_of_its_own() -> None:
    told = {headline(call("demo", each)) for each in Occasion}
    assert len(told) == len(Occasion)
    assert {"demo failed", "demo is blocked", "demo is at its last resume"} <= told


def test_what_waits_for_others_is_neither_good_nor_a_trouble_and_rings() -> None:
    waits, failed, done = map(call, "abc", (Occasion.WAITING, Occasion.FAILED, Occasion.RECOVERED))
    assert [is_trouble(each) for each in (waits, failed, done)] == [False, True, False]
    assert [is_good(each) for each in (waits, failed, done)] == [False, False, True]
    assert rings(waits)


def test_many_calls_are_named_and_then_counted() -> None:
    names = [call(f"run-{number}") for number in range(5)]
    assert summary(names[:2]) == "run-0 failed, run-1 failed"
    assert summary(names) == "run-0 failed, run-1 failed, run-2 failed and 2 more"


def test_the_title_counts_what_failed_what_is_blocked_and_what_runs() -> None:
    statuses = (Status.FAILED, Status.INCOMPLETE, *[Status.RUNNING] * 3, Status.BLOCKED)
    rows = [replace(ROWS[0], status=each) for each in (*statuses, Status.COMPLETE)]
    assert window_title(rows, live=True) == "2 failed, 1 blocked, 3 running - carla-console"
    assert window_title(rows, live=False) == "not live - carla-console"
    assert window_title([], live=True) == "carla-console"
