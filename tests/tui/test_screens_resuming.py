"""Going on from an ended submission by a key, in the list and in the monitor."""

from __future__ import annotations

import pytest
from fakes.boards import board
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from msgspec.structs import replace
from textual.widgets import Input

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.facts import EvalAiPlace, PodFacts
from console.domain.progress import MergedResult
from console.errors import Conflict, NotFound
from console.operations.ports.evalai import RemoteStatus, RemoteSubmission
from console.operations.publishing.asked_before import AskedBefore
from console.operations.submitting.publishing_plan import PublishingPlan
from console.presentation.resume_points import results_go
from console.tui import resume_offers
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.resuming import ResumeDialog


def cancelled(**more: object) -> BoardSnapshot:
    return board(**{"status": SubmissionStatus.CANCELLED, "pod": None, **more})


def test_only_an_ended_unfinished_submission_can_be_gone_on_from() -> None:
    assert resume_offers.why_not(cancelled()) == ""
    assert resume_offers.why_not(cancelled(status=SubmissionStatus.FAILED)) == ""
    assert resume_offers.why_not(cancelled(status=SubmissionStatus.INCOMPLETE)) == ""
    assert "not over" in resume_offers.why_not(board())
    stopping = PodFacts("demo-x", "leaderboard", "p", "demo", "Running", ())
    assert "still stopping" in resume_offers.why_not(cancelled(pod=stopping))
    assert resume_offers.why_not(cancelled(pod=stopping, vanished=True)) == ""
    assert "launch it anew" in resume_offers.why_not(cancelled(done=0))
    final = MergedResult("0" * 64, "{}", final=True)
    assert "final result" in resume_offers.why_not(cancelled(merged=final))


async def test_a_read_only_console_tells_no_key_that_it_does_not_have(backend: FakeBackend) -> None:
    backend.shown_board = cancelled()
    connection = backend.shown_connection
    backend.shown_connection = replace(connection, read_only="--readonly was given.")
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await shows(pilot, "Cancelled")
        assert "R goes on from here" not in seen(app)


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40)], (80, 24)))
async def test_a_cancelled_submission_goes_on_under_a_new_name_and_is_watched(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    backend.shown_board = cancelled()
    repeated = ("RouteScenario_7_rep0",)
    backend.offer = replace(backend.offer, kept=11, repeated=repeated, remarks=("Read on disk.",))
    async with opened(backend, size) as (app, pilot):
        await pilot.press("enter")
        await shows(pilot, "R goes on from here: 12 of 20 routes stay", "R Resume")
        await pilot.press("R")
        await shows(pilot, "Go on from leaderboard/demo?", "11 of 20 routes are finished", "9 are")
        await shows(pilot, "RouteScenario_7_rep0 is driven again", "a route before is missing")
        await shows(pilot, "a restart budget of its own: 8", "3 resumes", "Read on disk.")
        assert app.focused is app.screen.query_one(Input)
        await pilot.press("ctrl+u", *"again", "enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        assert backend.asked[-2:] == [
            ("offer_resume", "leaderboard", "demo", "again"),
            ("launch_resumed", "again"),
        ]
        assert app.screen.subject() == ("leaderboard", "again")  # type: ignore[attr-defined]


async def test_an_untouched_name_is_launched_as_it_was_offered(backend: FakeBackend) -> None:
    backend.shown_board = cancelled()
    async with opened(backend) as (app, pilot):
        await shows(pilot, "R goes on from here")
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, ResumeDialog))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        assert backend.asked[-2:] == [
            ("offer_resume", "leaderboard", "demo", ""),
            ("launch_resumed", "demo-2"),
        ]


async def test_a_name_that_cannot_be_used_is_explained_and_not_sent(backend: FakeBackend) -> None:
    backend.shown_board = cancelled()
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "R Resume")
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, ResumeDialog))
        await pilot.press("ctrl+u", *"demo", "enter")
        await shows(pilot, "There is a submission of this name already.")
        await pilot.press("ctrl+u", *"No_Name", "enter")
        await shows(pilot, "✗ The name ")
        assert isinstance(app.screen, ResumeDialog)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ResumeDialog))
        assert not any(what[0] == "launch_resumed" for what in backend.asked)


async def test_the_key_is_told_of_only_while_it_can_do_something(backend: FakeBackend) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "^k Cancel")
        assert "Resume" not in seen(pilot.app)
        await pilot.press("question_mark")
        await shows(pilot, "Keys")
        assert "Go on from it" not in seen(pilot.app)
        await pilot.press("escape", "R")
        await shows(pilot, "demo is not over: cancel it first.")
        backend.shown_board = cancelled()
        await shows(pilot, "R Resume")
        await pilot.press("question_mark")
        await shows(pilot, "Go on from it in a new submission")


async def test_one_that_somebody_suspended_is_let_run_after_it_is_said_what_that_costs(
    backend: FakeBackend,
) -> None:
    backend.shown_board = replace(backend.shown_board, status=SubmissionStatus.SUSPENDED)
    backend.sent = ("Last sent 4m ago to s3://results/12.",)
    async with opened(backend) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "R Let it run")
        await pilot.press("R")
        await shows(pilot, "Let leaderboard/demo run on?", '"suspend":false')
        told = " ".join(seen(pilot.app).replace("│", " ").split())
        assert "A suspended Job loses its pod" in told
        assert "Cancelled and then resumed" in told
        assert "Last sent 4m ago to s3://results/12." in told
        await pilot.press("y")
        await until(pilot, lambda: ("let_run_on", "leaderboard", "demo") in backend.asked)


async def test_the_list_tells_how_to_go_on_once_the_cursor_rests_on_a_row(
    backend: FakeBackend,
) -> None:
    backend.shown_board = cancelled()
    async with opened(backend) as (_, pilot):
        await shows(pilot, "R goes on from here")
        for key in ("j", "j", "k"):
            await pilot.press(key)
            await shows(pilot, "R goes on from here")
        assert backend.followed == set()
        backend.shown_board = cancelled(status=SubmissionStatus.RUNNING)
        await pilot.press("j")
        await until(pilot, lambda: "R goes on" not in seen(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: len(backend.followed) == 1)


async def test_a_cancel_tells_how_to_go_on(backend: FakeBackend) -> None:
    backend.sent = ("Last sent 4m ago to s3://results/12.",)
    async with opened(backend) as (app, pilot):
        await pilot.press("enter", "ctrl+k")
        await shows(pilot, "Cancel leaderboard/demo?", "Last sent 4m ago to s3://results/12.")
        await pilot.press("y")
        await shows(pilot, "demo is being cancelled.", "R goes on")
        app.clear_notifications()
        stopping = PodFacts("demo-x", "leaderboard", "p", "demo", "Running", ())
        backend.shown_board = cancelled(pod=stopping)
        await shows(pilot, "stopping; then R goes on from here")
        backend.shown_board = cancelled()
        await shows(pilot, "R goes on from here: 12 of 20 routes stay")


@pytest.mark.parametrize(
    "error", [NotFound("This console knows nothing of it."), Conflict("Taken.")]
)
async def test_what_prevents_it_is_named(backend: FakeBackend, error: Exception) -> None:
    backend.shown_board = cancelled()
    async with opened(backend) as (_, pilot):
        await shows(pilot, "R Resume")
        backend.raises = error
        await pilot.press("R")
        await shows(pilot, str(error))


PLACE = EvalAiPlace("https://eval.ai", 7, 70, 301)


async def test_where_its_results_go_and_what_evalai_shows_of_that_stands_in_the_question(
    backend: FakeBackend,
) -> None:
    backend.shown_board = cancelled()
    there = RemoteSubmission(RemoteStatus.FAILED, "failed", 4, "The Team", 70)
    backend.there = AskedBefore(PLACE, there)
    results = results_go(PublishingPlan(PLACE, storage="s3://bucket/301"))
    backend.offer = replace(backend.offer, results=results, place=PLACE, team="4")
    async with opened(backend, (80, 24)) as (_, pilot):
        await pilot.press("R")
        await shows(pilot, "Its results go to EvalAI's submission 301", "files go to s3://bucket")
        await shows(pilot, "EvalAI shows submission 301", "recorder will send nothing until it is")


async def test_of_one_whose_results_go_nowhere_the_question_names_no_evalai(
    backend: FakeBackend,
) -> None:
    backend.shown_board = cancelled()
    async with opened(backend) as (app, pilot):
        await pilot.press("R")
        await shows(pilot, "The old submission stays as it is.")
        assert "EvalAI" not in seen(app)
    assert not any(each[0] == "evalai" for each in backend.asked)
