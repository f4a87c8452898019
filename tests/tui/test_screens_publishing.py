"""How a result stands at EvalAI, on the screens of a submission, and publishing it by hand."""

from __future__ import annotations

from fakes.pilots import opened, seen, shows
from fakes.publications import PLACE
from fakes.screens import NOW, FakeBackend
from msgspec.structs import replace

from console.domain.published import Published, PublishedAs
from console.operations.ports.evalai import EvalAiRequest, RemoteOutcome
from console.operations.publishing.shown_by_hand import PublicationLook

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
