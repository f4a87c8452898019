"""Calls on their way to webhooks: each arrives once at most, and what became of it is said."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.hooks import CUT, HELD, SECRET, HookServer, Said, hook_server
from msgspec.structs import replace

from console.domain.calls import Call, Occasion
from console.errors import ConsoleError
from console.operations.ports.call_settings import OutboxState, Sent
from console.publish import outbox as published
from console.publish.outbox import TRIES, Outbox

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FAILED = Call(Occasion.FAILED, "races", "demo", "u-1", "The budget is used up.", NOW)
BLOCKED = Call(Occasion.BLOCKED, "races", "demo", "u-1", "No such image.", NOW, "image")


class House:
    """A user's folders, and a clock that goes on by some seconds at each look."""

    step = 1

    def __init__(self, folder: Path) -> None:
        self.state, self.settings = folder / "state", folder / "config"
        self._seconds = 0

    def clock(self) -> datetime:
        return NOW - timedelta(hours=1) + timedelta(seconds=self._gone())

    def _gone(self) -> int:
        self._seconds += self.step
        return self._seconds

    def hooks(self, *servers: HookServer, form: str = "json", more: str = "") -> None:
        self.settings.mkdir(exist_ok=True)
        told = "".join(f"  - {{url: '{each.url}', form: {form}{more}}}\n" for each in servers)
        (self.settings / "calls.yaml").write_text(f"webhooks:\n{told}")

    def outbox(self, *, seconds: float = 30.0) -> Outbox:
        return Outbox(self.state, self.settings, self.clock, seconds=seconds)

    def everything(self) -> str:
        files = (each for each in self.state.rglob("*") if each.is_file())
        return "".join(each.read_text() for each in files)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(published, "_LOOK_SECONDS", 0.005)
    return House(tmp_path)


@contextlib.asynccontextmanager
async def running(outbox: Outbox) -> AsyncIterator[None]:
    task = asyncio.create_task(outbox.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - a folder is looked at
            await asyncio.sleep(0.005)


async def settled(outbox: Outbox) -> OutboxState:
    """Once nothing is left to be sent."""

    def done() -> bool:
        counts = outbox.state().counts
        return bool(counts) and not counts.keys() & {Sent.WAITING, Sent.SENDING}

    async with running(outbox):
        await until(done)
    return outbox.state()


async def test_a_call_is_told_in_plain_json_with_an_identity(house: House) -> None:
    with hook_server() as server:
        house.hooks(server)
        outbox = house.outbox()
        outbox.offer([FAILED])
        state = await settled(outbox)
    assert state.counts == {Sent.SENT: 1}
    assert state.trouble is None
    [told] = server.bodies
    assert told["id"] == server.keys[0]
    assert (told["occasion"], told["submission"], told["namespace"]) == ("failed", "demo", "races")
    assert (told["headline"], told["text"]) == ("demo failed", "The budget is used up.")


async def test_slack_gets_a_text_that_names_nobody_and_links_nowhere(house: House) -> None:
    hostile = Call(Occasion.FAILED, "races", "demo", "u", "<!channel> @here a & b", NOW)
    with hook_server() as server:
        house.hooks(server, form="slack")
        outbox = house.outbox()
        outbox.offer([hostile])
        await settled(outbox)
    [told] = server.bodies
    assert told["text"] == ("demo failed (races): &lt;!channel&gt; @\u200bhere a &amp; b")
    assert told["mrkdwn"] is told["unfurl_links"] is False


async def test_none_is_sent_twice_not_by_two_recorders_and_not_after_a_restart(
    house: House,
) -> None:
    with hook_server() as server:
        house.hooks(server)
        first, second = house.outbox(), house.outbox()
        async with running(first), running(second):
            for each in (first, second, first):
                each.offer([FAILED, BLOCKED])
            await until(lambda: first.state().counts == {Sent.SENT: 2})
        third = house.outbox()
        third.offer([FAILED, BLOCKED])
        assert (await settled(third)).counts == {Sent.SENT: 2}
    assert len(server.bodies) == 2


@pytest.mark.parametrize("said", [429, 503, (429, {"Retry-After": "20"}), 408])
async def test_what_a_server_has_not_taken_it_gets_again(house: House, said: Said) -> None:
    with hook_server(said, said) as server:
        house.hooks(server)
        outbox = house.outbox()
        outbox.offer([FAILED])
        state = await settled(outbox)
    assert state.counts == {Sent.SENT: 1}
    assert len(server.bodies) == 3
    assert len(set(server.keys)) == 1


async def test_a_server_is_left_alone_as_long_as_it_asks_for(house: House) -> None:
    with hook_server((429, {"Retry-After": "100"})) as server:
        house.hooks(server)
        outbox = house.outbox()
        asked = house.clock()
        outbox.offer([FAILED])
        await settled(outbox)
        assert house.clock() - asked >= timedelta(seconds=100)
    assert len(server.bodies) == 2


@pytest.mark.parametrize(
    ("said", "sent", "words"),
    [
        (404, Sent.REFUSED, "404 Not Found"),
        ((302, {"Location": "http://elsewhere.example/"}), Sent.REFUSED, "302 Found: it sends us"),
        (CUT, Sent.IN_DOUBT, "the connection broke"),
    ],
)
async def test_what_may_have_arrived_or_never_will_is_not_sent_again_and_said(
    house: House, caplog: pytest.LogCaptureFixture, said: Said, sent: Sent, words: str
) -> None:
    with hook_server(said) as server:
        house.hooks(server)
        outbox = house.outbox()
        outbox.offer([FAILED])
        state = await settled(outbox)
    assert state.counts == {sent: 1}
    assert state.trouble is not None
    assert state.trouble.words.startswith(words)
    assert (state.trouble.host, state.trouble.subject) == ("127.0.0.1", "demo failed")
    assert len(server.bodies) == 1
    assert "The webhook at 127.0.0.1 was not told" in caplog.text


async def test_an_address_that_none_can_have_is_refused_and_hinders_no_other(house: House) -> None:
    with hook_server() as server:
        house.hooks(server)
        with (house.settings / "calls.yaml").open("a") as file:
            file.write("  - {url: 'http://xn--/hook', form: json}\n")
        house.outbox().offer([FAILED])
        state = await settled(house.outbox())
    assert state.counts == {Sent.SENT: 1, Sent.REFUSED: 1}
    assert state.trouble is not None
    assert "address cannot be used" in state.trouble.words


async def test_what_is_known_for_long_goes_though_the_recorder_stays(house: House) -> None:
    with hook_server() as server:
        house.hooks(server)
        outbox = house.outbox()
        outbox.offer([FAILED])
        async with running(outbox):
            await until(lambda: outbox.state().counts == {Sent.SENT: 1})
            house.step = 24 * 3600
            await until(lambda: not outbox.state().counts)


async def test_a_server_that_answers_too_late_is_asked_once(house: House) -> None:
    with hook_server(HELD) as server:
        house.hooks(server)
        outbox = house.outbox(seconds=0.2)
        outbox.offer([FAILED])
        state = await settled(outbox)
    assert state.counts == {Sent.IN_DOUBT: 1}
    assert len(server.bodies) == 1


async def test_a_slow_server_keeps_no_other_waiting(house: House) -> None:
    with hook_server(HELD) as slow, hook_server() as quick:
        house.hooks(slow, quick)
        outbox = house.outbox()
        async with running(outbox):
            outbox.offer([FAILED])
            await until(lambda: outbox.state().counts == {Sent.SENT: 1, Sent.SENDING: 1})
            assert len(quick.bodies) == 1


async def test_one_that_cannot_be_reached_is_given_up_in_the_end(house: House) -> None:
    with hook_server() as server:
        house.hooks(server)
    house.step = 60
    outbox = house.outbox()
    outbox.offer([FAILED])
    state = await settled(outbox)
    assert state.counts == {Sent.GIVEN_UP: 1}
    assert state.trouble is not None
    assert state.trouble.words == "cannot be reached (ConnectError)"
    [entry] = outbox._entries.all()
    assert entry.tries == TRIES


async def test_the_address_is_in_no_file_no_log_and_no_words(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with hook_server(500, 404) as server, hook_server(CUT) as other:
        house.hooks(server, other)
        outbox = house.outbox()
        outbox.offer([FAILED])
        state = await settled(outbox)
    told = f"{caplog.text} {house.everything()} {state} {outbox.settings()}"
    assert SECRET not in told
    assert "127.0.0.1" in told


async def test_a_webhook_is_told_its_own_occasions_only(house: House) -> None:
    with hook_server() as server:
        house.hooks(server, more=", occasions: [blocked]")
        outbox = house.outbox()
        outbox.offer([FAILED, BLOCKED])
        await settled(outbox)
    assert [each["occasion"] for each in server.bodies] == ["blocked"]


def test_what_was_left_for_a_webhook_is_read_in_the_words_of_who_left_it(house: House) -> None:
    house.settings.mkdir()
    told = f"webhooks: [{{url: 'https://hooks.example/{SECRET}', form: json}}]"
    (house.settings / "calls.yaml").write_text(told)
    house.outbox().offer([FAILED])
    later = replace(FAILED, text="The budget of 8 is used up.")
    assert house.outbox().as_left([later, BLOCKED]) == {FAILED.identity: FAILED}


async def test_what_happened_before_a_webhook_was_set_is_no_news_to_it(house: House) -> None:
    old = Call(Occasion.FAILED, "races", "old", "u-0", "", NOW - timedelta(hours=2))
    with hook_server() as server:
        house.hooks(server)
        outbox = house.outbox()
        outbox.offer([old, FAILED])
        await settled(outbox)
    assert [each["submission"] for each in server.bodies] == ["demo"]


async def test_what_waits_for_a_webhook_that_is_not_set_any_more_is_dropped(house: House) -> None:
    with hook_server() as server:
        house.hooks(server)
        outbox = house.outbox()
        outbox.offer([FAILED])
        house.hooks()
        assert (await settled(outbox)).counts == {Sent.DROPPED: 1}
    assert not server.bodies


async def test_with_settings_that_cannot_be_read_what_waits_goes_on_waiting(house: House) -> None:
    with hook_server() as server:
        house.hooks(server)
        outbox = house.outbox()
        outbox.offer([FAILED])
        mended = (house.settings / "calls.yaml").read_text()
        (house.settings / "calls.yaml").write_text("webhooks: 7")
        outbox.offer([BLOCKED])
        (house.settings / "calls.yaml").write_text(mended)
        assert (await settled(outbox)).counts == {Sent.SENT: 2}


def test_a_disk_that_takes_nothing_is_an_error_of_ours(house: House) -> None:
    with hook_server() as server:
        house.hooks(server)
    house.state.write_text("no folder")
    with pytest.raises(ConsoleError, match="outbox of calls"):
        house.outbox().offer([FAILED])


async def test_a_test_tells_what_each_webhook_answered(house: House) -> None:
    with hook_server() as server, hook_server(404) as other:
        house.hooks(server, other)
        outbox = house.outbox()
        told = await outbox.test()
    assert told == (("127.0.0.1", "200 OK", True), ("127.0.0.1", "404 Not Found", False))
    assert "test" in server.bodies[0]["text"]
    assert outbox.state().counts == {}


@pytest.mark.parametrize("proxy", ["socks5://user:pa55@proxy:1080", "gopher://user:pa55@proxy"])
async def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    house: House, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with hook_server() as server:
        house.hooks(server)
        with pytest.raises(ConsoleError, match="proxy") as found:
            await house.outbox().test()
    assert "pa55" not in str(found.value)
    assert not server.bodies


async def test_what_is_due_keeps_a_recorder_and_what_has_to_wait_long_keeps_none(
    house: House,
) -> None:
    with hook_server(HELD, (429, {"Retry-After": "3600"})) as server:
        house.hooks(server)
        outbox = house.outbox()
        assert not outbox.busy
        async with running(outbox):
            outbox.offer([FAILED])
            await until(lambda: server.came.is_set() and outbox.busy)
            server.let_go.set()
            await until(lambda: not outbox.busy)
            outbox.offer([BLOCKED])
            await until(lambda: outbox.state().counts.get(Sent.WAITING) and not outbox.busy)
        assert not outbox.busy


KILLED = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from console.domain.calls import Call, Occasion
from console.publish.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]), Path(sys.argv[2]), lambda: datetime.now(UTC))
call = Call(Occasion.FAILED, "races", "demo", "u-1", "", datetime(2100, 1, 1, tzinfo=UTC))
outbox.offer([call])
asyncio.run(outbox.run())
"""


async def test_of_a_recorder_that_is_killed_while_it_sends_the_call_is_in_doubt_and_not_repeated(
    house: House,
) -> None:
    with hook_server(HELD) as server:
        house.hooks(server)
        words = [sys.executable, "-c", KILLED, str(house.state), str(house.settings)]
        recorder = subprocess.Popen(words)  # noqa: ASYNC220 - it is waited for below
        await asyncio.to_thread(server.came.wait, 60)
        recorder.send_signal(signal.SIGKILL)
        recorder.wait()
        state = await settled(house.outbox())
        assert state.counts == {Sent.IN_DOUBT: 1}
        assert len(server.bodies) == 1


async def test_what_a_killed_recorder_had_not_begun_to_send_the_next_one_sends(
    house: House,
) -> None:
    with hook_server() as server:
        house.hooks(server)
        house.outbox().offer([FAILED])
        assert (await settled(house.outbox())).counts == {Sent.SENT: 1}
    assert len(server.bodies) == 1
