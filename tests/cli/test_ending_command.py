"""`cancel` and `delete`: what is lost is said before anything happens, and asked."""

from __future__ import annotations

import asyncio
import io

import pytest

from console.errors import ConsoleError
from console.operations.ports.cluster import Kind
from console.operations.submitting import last_words
from console.workers import protocol


class Terminal(io.StringIO):
    """A terminal on which somebody has typed."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    return lambda text: monkeypatch.setattr("sys.stdin", Terminal(text))


def stored(stage) -> dict[str, object]:
    return asyncio.run(stage.cluster.read(Kind.JOB, "races", "demo"))


def test_without_a_terminal_nothing_is_changed_until_yes_is_said(stage, typed) -> None:
    stage.launch()
    before = stored(stage)
    ran = stage.run("cancel", "demo")
    assert ran.code == 2
    assert "next: Repeat with --yes." in ran.told
    assert stored(stage) == before


@pytest.mark.parametrize("answer", ["y\n", "YES\n", " yes \n"])
def test_a_yes_deletes_after_what_goes_was_said(stage, typed, answer: str) -> None:
    stage.launch()
    typed(answer)
    ran = stage.run("delete", "demo")
    assert ran.code == 0
    question = ran.told.index("Delete races/demo? [y/N]")
    assert ran.told.index("The Job, its pod and their logs go") < question
    assert ran.told.endswith("demo deleted\n")
    assert not stage.cluster.objects.keys() & {(Kind.JOB, "races", "demo")}


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yess\n", "delete\n"])
def test_anything_but_yes_changes_nothing(stage, typed, answer: str) -> None:
    stage.launch()
    typed(answer)
    ran = stage.run("delete", "demo")
    assert ran.code == ConsoleError.exit_code
    assert "Nothing was changed." in ran.told
    assert stored(stage)


def test_a_cancel_marks_the_job_and_says_when_nothing_runs_any_more(stage) -> None:
    stage.launch()
    ran = stage.run("cancel", "demo", "--yes")
    assert ran.code == 0
    assert "demo cancelled: nothing of it runs after" in ran.told
    annotations = stored(stage)["metadata"]["annotations"]  # type: ignore[index]
    assert "leaderboard.carla.org/cancelled-at" in annotations


def test_a_cancel_says_how_another_one_can_go_on(stage, monkeypatch) -> None:
    monkeypatch.setattr(last_words, "STOPPED_WITHIN", 0.01)
    payload = {"v": 1, "t": 1, "status": "running", "done": 3, "total": 20, "pairs": []}
    said = protocol.format_line("n0nce", 1, "snapshot", payload).encode()
    stage.pod(stage.launch(), logcopy=[said])
    told = stage.run("cancel", "demo", "--yes").told
    assert "Another one can go on from there: carla-console resume demo" in told


def test_what_has_ended_already_cannot_be_cancelled(stage) -> None:
    stage.launch()
    ended = {"conditions": [{"type": "Failed", "status": "True"}]}
    stage.cluster.put({**stored(stage), "status": ended})
    ran = stage.run("cancel", "demo", "--yes")
    assert ran.code == 6
    assert "has ended already" in ran.told


def test_what_is_recorded_here_is_promised_to_stay(stage) -> None:
    recording = stage.launch()
    stage.record(recording, "logcopy", b"one")
    told = stage.run("delete", "demo", "--yes").told
    assert "the recorded logs of logcopy stay here" in told
    assert stage.run("logs", "demo", "--recorded").out == "one\n"


@pytest.mark.parametrize("verb", ["cancel", "delete"])
def test_what_is_not_there_is_not_found_before_anything_is_asked(stage, typed, verb: str) -> None:
    typed("y\n")
    ran = stage.run(verb, "nobody")
    assert ran.code == 5
    assert "[y/N]" not in ran.told
