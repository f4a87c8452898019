"""One cluster for its whole life: a change that was begun ends there, and none is begun later."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from msgspec.structs import replace

from console.domain.fleet import FleetSnapshot
from console.errors import ClusterUnreachable, ConsoleError
from console.operations.ports.cluster import ClusterDescription, Kind, WayIn
from console.operations.services import Services
from console.operations.shell_commands import console_again
from console.paths import program
from console.recorder.recorder import Recorder
from console.tui.aims import Ways
from console.tui.backend import Link
from console.tui.drafts import Composition, Draft
from console.tui.leaving_words import goes_on
from console.tui.left_running import STILL_RUNNING
from console.tui.live import LiveBackend


class Place:
    """A cluster behind a backend. While `held`, it takes no change."""

    def __init__(self, name: str, folder: Path) -> None:
        self.cluster = FakeCluster()
        self.cluster.description = ClusterDescription(name, f"https://{name}", "races")
        self.recorder = Recorder(folder / name)
        self.free, self.arrived = threading.Event(), threading.Event()
        self.opened: list[str] = []
        self._create, self.cluster.create = self.cluster.create, self._held  # type: ignore[method-assign]

    async def _held(self, *words: Any, **named: Any) -> Any:
        self.arrived.set()
        await asyncio.to_thread(self.free.wait, 10)
        return await self._create(*words, **named)

    @contextlib.asynccontextmanager
    async def connect(self, wanted: str) -> AsyncIterator[Services]:
        self.opened.append(wanted)
        yield Services(self.cluster, self.recorder, lambda: datetime.now(UTC))

    @property
    def jobs(self) -> list[str]:
        return [name for kind, _, name in self.cluster.objects if kind is Kind.JOB]


def wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def live(place: Place, **ways: Any) -> LiveBackend[str]:
    backend: LiveBackend[str] = LiveBackend(place.connect, "any", Ways(**ways))
    backend.start()
    wait(lambda: backend.connection().link is Link.CONNECTED)
    return backend


def composed(backend: LiveBackend[str], name: str) -> Composition:
    form = backend.form("2.0", "embedded", name)
    values = {field.path: field.default for field in form.fields}
    found = backend.compose(Draft("2.0", "embedded", values, form.backoff_limit))
    assert not found.findings
    return found


@pytest.fixture
def lab(tmp_path: Path) -> Place:
    return Place("lab", tmp_path)


@pytest.fixture
def prod(tmp_path: Path) -> Place:
    return Place("prod", tmp_path)


async def waited_for(backend: LiveBackend[str], place: Place) -> tuple[str, ...]:
    """What is told of a backend that is left; the cluster answers once that is waited for."""
    wait_for = concurrent.futures.wait

    def freed(begun: Any, seconds: float) -> Any:
        assert begun
        place.free.set()
        return wait_for(begun, seconds)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(concurrent.futures, "wait", freed)
        return await asyncio.to_thread(backend.retire)


async def test_a_launch_under_way_ends_where_it_was_begun_and_is_told(
    lab: Place, prod: Place
) -> None:
    """The screen that waited for it is gone by then."""
    one, other = live(lab), live(prod)
    waiting = asyncio.create_task(one.launch(composed(one, "mine")))
    await asyncio.to_thread(lab.arrived.wait, 10)
    one.leave()
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    assert await waited_for(one, lab) == ("lab: launch of mine: done",)
    assert lab.jobs == ["mine"]
    assert prod.jobs == []
    other.close()


async def test_how_a_launch_failed_is_told_too(lab: Place) -> None:
    backend = live(lab)
    lab.cluster.refuse["create", Kind.JOB] = ConsoleError("The quota is used up.")
    waiting = asyncio.create_task(backend.launch(composed(backend, "mine")))
    await asyncio.to_thread(lab.arrived.wait, 10)
    assert await waited_for(backend, lab) == ("lab: launch of mine: failed. The quota is used up.",)
    with pytest.raises(ConsoleError):
        await waiting


async def test_nothing_is_begun_in_a_context_that_was_left(lab: Place) -> None:
    lab.free.set()
    backend = live(lab)
    ready = composed(backend, "late")
    backend.leave()
    for change in (
        backend.launch(ready),
        backend.cancel("races", "late"),
        backend.delete("races", "late"),
        backend.read_manifest("races", "late"),
    ):
        with pytest.raises(ConsoleError, match="Nothing was sent: the console has gone elsewhere"):
            await change
    assert lab.jobs == []
    assert backend.retire() == ()


async def test_trying_again_is_the_same_context_though_the_kubeconfig_has_another_by_now(
    lab: Place,
) -> None:
    def pinned(wanted: str, where: ClusterDescription) -> str:
        return where.context if wanted == "any" else wanted

    backend = live(lab, pinned=pinned)
    await backend.retry()
    assert lab.opened == ["any", "lab"]
    assert backend.wanted == "lab"
    backend.close()


async def test_a_list_of_all_namespaces_that_is_forbidden_is_one_of_the_contexts_own(
    lab: Place,
) -> None:
    lab.cluster.forbidden.add(("list", "jobs"))
    backend: LiveBackend[str] = LiveBackend(lab.connect, "any", everywhere=True)
    backend.start()
    wait(lambda: backend.connection().link is Link.CONNECTED)
    link = backend.connection()
    assert not link.everywhere
    assert "may not list all namespaces: shown is races" in link.remark
    assert not await backend.may_list_all()
    backend.close()


async def test_an_account_that_may_change_nothing_is_told_so_by_itself(lab: Place) -> None:
    lab.cluster.forbidden |= {(verb, "jobs") for verb in ("create", "patch", "delete")}
    backend = live(lab)
    wait(lambda: backend.connection().read_only)
    assert backend.connection().read_only == "This account may change no Job in races."
    wait(lambda: backend.fleet().live)
    backend.close()


async def test_an_account_that_may_change_something_keeps_its_keys(lab: Place) -> None:
    lab.cluster.forbidden |= {(verb, "jobs") for verb in ("create", "delete")}
    backend = live(lab)
    wait(lambda: backend.fleet().live)
    assert backend.connection().read_only == ""
    backend.close()


async def test_what_the_settings_say_of_a_context_is_known_with_it(lab: Place) -> None:
    described = replace(lab.cluster.description, read_only="The settings say so.")
    lab.cluster.description = described
    backend = live(lab)
    assert backend.connection().read_only == "The settings say so."
    backend.close()


def test_where_it_did_not_get_is_named_all_the_same(lab: Place) -> None:
    ways: Ways[str] = Ways(described=lambda _: lab.cluster.description)
    backend: LiveBackend[str] = LiveBackend(away, "any", ways)
    backend.start()
    wait(lambda: backend.connection().link is Link.UNREACHABLE)
    wait(lambda: backend.connection().description)
    assert backend.connection().problem is not None
    backend.close()


@contextlib.asynccontextmanager
async def away(_: str) -> AsyncIterator[Services]:
    raise ClusterUnreachable("It does not answer.")
    yield


async def test_trying_again_is_the_same_context_though_that_one_never_answered(
    lab: Place,
) -> None:
    """Meanwhile the kubeconfig may have got another current context."""
    asked: list[str] = []

    def never(wanted: str) -> contextlib.AbstractAsyncContextManager[Services]:
        asked.append(wanted)
        return away(wanted)

    ways: Ways[str] = Ways(
        described=lambda _: lab.cluster.description, pinned=lambda _, where: where.context
    )
    backend: LiveBackend[str] = LiveBackend(never, "any", ways)
    backend.start()
    wait(lambda: backend.wanted == "lab" and backend.connection().link is Link.UNREACHABLE)
    with pytest.raises(ClusterUnreachable):
        await backend.retry()
    assert asked == ["any", "lab"]
    backend.close()


def test_what_may_not_be_changed_is_known_of_a_cluster_that_does_not_answer() -> None:
    """Recordings can be deleted without it."""
    ways: Ways[str] = Ways(forbidden=lambda _: "--readonly was given.")
    backend: LiveBackend[str] = LiveBackend(away, "any", ways)
    backend.start()
    wait(lambda: backend.connection().link is Link.UNREACHABLE)
    wait(lambda: backend.connection().read_only == "--readonly was given.")
    backend.close()


async def test_the_last_list_of_a_lost_cluster_stays_as_an_old_one(lab: Place) -> None:
    lab.free.set()
    backend = live(lab)
    await backend.launch(composed(backend, "seen"))
    wait(lambda: [row.name for row in backend.fleet().rows] == ["seen"])
    backend.close()
    kept: FleetSnapshot = backend.fleet()
    assert [row.name for row in kept.rows] == ["seen"]
    assert not kept.live


def leaves(backend: LiveBackend[str], attended: bool) -> tuple[str, ...]:
    services = backend._session._services
    assert services is not None
    backend._session._services = replace(services, attended=lambda: attended)
    return backend.goes_on_after_leaving()


async def test_one_line_says_at_the_end_what_goes_on_who_keeps_it_and_how_to_come_back(
    lab: Place,
) -> None:
    lab.free.set()
    backend = live(lab)
    assert backend.goes_on_after_leaving() == ()
    for number in range(5):
        await backend.launch(composed(backend, f"run-{number}"))
    wait(lambda: sum(row.status in STILL_RUNNING for row in backend.fleet().rows) == 5)
    (told,) = leaves(backend, attended=True)
    assert told.startswith("5 submissions go on: run-")
    assert " and 2 more; the recorder keeps what they say. Come back: " in told
    assert told.endswith("carla-console -n races --context lab")
    (told,) = leaves(backend, attended=False)
    assert "no recorder runs, so that what they say is not kept" in told
    assert backend.lost_by_leaving() == ()
    backend.close()


def test_what_has_begun_is_not_begun_again(tmp_path: Path) -> None:
    place = Place("lab", tmp_path)
    backend = live(place)
    backend.start()
    backend.close()
    assert place.opened == ["any"]


def test_of_one_that_goes_on_it_is_said_that_what_it_says_is_kept() -> None:
    assert goes_on(("demo",), True, "x") == (
        "1 submission goes on: demo; the recorder keeps what it says. Come back: x"
    )


def test_the_way_back_to_all_namespaces_as_another_and_read_only_says_all_that() -> None:
    way = WayIn(("/lab/config",), acting=("--as", "bob"))
    where = ClusterDescription("lab", "https://lab", "races", way=way, read_only="It is so.")
    assert console_again(where, everywhere=True) == (
        f"{program()} --as bob -A --kubeconfig /lab/config --context lab --readonly"
    )
    several = replace(where, way=WayIn(("/one", "/two")), read_only="")
    assert console_again(several, everywhere=False) == (
        f"KUBECONFIG=/one:/two {program()} -n races --context lab"
    )


def test_of_one_submission_it_is_said_as_of_one() -> None:
    told = goes_on(["a (3/20)"], None, "carla-console")
    assert told == (
        "1 submission goes on: a (3/20); whether a recorder runs is not known."
        " Come back: carla-console"
    )
