"""Saving asks where to: what would happen is said, and nothing is written over unasked."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.boards import board
from fakes.documents import AT, document, plan_for
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from textual.pilot import Pilot
from textual.widgets import Input

from console.domain.facts import JobFacts
from console.domain.progress import MergedResult
from console.errors import ConsoleError
from console.tui.app import ConsoleApp
from console.tui.saving_place import SavingPlace, judged, shortened, write
from console.tui.screens.dialogs import ErrorDialog
from console.tui.screens.results import ResultsScreen
from console.tui.screens.save_dialog import SaveDialog, SaveForm


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder is the working one, and the home folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


# --- what would happen at a path


def test_a_new_file_in_a_folder_that_is_there_asks_nothing(here: Path) -> None:
    assert judged("new.csv") == SavingPlace(here / "new.csv")
    assert judged("~/new.csv") == judged(f"{here}/new.csv") == judged(" new.csv ")


def test_a_file_that_is_there_is_asked_for(here: Path) -> None:
    (here / "old.csv").write_text("old")
    place = judged("old.csv")
    assert (place.refused, place.taken) == ("", True)
    assert "is there already" in place.asks


def test_a_folder_that_is_not_there_is_named(here: Path) -> None:
    place = judged("a/b/new.csv")
    assert (place.refused, place.makes) == ("", "~/a/b")
    assert "~/a/b is not there" in place.asks


def refusals(here: Path) -> dict[str, str]:
    (here / "file").write_text("")
    os.mkfifo(here / "pipe")
    return {
        "": "Give the file a name",
        "  ": "Give the file a name",
        ".": "That is a folder",
        "~": "That is a folder",
        "file/new.csv": "~/file is no folder",
        "pipe": "no regular file",
        "~nobody-of-that-name/x.csv": "That is no path",
        "x" * 5000: "That is no path",
        "a\0b": "That is no path",
    }


def test_what_cannot_be_saved_says_why(here: Path) -> None:
    for typed, why in refusals(here).items():
        assert why in judged(typed).refused, typed


def test_a_folder_that_may_not_be_written_says_so(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write everywhere: the answer of the system is what is asked."""
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != here)
    assert judged("x.csv").refused == f"Nothing may be written into {here}."


def test_what_is_written_is_the_users_alone_and_whole(here: Path) -> None:
    file = write(judged("a/b/x.csv"), "text")
    assert (file, file.read_text()) == (here / "a/b/x.csv", "text")
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["x.csv"]


def test_a_file_that_came_meanwhile_is_not_written_over(here: Path) -> None:
    place = judged("x.csv")
    (here / "x.csv").write_text("somebody else's")
    assert write(place, "ours").name == "x-2.csv"
    assert (here / "x.csv").read_text() == "somebody else's"


def test_a_disk_that_takes_nothing_is_an_error_in_words(here: Path) -> None:
    place = judged("gone/x.csv")
    (here / "gone").write_text("a file now")
    with pytest.raises(ConsoleError) as raised:
        write(place, "text")
    assert "cannot be written" in raised.value.what
    assert "ctrl+s" in raised.value.fix


def test_a_path_below_home_is_told_short(here: Path) -> None:
    assert shortened(here / "a" / "b") == "~/a/b"
    assert shortened(Path("/elsewhere/x")) == "/elsewhere/x"
    assert shortened(here) == str(here)


# --- the dialog


@asynccontextmanager
async def asking(
    backend: FakeBackend, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None], SaveDialog]]:
    async with opened(backend, size) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        await shows(pilot, "RouteScenario_3_rep0")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, SaveDialog))
        assert isinstance(app.screen, SaveDialog)
        yield app, pilot, app.screen


async def typed(pilot: Pilot[None], text: str) -> None:
    pilot.app.screen.query_one(Input).value = text
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_place_is_offered_and_enter_takes_it(
    backend: FakeBackend, here: Path, size: tuple[int, int]
) -> None:
    async with asking(backend, size) as (_, pilot, _dialog):
        await shows(pilot, "~/demo.results-so-far.csv", "● CSV", "○ JSON", "Not final")
        await pilot.press("enter")
        await shows(pilot, "Saved to ~/demo.results-so-far.csv")
    rows = list(csv.DictReader((here / "demo.results-so-far.csv").read_text().splitlines()))
    assert (len(rows), rows[0]["collisions_vehicle"], rows[3]["driving_score"]) == (12, "1", "48.2")
    assert {row["final"] for row in rows} == {"no"}


async def test_escape_saves_nothing(backend: FakeBackend, here: Path) -> None:
    async with asking(backend) as (app, pilot, _):
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
    assert not any(each.startswith("demo") for each in os.listdir(here))


async def test_a_form_that_is_chosen_changes_the_suffix(backend: FakeBackend, here: Path) -> None:
    async with asking(backend) as (_, pilot, dialog):
        await pilot.press("tab", "right")
        await shows(pilot, "● JSON", "demo.results-so-far.json")
        await pilot.press("right")
        await shows(pilot, "● Markdown", "demo.results-so-far.md")
        assert dialog.form.name == "Markdown"
        await pilot.press("shift+tab", "enter")
        await shows(pilot, "Saved to")
    assert "not final" in (here / "demo.results-so-far.md").read_text()


async def test_a_suffix_that_is_typed_chooses_the_form(backend: FakeBackend, here: Path) -> None:
    async with asking(backend) as (_, pilot, _dialog):
        await typed(pilot, "~/mine.json")
        await shows(pilot, "● JSON")
        await pilot.press("enter")
        await shows(pilot, "Saved to ~/mine.json")
    assert json.loads((here / "mine.json").read_text())["final"] is False


async def test_a_file_that_is_there_goes_only_after_a_second_enter(
    backend: FakeBackend, here: Path
) -> None:
    (here / "old.csv").write_text("old")
    async with asking(backend) as (_, pilot, _dialog):
        await typed(pilot, "old.csv")
        await pilot.press("enter")
        await shows(pilot, "A file is there already: enter again replaces it.")
        assert (here / "old.csv").read_text() == "old"
        await pilot.press("enter")
        await shows(pilot, "Saved to ~/old.csv")
    assert (here / "old.csv").read_text().startswith("pair,route")


async def test_what_was_agreed_to_is_not_agreed_for_another_name(
    backend: FakeBackend, here: Path
) -> None:
    for name in ("one.csv", "two.csv"):
        (here / name).write_text("old")
    async with asking(backend) as (_, pilot, _dialog):
        await typed(pilot, "one.csv")
        await pilot.press("enter")
        await shows(pilot, "is there already")
        await typed(pilot, "two.csv")
        await until(pilot, lambda: "is there already" not in seen(pilot.app))
        await pilot.press("enter")
        await shows(pilot, "is there already")
    assert {(here / name).read_text() for name in ("one.csv", "two.csv")} == {"old"}


async def test_a_folder_is_made_after_it_was_said(backend: FakeBackend, here: Path) -> None:
    async with asking(backend) as (_, pilot, _dialog):
        await typed(pilot, "reports/may/x.md")
        await pilot.press("enter")
        await shows(pilot, "The folder ~/reports/may is not there: enter again makes it.")
        assert not (here / "reports").exists()
        await pilot.press("enter")
        await shows(pilot, "Saved to ~/reports/may/x.md")
    assert (here / "reports/may/x.md").exists()


async def test_a_place_that_is_refused_keeps_the_dialog_open(backend: FakeBackend) -> None:
    async with asking(backend) as (app, pilot, dialog):
        await typed(pilot, "~")
        await pilot.press("enter")
        await shows(pilot, "That is a folder: give the file a name in it.")
        assert app.screen is dialog


async def test_a_write_that_fails_is_told_and_the_screen_goes_on(
    backend: FakeBackend, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(backend) as (app, pilot, _):
        monkeypatch.setattr(
            "console.tui.saving_place.files.write_new",
            lambda *_args, **_more: (_ for _ in ()).throw(OSError(28, "No space left on device")),
        )
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "cannot be written", "No space left on device", "ctrl+s asks again")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))


async def test_a_final_result_is_offered_as_the_merged_file_too(
    backend: FakeBackend, here: Path
) -> None:
    job = JobFacts("demo", "x", "u1", AT, 8, plan=plan_for("2.0"), leaderboard="2.0")
    text = json.dumps(document("2.0"))
    backend.shown_board = board(job=job, total=4, merged=MergedResult("0", text, True))
    async with opened(backend) as (app, pilot):
        await pilot.press("r")
        await shows(pilot, "✓ final")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, SaveDialog))
        await shows(pilot, "~/demo.results.csv", "○ merged file")
        await typed(pilot, "demo.merged.json")
        await shows(pilot, "● merged file")
        await pilot.press("enter")
        await shows(pilot, "Saved to ~/demo.merged.json")
    assert (here / "demo.merged.json").read_text() == text


async def test_a_name_that_is_a_strangers_is_harmless_in_the_path_that_is_offered(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        form = SaveForm("CSV", ".csv", lambda: "")
        app.push_screen(SaveDialog("Save", "de\x1b]0;owned\x07mo\u202e", (form,)))
        await shows(pilot, "demo\ufffd.csv")


async def test_what_is_told_of_a_strangers_name_is_harmless_at_once(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before its field has said anything."""
    monkeypatch.setattr(SaveDialog, "on_input_changed", lambda *_: None)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        form = SaveForm("CSV", ".csv", lambda: "")
        note = "Not final: de\x1b]0;owned\x07mo\u202e; the file says so."
        app.push_screen(SaveDialog("Save", "demo", (form,), note))
        await shows(pilot, "Not final: demo\ufffd; the file says so.")
        assert not set(seen(app)) & {"\x1b", "\x07", "\u202e"}
