"""`replay`: a recording on the screens, with no cluster anywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.demo_recording import BEGIN, unpacked

from console import wiring
from console.cli.commands import tui
from console.cli.commands.replay import speed_of
from console.cli.main import main
from console.errors import InvalidInput, NotFound
from console.operations.replay.player import Player

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a user who has the demo's recording, and no kubeconfig."""
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    unpacked(tmp_path / "recordings")


@pytest.fixture
def run(recordings: None, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str) -> tuple[int, str]:
        code = main(["replay", *words])
        return code, capsys.readouterr().err

    return call


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Player, dict[str, Any]]]:
    """What is opened, in a terminal."""
    found: list[tuple[Player, dict[str, Any]]] = []

    def open_replay(player: Player, **looks: Any) -> int:
        found.append((player, looks))
        return 0

    monkeypatch.setattr(wiring, "open_replay", open_replay)
    monkeypatch.setattr(tui, "refuse_without_terminal", lambda: None)
    return found


READ = "reading the recording of demo\n"
"""Said before the screens, for a long one takes seconds."""


def test_a_recording_is_opened_at_its_begin(run: Run, opened: list[Any]) -> None:
    assert run("demo") == (0, READ)
    ((player, looks),) = opened
    assert looks == {"theme": None, "mouse": True, "ascii_alone": False}
    assert (player.recording.name, player.state.speed, player.advance().at) == ("demo", 1, BEGIN)


def test_speed_and_place_are_those_that_were_asked_for(run: Run, opened: list[Any]) -> None:
    assert run("job/demo", "--speed", "20x", "--from", "attempt 2.2") == (0, READ)
    ((player, _),) = opened
    shown = player.advance()
    assert player.state.speed == 20
    assert shown.board.pairs[1].attempt == 2
    assert shown.at - BEGIN < timedelta(seconds=40)


@pytest.mark.usefixtures("recordings")
def test_the_screens_flags_stand_before_the_command(
    opened: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--theme", "leaderboard-light", "--no-mouse", "replay", "demo"]) == 0
    assert opened[0][1] == {"theme": "leaderboard-light", "mouse": False, "ascii_alone": False}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("nope",), NotFound.exit_code, "no recording of nope"),
        (("demo", "-n", "other"), NotFound.exit_code, "no recording of other/demo"),
        (("demo", "--context", "lab"), NotFound.exit_code, "no recording of demo from lab"),
        (("demo", "--uid", "ffff"), NotFound.exit_code, "with the uid ffff"),
        (("demo", "--uid", ""), InvalidInput.exit_code, "--uid is empty"),
        (("demo", "--speed", "fast"), InvalidInput.exit_code, "'fast' is no speed"),
        (("demo", "--from", "noon"), InvalidInput.exit_code, "is no place in a recording"),
        (("demo", "--from", "route 99"), NotFound.exit_code, "No route 99"),
        (("No Name",), InvalidInput.exit_code, "No submission can be called"),
    ],
)
def test_what_cannot_be_played_is_told_before_a_screen_opens(
    run: Run, opened: list[Any], words: tuple[str, ...], code: int, told: str
) -> None:
    ended, said = run(*words)
    assert (ended, told in said, opened) == (code, True, [])


def test_without_a_terminal_it_says_that_it_needs_one(run: Run) -> None:
    code, said = run("demo")
    assert code == 1
    assert "The console needs a terminal." in said


def test_namesakes_are_told_and_the_newest_is_played(
    run: Run, opened: list[Any], tmp_path: Path
) -> None:
    (folder,) = (tmp_path / "recordings").glob("*/*/demo-*")
    twin = folder.with_name("demo-ffff0000")
    folder.rename(twin)
    identity = twin / "recording.json"
    identity.write_text(identity.read_text().replace("ad47f5e3", "ffff0000"))
    unpacked(tmp_path / "recordings")
    code, said = run("demo", "--uid", "ffff")
    assert (code, opened[0][0].recording.uid[:8]) == (0, "ffff0000")
    code, said = run("demo")
    assert code == 0
    assert "note: there are other recordings of that name" in said


@pytest.mark.parametrize("text", ["0", "0.5", "101", "x", "", "nan", "inf", "-3"])
def test_a_speed_is_from_1_to_100(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no speed"):
        speed_of(text)


@pytest.mark.parametrize(("text", "speed"), [("1", 1), ("100", 100), ("2.5", 2.5), ("10x", 10)])
def test_a_speed_may_be_written_as_it_is_shown(text: str, speed: float) -> None:
    assert speed_of(text) == speed
