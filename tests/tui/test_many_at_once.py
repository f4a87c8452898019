"""What is marked is cancelled, deleted and exported together: asked once, told of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.boards import NOW, row
from fakes.pilots import opened, seen, shows, until
from fakes.recordings import archive_in
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.pilot import Pilot

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.fleet import FleetSnapshot
from console.errors import Conflict, ConsoleError
from console.tui.app import ConsoleApp
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens.dialogs import ErrorDialog
from console.tui.screens.submissions import SubmissionsScreen

ROWS = tuple(row(f"run-{n}", SubmissionStatus.RUNNING, n, created_at=NOW) for n in range(9))


class OfMany(FakeBackend):
    """Each row has a board of its own; `refused` cannot be ended, `over` have ended."""

    def __init__(self) -> None:
        super().__init__()
        self.shown_fleet = FleetSnapshot(ROWS, True, "", NOW)
        self.refused: dict[str, ConsoleError] = {}
        self.over: set[str] = set()
        self.uids: dict[str, str] = {}

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
        told = super().listed_board(namespace, name)
        assert told.job is not None
        job = replace(told.job, uid=self.uids.get(name, name))
        over = name in self.over
        return replace(told, job=job, status=SubmissionStatus.FAILED if over else told.status)

    async def cancel(self, namespace: str, name: str) -> None:
        await super().cancel(namespace, name)
        if name in self.refused:
            raise self.refused[name]


@pytest.fixture
def many() -> OfMany:
    return OfMany()


def ended(backend: FakeBackend, verb: str) -> list[object]:
    return sorted(asked[2] for asked in backend.asked if asked[0] == verb)  # type: ignore[type-var]


async def closed(app: ConsoleApp, pilot: Pilot[None]) -> None:
    """The dialog is left, and the list is there again."""
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))


@pytest.mark.parametrize(("key", "verb"), [("ctrl+k", "cancel"), ("ctrl+d", "delete")])
async def test_one_question_says_for_each_what_is_lost_and_the_answer_is_for_all(
    many: OfMany, key: str, verb: str
) -> None:
    async with opened(many) as (app, pilot):
        await shows(pilot, "run-0")
        await pilot.press("space", "j", "space", key)
        await shows(pilot, " (y) ")
        await shows(pilot, f"{verb.capitalize()} 2 submissions?", "run-0: Being driven", "run-2:")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
        assert ended(many, verb) == []
        await shows(pilot, "◆ 2 marked")
        await pilot.press(key)
        await shows(pilot, " (y) ")
        await pilot.press("y")
        await until(pilot, lambda: ended(many, verb) == ["run-0", "run-2"])
        await shows(pilot, "Being", "run-0, run-2.")
        await until(pilot, lambda: "◆" not in seen(app))


async def test_of_many_one_that_fails_is_named_and_stays_marked(many: OfMany) -> None:
    many.refused = {"run-1": Conflict("run-1 has ended already.")}
    async with opened(many) as (app, pilot):
        await shows(pilot, "run-0")
        await pilot.press("space", "space", "space", "ctrl+k")
        await shows(pilot, " (y) ")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(
            pilot,
            "Not cancelled: 1 of 3.",
            "leaderboard/run-1: run-1 has ended already.",
            "Being cancelled: run-0, run-2.",
        )
        await pilot.press("escape")
        await shows(pilot, "◆run-1", "◆ 1 marked")


async def test_a_cancel_leaves_what_has_ended_and_says_so_beforehand(many: OfMany) -> None:
    many.over = {"run-1"}
    async with opened(many) as (_, pilot):
        await shows(pilot, "run-0")
        await pilot.press("space", "space", "ctrl+k")
        await shows(pilot, " (y) ")
        await shows(pilot, "Cancel 1 of 2 submissions?", "run-1: It has ended, and stays")
        await pilot.press("y")
        await until(pilot, lambda: ended(many, "cancel") == ["run-0"])


async def test_where_all_have_ended_there_is_nothing_to_cancel(many: OfMany) -> None:
    many.over = {"run-0", "run-1"}
    async with opened(many) as (_, pilot):
        await shows(pilot, "run-0")
        await pilot.press("space", "space", "ctrl+k")
        await shows(pilot, "All that are marked have ended.")


async def test_of_more_than_a_few_the_sums_are_told(many: OfMany) -> None:
    async with opened(many, (120, 40)) as (app, pilot):
        await shows(pilot, "run-0")
        await pilot.press("space", "G", "ctrl+@", "ctrl+d")
        await shows(pilot, " (y) ")
        await shows(pilot, "Delete 9 submissions?", "9 of them have not ended", "9 times: The Job")
        await closed(app, pilot)


async def test_a_namesake_that_was_launched_while_it_was_asked_is_not_ended(many: OfMany) -> None:
    async with opened(many) as (app, pilot):
        await shows(pilot, "run-0")
        await pilot.press("space", "space", "ctrl+d")
        await shows(pilot, " (y) ")
        many.uids = {"run-0": "another"}
        await pilot.press("y")
        await shows(pilot, "Not deleted: 1 of 2.", "Another run-0 was launched")
        assert ended(many, "delete") == ["run-1"]
        await closed(app, pilot)


@pytest.mark.parametrize(("key", "verb"), [("ctrl+k", "cancel"), ("ctrl+d", "delete")])
async def test_nor_is_the_namesake_of_a_single_one(many: OfMany, key: str, verb: str) -> None:
    async with opened(many) as (app, pilot):
        await shows(pilot, "run-0")
        await pilot.press(key)
        await shows(pilot, " (y) ")
        many.uids = {"run-0": "another"}
        await pilot.press("y")
        await shows(pilot, "Another run-0 was launched since it was asked.")
        assert ended(many, verb) == []
        await closed(app, pilot)


async def test_a_bundle_of_each_that_is_marked_or_why_there_is_none(
    many: OfMany, tmp_path: Path
) -> None:
    recordings = RecordedSubmissions(lambda: archive_in(tmp_path))
    async with opened(many, (120, 40), recordings) as (app, pilot):
        await shows(pilot, "run-0")
        await pilot.press("space", "space", "x")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "Without a bundle: 2 of 2.", "run-0", "run-1")
        await closed(app, pilot)


@pytest.mark.parametrize("key", ["ctrl+k", "ctrl+d", "x", "X", "C"])
async def test_where_all_that_was_marked_is_gone_a_key_does_nothing_to_the_cursor_s_row(
    many: OfMany, tmp_path: Path, key: str
) -> None:
    recordings = RecordedSubmissions(lambda: archive_in(tmp_path))
    async with opened(many, (120, 40), recordings) as (app, pilot):
        await shows(pilot, "run-0")
        await pilot.press("space")
        many.shown_fleet = FleetSnapshot(ROWS[1:], True, "", NOW)
        await pilot.press(key)
        await shows(pilot, "All that was marked is gone.")
        await until(pilot, lambda: "run-0" not in seen(app))
        await shows(pilot, "◆ all marked are gone")
        await pilot.press(key)
        assert isinstance(app.screen, SubmissionsScreen)
        await pilot.press("ctrl+backslash")
        await until(pilot, lambda: "◆" not in seen(app))
        assert ended(many, "cancel") == ended(many, "delete") == []
