"""What is copied arrives where the user pastes: on this machine, or at the terminal over SSH."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend

from console.errors import ConsoleError, InvalidInput
from console.tui.app import ConsoleApp
from console.tui.clipboard import VARIABLE, fill, way
from console.tui.screens.dialogs import ErrorDialog

DISPLAY = {"DISPLAY": ":0", "WAYLAND_DISPLAY": ""}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with an xsel that keeps what it is given."""
    kept = tmp_path / "kept"
    program = tmp_path / "xsel"
    program.write_text(f'#!/bin/sh\nexec cat > "{kept}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return kept


def copied_by_program(environ: dict[str, str]) -> bool:
    return bool(way(environ, "linux"))


def test_a_desktop_is_filled_itself_and_over_ssh_the_terminal_is_asked(programs: Path) -> None:
    assert copied_by_program(DISPLAY)
    assert not copied_by_program({**DISPLAY, "SSH_CONNECTION": "10.0.0.1 22"})
    assert not copied_by_program({**DISPLAY, VARIABLE: "osc52"})
    assert copied_by_program({**DISPLAY, VARIABLE: "native", "SSH_TTY": "/dev/pts/1"})
    assert not copied_by_program({})


def test_a_machine_without_a_clipboard_says_what_to_install_if_it_was_wanted(
    programs: Path,
) -> None:
    with pytest.raises(ConsoleError, match="Nothing here fills") as caught:
        way({VARIABLE: "native"}, "linux")
    assert "osc52" in caught.value.fix


def test_a_word_that_is_no_way_is_named_with_those_that_there_are() -> None:
    with pytest.raises(InvalidInput) as caught:
        way({VARIABLE: "mouse"}, "linux")
    assert "'mouse'" in caught.value.what
    assert "auto, native, osc52" in caught.value.fix


def test_a_program_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="false did not take"):
        fill(("false",), "text")


@pytest.mark.parametrize("wanted", ["native", "auto"])
async def test_c_copies_the_name_of_the_selected_submission(
    backend: FakeBackend, programs: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    monkeypatch.setenv(VARIABLE, wanted)
    monkeypatch.setenv("DISPLAY", ":0")
    for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"):
        monkeypatch.delenv(name, raising=False)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("c")
        await shows(pilot, "Copied demo.")
        await until(pilot, lambda: programs.exists() and programs.read_text() == "demo")
        assert app.clipboard == "demo"


async def test_a_clipboard_that_was_wanted_and_fails_is_an_error_and_else_the_terminal_copies(
    backend: FakeBackend, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (programs.parent / "xsel").write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv(VARIABLE, "native")
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "xsel did not take what was copied.")


async def test_a_whole_manifest_is_copied(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "osc52")
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("y")
        await shows(pilot, "kind: Job")
        await pilot.press("c")
        await shows(pilot, "Copied")
        assert "kind: Job" in app.clipboard
        assert isinstance(app, ConsoleApp)
