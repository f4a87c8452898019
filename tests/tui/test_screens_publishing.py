"""How a result stands at EvalAI, on the screens of a submission, and publishing it by hand."""

from __future__ import annotations

import math

import pytest
from fakes.boards import NOW
from fakes.pilots import opened, seen, shows, until
from fakes.publications import PLACE
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.publication import Published, PublishedAs
from console.operations.ports.deliveries import DeliveryKind
from console.operations.ports.evalai import EvalAiRequest, RemoteOutcome
from console.operations.publishing.shown_by_hand import PublicationLook
from console.tui import meant_input
from console.tui.screens.dialogs import ConfirmDialog

READY = PublicationLook(
    "demo",
    None,
    PLACE,
    RemoteOutcome.FINISHED,
    "20/20",
    47.38,
    (EvalAiRequest("PUT", "https://eval.ai/api/jobs", '{"stdout": "\\u001b[2J"}\x1b[2J'),),
)


async def test_a_result_is_sent_by_hand_after_the_request_and_a_question(
    backend: FakeBackend,
) -> None:
    backend.shown_publication = READY
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("r", "P")
        await shows(pilot, "demo at EvalAI", "PUT https://eval.ai/api/jobs", "Publish… (y)")
        assert "\x1b" not in seen(app)
        await pilot.press("y")
        await shows(pilot, "Publish demo?", "FINISHED", "cannot be taken back")
        assert not any(asked[0] == "publish" for asked in backend.asked)
        await pilot.press("y")
        await shows(pilot, "demo: published at")
    assert ("publish", "leaderboard", "demo") in backend.asked


async def test_places_and_tables_that_are_set_are_offered_beside_evalai_and_without_it(
    backend: FakeBackend,
) -> None:
    targets = ((DeliveryKind.FILES, "s3://bucket"), (DeliveryKind.TABLE, "submissions"))
    there = Published(PublishedAs.WAITING, None, "nothing was brought there yet", "s3://bucket/1")
    backend.shown_publication = replace(READY, targets=targets, elsewhere=(there,))
    async with opened(backend) as (_, pilot):
        await pilot.press("r", "P")
        await shows(pilot, "Where demo is published", "s3://bucket/1: waiting: nothing was brought")
        await pilot.press("y")
        await shows(pilot, "FINISHED", "Its files go to s3://bucket", "table submissions is told")
        await pilot.press("y")
        await shows(pilot, "submissions: published at")
        sent = [each for each in backend.asked if each[0] in ("publish", "bring")]
        assert [each[0] for each in sent] == ["publish", "bring", "bring"]
        assert [each[-1] for each in sent[1:]] == list(targets)
        backend.asked.clear()
        backend.shown_publication = PublicationLook("demo", targets=targets[:1])
        await pilot.press("P")
        await shows(pilot, "EvalAI: nowhere", "Publish… (y)")
        await pilot.press("y")
        await shows(pilot, "Its files go to s3://bucket")
        await pilot.press("y")
        await until(pilot, lambda: any(each[0] == "bring" for each in backend.asked))
    assert not any(each[0] == "publish" for each in backend.asked)


async def test_a_yes_that_is_held_down_asks_and_does_not_answer(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meant_input, "SAME_PRESS", math.inf)
    backend.shown_publication = READY
    async with opened(backend) as (app, pilot):
        await pilot.press("r", "P")
        await shows(pilot, "Publish… (y)")
        await pilot.press("y")
        await shows(pilot, "Publish demo?")
        await pilot.press("y")
        await pilot.pause()
        assert isinstance(app.screen, ConfirmDialog)
    assert not any(asked[0] == "publish" for asked in backend.asked)


async def test_what_cannot_be_sent_says_why_and_a_read_only_console_sends_nothing(
    backend: FakeBackend,
) -> None:
    backend.shown_publication = READY
    backend.shown_connection = replace(backend.shown_connection, read_only="--readonly was given.")
    async with opened(backend, (80, 24)) as (_, pilot):
        await pilot.press("r", "P")
        await shows(pilot, "Nothing is sent from here: --readonly was given.")
        await pilot.press("y")
        await shows(pilot, "RouteScenario_3_rep0", "P Publish")
    assert not any(asked[0] == "publish" for asked in backend.asked)


async def test_results_and_monitor_say_what_has_become_of_it_at_evalai(
    backend: FakeBackend,
) -> None:
    backend.shown_published = Published(PublishedAs.REFUSED, NOW, "Refused by EvalAI: no split.")
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("r")
        await shows(pilot, "refused: Refused by EvalAI: no split.")
        await pilot.press("escape", "enter")
        await shows(pilot, "restarts", "refused: Refused by EvalAI: no split.")
        backend.shown_published = None
        await pilot.press("escape", "r")
        await shows(pilot, "RouteScenario_3_rep0")
        assert "published" not in seen(app), "its launch named no place"
