"""Whether a submission was heard to its end, so that nothing it said can be missing here."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.events import StreamState
from console.domain.evidence import end_heard
from console.domain.facts import ContainerFacts, ContainerState, JobFacts, PodFacts
from console.domain.progress import MergedResult, MergeStatus, ProgressReport
from console.domain.submission import LOGCOPY

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AGENT = ContainerFacts("agent-1", ContainerState.RUNNING)
POD = PodFacts("demo-a", "races", "pod-1", "demo", "Running", (AGENT,))
DRIVEN = BoardSnapshot("races", "demo", job=JobFacts("demo", "races", "u", NOW, 8), pod=POD)


def told(status: MergeStatus) -> BoardSnapshot:
    return replace(DRIVEN, report=ProgressReport(1, NOW, status, 3, 20, ()))


def streamed(board: BoardSnapshot, state: StreamState) -> BoardSnapshot:
    return replace(board, streams=((LOGCOPY, state, ""),))


def test_a_log_that_was_read_to_its_end_has_said_all() -> None:
    for board in (DRIVEN, told(MergeStatus.RUNNING), told(MergeStatus.COMPLETE)):
        assert end_heard(streamed(board, StreamState.ENDED))


@pytest.mark.parametrize("state", [each for each in StreamState if each is not StreamState.ENDED])
def test_a_log_that_was_cut_may_have_said_more(state: StreamState) -> None:
    assert not end_heard(streamed(told(MergeStatus.RUNNING), state))
    assert not end_heard(streamed(DRIVEN, state))


@pytest.mark.parametrize("status", [MergeStatus.INCOMPLETE, MergeStatus.CANCELLED])
def test_who_has_said_that_it_ends_without_a_result_will_have_none(status: MergeStatus) -> None:
    assert end_heard(told(status))


def test_who_has_said_that_it_is_complete_must_have_told_the_result_too() -> None:
    assert not end_heard(told(MergeStatus.COMPLETE))
    assert end_heard(replace(told(MergeStatus.COMPLETE), merged=MergedResult("sha", "{}")))


def test_of_what_never_ran_nothing_was_to_be_heard() -> None:
    waiting = replace(AGENT, state=ContainerState.WAITING)
    assert end_heard(replace(DRIVEN, pod=replace(POD, containers=(waiting,))))
    assert not end_heard(DRIVEN)
