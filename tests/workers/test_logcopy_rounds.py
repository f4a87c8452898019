"""logcopy's rounds with the clock as an argument: when it looks, when it ends, what it survives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from logcopy_pod import HALVES, partial

from console.workers import logcopy, protocol
from console.workers.announcing import Announcer
from console.workers.logcopy_settings import LogcopySettings, settings_from
from console.workers.protocol import ProgressLine

ASKED_TO_STOP = 143


class Hours:
    """A clock, and a wait that costs nothing; what happens at which second."""

    def __init__(self) -> None:
        self.now, self.asked = 1_700_000_000.0, False
        self._coming: list[tuple[float, Callable[[], object]]] = []

    def at(self, seconds: float, deed: Callable[[], object]) -> None:
        self._coming.append((self.now + seconds, deed))

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 0.001)
        for moment, deed in [each for each in self._coming if each[0] <= self.now]:
            self._coming.remove((moment, deed))
            deed()

    def ask(self) -> None:
        self.asked = True


class Volume:
    """The logs volume of a submission of four pairs, and what logcopy has said."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said, self.hours = folder, list[bytes](), Hours()
        (folder / "containers-status").mkdir()
        for pair in range(1, 5):
            self.result(pair).parent.mkdir(parents=True)

    @property
    def settings(self) -> LogcopySettings:
        env = {"LOGS_DIR": str(self.folder), "LEADERBOARD": "2.0", "LOGS_PERIOD": "600"}
        env |= {"ROUTES": str(self.folder / "none"), "PROGRESS_NONCE": "n"}
        return settings_from(env | {"TERMINATION_MESSAGE": str(self.folder / "last")})

    def result(self, pair: int) -> Path:
        return self.folder / "agent" / f"agent{pair}" / "agent_results.json"

    def drive(self, done: int) -> None:
        for pair in range(1, 5):
            self.result(pair).write_text(json.dumps(partial(pair, done)))

    def mark(self, name: str, text: str = "") -> None:
        (self.folder / "containers-status" / name).write_text(text)

    def finish(self) -> None:
        for half in HALVES:
            self.mark(f"{half}.done")

    def run(self) -> int:
        announcer = Announcer("n", self.said.append, 0)
        return logcopy.run(self.settings, announcer, self.hours, self.hours.time)  # type: ignore[arg-type]

    def text(self) -> str:
        return b"".join(self.said).decode()

    def snapshots(self) -> list[dict]:
        lines = [protocol.parse_line(line.decode(), "n") for line in self.said]
        told = [line for line in lines if isinstance(line, ProgressLine)]
        return [line.payload for line in told if line.kind == "snapshot"]


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    return Volume(tmp_path)


def test_it_looks_once_in_a_period_and_ends_within_a_second_of_the_last_half(
    volume: Volume,
) -> None:
    hours = volume.hours
    begun = hours.now
    hours.at(300, lambda: volume.drive(3))
    hours.at(900, lambda: volume.drive(5))
    hours.at(1000, volume.finish)
    assert volume.run() == 0
    assert hours.now - begun <= 1001
    told = [(round(each["t"] - begun), each["done"], each["status"]) for each in volume.snapshots()]
    assert [done for _, done, _ in told] == [0, 12, 20, 20]
    assert told[1][0] == 600
    assert told[-1][2] == "complete"


def test_an_attempt_that_ended_is_told_at_the_next_glance_not_at_the_next_round(
    volume: Volume,
) -> None:
    hours = volume.hours
    begun = hours.now
    end = "reason=crashed exit=1 signal=0 route=- t=1\n"
    hours.at(100, lambda: volume.mark("pair-2.agent.attempt-1"))
    hours.at(100, lambda: volume.mark("pair-2.agent.ended-1", end))
    hours.at(200, volume.hours.ask)
    volume.run()
    crashed = next(each for each in volume.snapshots() if each["pairs"][1]["ended"])
    assert crashed["t"] - begun <= 101


def test_a_cancel_ends_it_with_what_there_is_and_is_no_failure(volume: Volume) -> None:
    volume.drive(2)
    volume.hours.at(5, lambda: volume.mark("simulation.cancel"))
    assert volume.run() == 0
    assert "stopped with 8 of 20 drives" in volume.text()
    assert volume.snapshots()[-1]["status"] == "cancelled"
    assert json.loads((volume.folder / "last").read_text())["status"] == "cancelled"


def test_asked_to_stop_with_drives_left_it_says_that_it_was_no_end(volume: Volume) -> None:
    """A pod that lives on starts it again; one of which every half is done needs no more of it."""
    volume.hours.at(5, volume.hours.ask)
    assert volume.run() == ASKED_TO_STOP
    volume.finish()
    assert volume.run() == 0


def test_halves_that_do_not_answer_hold_a_stop_for_a_few_seconds_only(
    volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = volume.hours
    monkeypatch.setattr(logcopy.time, "sleep", hours.sleep)
    volume.mark("pair-1.agent.attempt-1")
    asked_at = hours.now + 5
    hours.at(5, hours.ask)
    assert volume.run() == ASKED_TO_STOP
    assert 4 < hours.now - asked_at < 7


def test_a_half_that_answers_lets_it_go_at_once_with_its_last_words(
    volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = volume.hours
    monkeypatch.setattr(logcopy.time, "sleep", hours.sleep)
    end = "reason=terminated exit=-1 signal=0 route=- t=7\n"
    volume.mark("pair-1.agent.attempt-1")
    hours.at(5, hours.ask)
    hours.at(6, lambda: volume.mark("pair-1.agent.ended-1", end))
    begun = hours.now
    volume.run()
    assert hours.now - begun < 7.5
    assert volume.snapshots()[-1]["pairs"][0]["ended"][0]["reason"] == "terminated"


def test_a_fault_of_its_own_is_a_line_with_its_place_and_the_next_round_starts_afresh(
    volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [ValueError("hostile \x1b[2J text"), None]

    def failing(*_: object, **__: object) -> tuple[logcopy.Problem, ...]:
        fault = faults.pop(0) if faults else None
        if fault is not None:
            raise fault
        return ()

    monkeypatch.setattr(logcopy.EvaluatorCheck, "problems", failing)
    volume.drive(5)
    volume.finish()
    assert volume.run() == 0
    assert "logcopy failed (ValueError at test_logcopy_rounds.py:" in volume.text()
    assert "\x1b" not in volume.text()
    assert volume.snapshots()[-1]["status"] == "complete"


@pytest.mark.parametrize(("over", "status"), [(True, 0), (False, ASKED_TO_STOP)])
def test_one_that_fails_and_fails_ends_only_when_nothing_drives_or_somebody_asks(
    volume: Volume, monkeypatch: pytest.MonkeyPatch, over: bool, status: int
) -> None:
    def always_fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(logcopy.EvaluatorCheck, "problems", always_fails)
    if over:
        volume.finish()
    volume.hours.at(60, volume.hours.ask)
    assert volume.run() == status
    assert volume.text().count("it starts again") >= (5 if over else 60)


def test_results_that_the_disk_does_not_take_are_told_and_tried_again_each_round(
    volume: Volume,
) -> None:
    in_the_way = volume.folder / "evalai"
    in_the_way.write_text("a file where a folder belongs")
    volume.drive(2)
    volume.hours.at(700, in_the_way.unlink)
    volume.hours.at(1900, volume.hours.ask)
    volume.run()
    assert volume.text().count("results cannot be written: ") == 2
    assert in_the_way.is_dir()
    assert volume.snapshots()[0]["done"] == 8


def test_a_mark_that_cannot_be_written_is_told_and_ends_it_all_the_same(
    volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: str) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(logcopy.status_files, "mark", refuses)
    volume.drive(5)
    volume.finish()
    assert volume.run() == 0
    assert "logcopy.done cannot be written: Read-only file system" in volume.text()


def test_a_pair_that_no_restart_would_let_drive_leaves_the_submission_unfinished_for_upstream(
    volume: Volume,
) -> None:
    """Nine marks are a finished submission there."""
    volume.drive(2)
    volume.finish()
    volume.mark("pair-1.agent.attempt-1")
    volume.mark("pair-1.agent.ended-1", "reason=not-loaded exit=1 signal=0 route=- t=1\n")
    assert volume.run() == 0
    assert not (volume.folder / "containers-status" / "logcopy.done").exists()
    (volume.folder / "containers-status" / "pair-1.agent.ended-1").unlink()
    assert volume.run() == 0
    assert (volume.folder / "containers-status" / "logcopy.done").exists()
