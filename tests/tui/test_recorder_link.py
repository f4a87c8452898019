"""Beside the screens a recorder runs: begun before a launch, asked after it, never in its way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from console.errors import ConsoleError, InvalidInput
from console.operations.ports.recorder_process import ProcessState, RecorderList
from console.tui.recorder_link import UNSEEN, RecorderLink

STATE = ProcessState(7, "0.1.0", datetime(2026, 11, 22, tzinfo=UTC), "lab", "https://lab", "alice")
JOB = {"metadata": {"namespace": "races", "name": "demo", "uid": "u"}}


class FakeRecorder:
    """One that knows the submissions in `knows`; `fault` is what its start says."""

    def __init__(self, *knows: str, fault: ConsoleError | None = None) -> None:
        self.knows, self.fault = knows, fault
        self.asked: list[Any] = []

    def state(self) -> ProcessState | None:
        return STATE

    def listed(self, namespace: str | None) -> RecorderList | None:
        return None

    def ensure(self, namespace: str | None) -> ProcessState:
        self.asked.append(namespace)
        if self.fault is not None:
            raise self.fault
        return STATE

    def saw(self, namespace: str, name: str, uid: str) -> bool:
        self.asked.append((namespace, name, uid))
        return name in self.knows

    def stop(self) -> bool:
        return True


async def test_what_it_has_seen_is_worth_no_word() -> None:
    recorder = FakeRecorder("demo")
    link = RecorderLink[str](lambda wanted: recorder)
    assert await link.begin("lab", "races") == ""
    assert await link.saw(JOB) == ""
    assert recorder.asked == ["races", ("races", "demo", "u")]


async def test_what_it_has_not_seen_is_a_warning_of_the_launch() -> None:
    link = RecorderLink[str](lambda wanted: FakeRecorder())
    await link.begin("lab", "races")
    assert await link.saw(JOB) == UNSEEN


async def test_why_it_does_not_start_is_told_and_nothing_is_asked_of_it() -> None:
    recorder = FakeRecorder("demo", fault=ConsoleError("It did not start.", why="No room."))
    link = RecorderLink[str](lambda wanted: recorder)
    assert await link.begin("lab", "races") == "It did not start. No room."
    assert await link.saw(JOB) == ""
    assert recorder.asked == ["races"]


@pytest.mark.parametrize("wanted", ["lab", "elsewhere"])
async def test_where_none_is_wanted_or_meant_a_launch_goes_on(wanted: str) -> None:
    def find(asked: str) -> FakeRecorder | None:
        if asked == "elsewhere":
            raise InvalidInput("There is no such context.")
        return None

    link = RecorderLink[str](find)
    assert (await link.begin(wanted, "races") == "") is (wanted == "lab")
    assert await link.saw(JOB) == ""
