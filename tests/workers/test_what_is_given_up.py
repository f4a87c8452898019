"""When a drive is given up and when not, and why not: in the words that the supervisor passes on."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_giving_up import ROUTES_XML, crashed_record, document

from console.results import statuses
from console.workers import giving_up

Attempt = Callable[..., tuple[int, str]]


class Pair:
    """Pair 1 of a Job for 2.0 before its third attempt."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.checkpoint = folder, folder / "agent_results.json"
        self.routes = folder / "routes.xml"
        self.routes.write_text(ROUTES_XML)
        self._monkeypatch = monkeypatch
        self.set(PAIR="1", STATUS_DIR=str(folder), CHECKPOINT=str(self.checkpoint), ATTEMPT="3")
        self.set(ROUTE_ATTEMPTS="2", ROUTES=str(self.routes), REPETITIONS="1", ROUTES_SUBSET="0-2")
        for name in ("SCENARIOS", "LEADERBOARD"):
            monkeypatch.delenv(name, raising=False)

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def crashed(self, route: int, *attempts: int) -> None:
        for attempt in attempts:
            line = f"reason=crashed exit=1 signal=0 route=RouteScenario_{route}_rep0 t=5\n"
            (self.folder / f"pair-1.agent.ended-{attempt}").write_text(line)

    def drove(self, done: int) -> None:
        records = [crashed_record("2.0", number, "Completed") for number in range(done)]
        self.checkpoint.write_text(json.dumps(document("2.0", records, done)))

    @property
    def marks(self) -> list[str]:
        return [path.name for path in self.folder.glob("*given-up*")]


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    return Pair(tmp_path, monkeypatch)


@pytest.fixture
def attempt(capsys: pytest.CaptureFixture[str]) -> Iterator[Attempt]:
    """The program as the supervisor calls it, without the process; its limit ends with the test."""

    def run() -> tuple[int, str]:
        return giving_up.main(), capsys.readouterr().out

    yield run
    signal.alarm(0)


def test_a_drive_that_crashed_twice_is_recorded_as_failed_and_marked(
    pair: Pair, attempt: Attempt
) -> None:
    pair.drove(1)
    pair.crashed(1, 1, 2)
    code, told = attempt()
    assert code == giving_up.GAVE_UP
    assert told == (
        "2 attempts crashed at RouteScenario_1_rep0: it is given up and counts as failed\n"
    )
    records = json.loads(pair.checkpoint.read_text())["_checkpoint"]["records"]
    assert [each["status"] for each in records[:2]] == ["Completed", statuses.SIMULATION_CRASHED]
    assert pair.marks == ["pair-1.agent.given-up-3"]


def test_one_crash_is_not_enough_and_the_finished_drive_stays(pair: Pair, attempt: Attempt) -> None:
    pair.drove(1)
    pair.crashed(1, 2)
    code, told = attempt()
    assert "it is not driven again" in told
    assert code == giving_up.GAVE_UP
    assert pair.marks == []


def test_crashes_at_a_drive_that_was_passed_since_give_nothing_up(
    pair: Pair, attempt: Attempt
) -> None:
    pair.drove(2)
    pair.crashed(1, 1, 2)
    attempt()
    assert pair.marks == []
    records = json.loads(pair.checkpoint.read_text())["_checkpoint"]["records"]
    assert [each["status"] for each in records[:2]] == ["Completed", "Completed"]


def test_an_attempt_of_a_job_that_turned_it_off_changes_nothing(
    pair: Pair, attempt: Attempt
) -> None:
    pair.set(ROUTE_ATTEMPTS="0")
    pair.crashed(0, 1, 2)
    assert attempt() == (0, "")
    assert not pair.checkpoint.exists()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda pair: pair.routes.unlink(), "the routes file does not exist"),
        (lambda pair: pair.routes.write_text("<routes>"), "the routes file"),
        (lambda pair: pair.set(ROUTES_SUBSET="7-9"), "7"),
        (lambda pair: pair.set(REPETITIONS="many"), "many"),
        (lambda pair: pair.set(ROUTE_ATTEMPTS="few"), "few"),
        (lambda pair: pair.checkpoint.write_text("{"), "the checkpoint "),
        (lambda pair: pair.checkpoint.write_text("[]"), "the checkpoint "),
        (lambda pair: pair.checkpoint.write_bytes(b"\xff{}"), "the checkpoint is not UTF-8"),
    ],
    ids=["no routes", "torn routes", "subset", "repetitions", "attempts", "cut", "list", "bytes"],
)
def test_what_cannot_be_read_gives_nothing_up_and_says_why_in_a_line(
    pair: Pair, attempt: Attempt, spoil: Callable[[Pair], object], why: str
) -> None:
    pair.drove(1)
    pair.crashed(1, 1, 2)
    spoil(pair)
    code, told = attempt()
    assert code == 1
    assert told.startswith("no route is given up: ")
    assert why in told
    assert told.count("\n") == 1
    assert pair.marks == []


def test_a_checkpoint_of_another_number_of_drives_is_left_alone(
    pair: Pair, attempt: Attempt
) -> None:
    pair.drove(1)
    pair.crashed(1, 1, 2)
    pair.set(REPETITIONS="2")
    before = pair.checkpoint.read_text()
    code, told = attempt()
    assert (code, told) == (
        1,
        "no route is given up: the checkpoint tells of another number of drives\n",
    )
    assert pair.checkpoint.read_text() == before


@pytest.mark.parametrize(
    ("routes", "why"),
    [
        (ROUTES_XML, "the routes file has no RouteScenario_7"),
        ('<routes><route id="7"><waypoint x="far"/></route></routes>', "tells no way points"),
        ("<routes>", "tells no way points"),
    ],
)
def test_the_length_of_a_1_0_route_is_known_or_the_reason_why_not(routes: str, why: str) -> None:
    with pytest.raises(giving_up.Unable, match=why):
        giving_up.metres(routes, "RouteScenario_7")
