"""The live backend's own life: its thread, an unreachable cluster, the offer of the embedded one."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes.boards import ROWS, row
from fakes.demo_recording import DEMO, unpacked
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.facts import JobFacts
from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.errors import ClusterUnreachable, Conflict
from console.operations.ports.cluster import ClusterDescription
from console.operations.replay.recorded_past import Past
from console.operations.services import Services
from console.tui.aims import Ways
from console.tui.backend import Link
from console.tui.drafts import Draft
from console.tui.live import LiveBackend
from console.tui.net_thread import NetThread

asked: list[str] = []


@asynccontextmanager
async def nobody_answers(wanted: str) -> AsyncIterator[Services]:
    asked.append(wanted)
    await asyncio.sleep(0)
    raise ClusterUnreachable(f"{wanted} does not answer.")
    yield


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def backend() -> Iterator[LiveBackend[str]]:
    asked.clear()
    live = LiveBackend(nobody_answers, "lab", Ways(start_local=lambda _: "embedded"))
    live.start()
    wait(lambda: live.connection().link is Link.UNREACHABLE)
    yield live
    live.close()


def test_an_unreachable_cluster_is_a_state_with_its_reason(backend: LiveBackend[str]) -> None:
    connection = backend.connection()
    assert connection.problem is not None
    assert connection.problem.what == "lab does not answer."
    assert connection.local_offered
    assert not backend.fleet().live
    assert not backend.board("x", "y").live
    assert backend.listed_board("x", "y").stale_why == "Not connected."


async def test_retrying_asks_the_same_cluster_and_raises_its_answer(
    backend: LiveBackend[str],
) -> None:
    with pytest.raises(ClusterUnreachable):
        await backend.retry()
    assert asked == ["lab", "lab"]


def test_a_wish_for_the_embedded_cluster_starts_it_and_connects_to_it() -> None:
    asked.clear()
    live = LiveBackend(
        nobody_answers, "any", Ways(start_local=lambda was: f"embedded for {was}"), local=True
    )
    live.start()
    wait(lambda: live.connection().link is Link.UNREACHABLE)
    live.close()
    assert asked == ["embedded for any"]
    assert live.form("2.0").profile == "embedded"


def test_a_form_composes_without_a_cluster(backend: LiveBackend[str]) -> None:
    form = backend.form("1.0", "embedded")
    values = {field.path: field.default for field in form.fields}
    found = backend.compose(Draft("1.0", "embedded", values, form.backoff_limit))
    assert found.findings == ()
    assert found.summary == "9 containers, 100 drives, 4 GPUs"
    wrong = backend.compose(Draft("1.0", "embedded", {**values, "submission.name": ""}, 8))
    assert wrong.findings
    assert wrong.ready is None


class Listed(LiveBackend[str]):
    """As if the embedded cluster it has started listed these submissions."""

    def __init__(self, *rows: SubmissionRow, ends: bool = True) -> None:
        super().__init__(nobody_answers, "lab", Ways(ends_local=lambda: ends))
        self._session.owns_local = True
        self._session.last_known = FleetSnapshot(rows, True)


def test_only_what_runs_on_an_own_cluster_that_ends_is_lost_by_leaving() -> None:
    final = row("final", SubmissionStatus.RUNNING, 20, driving_score=50.0)
    assert "demo (12/20)," in Listed(*ROWS, final).lost_by_leaving()[0]
    assert "final" not in Listed(*ROWS, final).lost_by_leaving()[0]
    assert Listed(final).lost_by_leaving() == ()
    assert Listed(*ROWS, ends=False).lost_by_leaving() == ()
    assert LiveBackend(nobody_answers, "lab").lost_by_leaving() == ()


def test_of_what_goes_on_without_the_console_it_says_how_to_see_and_how_to_end_it() -> None:
    (told,) = Listed(*ROWS, ends=False).goes_on_after_leaving()
    assert told.startswith("The embedded cluster goes on, and on it ")
    assert "demo (12/20)" in told
    assert "Come back: " in told
    assert "carla-console --local; end it: " in told
    assert told.endswith("carla-console local down")
    assert "\n" not in told
    assert Listed(*ROWS).goes_on_after_leaving() == ()
    assert LiveBackend(nobody_answers, "lab").goes_on_after_leaving() == ()


def test_nothing_is_left_running_after_close() -> None:
    live = LiveBackend(nobody_answers, "lab")
    live.start()
    wait(lambda: live.connection().link is Link.UNREACHABLE)
    live.close()
    assert "net" not in {thread.name for thread in threading.enumerate()}


async def test_work_in_the_net_thread_answers_and_fails_here() -> None:
    net = NetThread()
    net.start()

    async def name() -> str:
        return threading.current_thread().name

    async def fail() -> None:
        raise Conflict("no")

    try:
        assert await net.ask(name()) == "net"
        with pytest.raises(Conflict):
            await net.ask(fail())
    finally:
        net.stop()


async def test_the_past_of_a_submission_is_that_of_its_recording(
    backend: LiveBackend[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = SimpleNamespace(description=ClusterDescription(DEMO.cluster, "", DEMO.namespace))
    services = replace(unpacked(tmp_path), cluster=where)  # type: ignore[arg-type]
    monkeypatch.setattr(backend._session, "_services", services)
    job = JobFacts(DEMO.name, DEMO.namespace, DEMO.uid, None, 8)
    nothing = BoardSnapshot(DEMO.namespace, DEMO.name)
    found = await backend.past(replace(nothing, job=job))
    assert (2, 2) in {(each.pair, each.attempt) for each in found.landmarks}
    assert await backend.past(nothing) == Past()
