"""The intake screen: what waits, launched by a key or by itself, and never by who may only look."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.operations.intake.desk import WaitingMessage
from console.operations.intake.message_fate import NotLaunched, ToLaunch, Verdict
from console.operations.intake.orders import IntakeOrder
from console.operations.intake.queue_messages import QueueMessage
from console.operations.ports.evalai import RemoteStatus, RemoteSubmission
from console.operations.ports.evalai_queue import PhaseRule, TakenMessage
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.intake import IntakeScreen

IMAGE = "console.local/team-agent:steady"


def waiting(number: int, verdict: Verdict | None = None) -> WaitingMessage:
    place = EvalAiPlace("https://eval.ai", 7, 70, number)
    rule = PhaseRule("2.0", "MAP", "embedded")
    order = IntakeOrder(place, rule, f"submission-{number}", IMAGE, 4, "The Team")
    there = RemoteSubmission(RemoteStatus.SUBMITTED, "submitted", 4, "The Team")
    taken = TakenMessage(str(number).encode(), "r")
    message = QueueMessage(7, 70, number, IMAGE)
    return WaitingMessage(taken, datetime.now(UTC), message, there, verdict or ToLaunch(order))


@pytest.fixture
def at_evalai(backend: FakeBackend) -> FakeBackend:
    refused = NotLaunched("EvalAI shows it as cancelled.", for_good=True)
    backend.messages = (waiting(301), waiting(302, refused), waiting(303))
    return backend


def asked(backend: FakeBackend, what: str) -> list[tuple[object, ...]]:
    return [each for each in backend.asked if each[0] == what]


async def test_what_waits_is_launched_by_a_key_refused_after_a_question_or_seen_as_a_form(
    at_evalai: FakeBackend,
) -> None:
    async with opened(at_evalai) as (app, pilot):
        await pilot.press(*":intake", "enter")
        await shows(pilot, "301", "Launches submission-301", "Refused: EvalAI shows it", "off")
        await pilot.press("ctrl+l")
        await shows(pilot, "The Job submission-301 is launched.")
        assert asked(at_evalai, "take_in") == [("take_in", 301, 0)]
        await pilot.press("down", "ctrl+l")
        await shows(pilot, "EvalAI shows it as cancelled.")
        await pilot.press("x")
        await shows(pilot, "EvalAI's queue forgets the message")
        await pilot.press("y")
        await shows(pilot, "Its message is acknowledged.")
        assert asked(at_evalai, "refuse") == [("refuse", 302)]
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await shows(pilot, "submission-303", IMAGE, "303")
        form = app.screen
        assert isinstance(form, ComposeScreen)
        await until(pilot, form.draft)
        draft = form.draft()
        assert draft is not None
        said = draft.values
        team = (said["submission.team_name"], said["submission.team_id"])
        assert (team, said["submission.track_id"]) == (("The Team", "4"), "70")
        assert len(asked(at_evalai, "take_in")) == 1


async def test_by_itself_all_that_can_be_are_launched_within_the_limit_until_it_is_left(
    at_evalai: FakeBackend,
) -> None:
    at_evalai.doubt = "It may be launched twice."
    async with opened(at_evalai) as (app, pilot):
        await pilot.press(*":intake", "enter")
        await shows(pilot, "Launches submission-303")
        assert at_evalai.doubt not in seen(app)
        await pilot.press("greater_than_sign", "b")
        await shows(pilot, "By itself: on, 3 run at a time", at_evalai.doubt)
        await until(pilot, lambda: len(asked(at_evalai, "take_in")) == 2)
        assert asked(at_evalai, "take_in") == [("take_in", 301, 3), ("take_in", 303, 3)]
        assert asked(at_evalai, "refuse") == []
        await pilot.press("escape")
        await shows(pilot, "no longer launched by itself")
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, IntakeScreen))


async def test_who_may_only_look_takes_no_message(at_evalai: FakeBackend) -> None:
    at_evalai.shown_connection = replace(at_evalai.shown_connection, read_only="It was asked.")
    async with opened(at_evalai) as (app, pilot):
        await pilot.press(*":intake", "enter")
        await shows(pilot, "hides it from others")
        await pilot.press("b", "ctrl+r", "ctrl+l")
        await pilot.pause()
        assert asked(at_evalai, "waiting") == []
        assert "301" not in seen(app)
