"""`carla-console web`: a real server, a real browser, and a console in it."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fakes.jobs import composed_with
from fakes.small_api import small_api
from fakes.wild_server import kubeconfig
from playwright.async_api import Page, async_playwright

CHROMIUM = shutil.which("chromium") or ""
SECONDS = 60.0
CALM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A browser that asks nobody but us."""
POD = {
    "metadata": {
        "name": "blue-x1",
        "namespace": "races",
        "uid": "pod-1",
        "resourceVersion": "2",
        "labels": {"job-name": "blue"},
    },
    "spec": {"containers": []},
    "status": {"phase": "Pending"},
}


def job() -> dict[str, Any]:
    """A submission that waits for its node."""
    manifest = dict(composed_with({"submission.name": "blue"}).manifest)
    meta = {"uid": "job-1", "resourceVersion": "1", "namespace": "races"}
    return {**manifest, "metadata": {**manifest["metadata"], **meta}}


@asynccontextmanager
async def console(
    folder: Path, *flags: str
) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """The link that the command prints, for a cluster with one submission, and its process."""
    async with small_api(job(), POD) as api:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "console", *flags, "web"),
            *("--kubeconfig", kubeconfig(folder, api.url)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout
        try:
            yield (await process.stdout.readline()).decode().strip(), process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.communicate()


def browser() -> aiohttp.ClientSession:
    """It keeps the cookies of an address without a name too, as every browser does."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


def consoles_of(server: asyncio.subprocess.Process) -> list[int]:
    """The processes that the server has started and that still run."""
    file = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    return [int(pid) for pid in file.read_text().split()]


def told_to(pid: int) -> bytes:
    """What every user of the machine, or this one, can read of how a process was begun."""
    return b"".join(Path(f"/proc/{pid}/{file}").read_bytes() for file in ("cmdline", "environ"))


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_only_the_first_bearer_of_the_link_comes_in(tmp_path: Path) -> None:
    async with console(tmp_path) as (link, _), browser() as first:
        page = await first.get(link)
        assert page.status == 200
        assert "token" not in str(page.url)
        async with browser() as second:
            for address in (link, link.partition("?")[0]):
                assert (await second.get(address)).status == 403
        assert (await first.get(link.partition("?")[0])).status == 200


@pytest.mark.slow
async def test_every_part_and_the_console_itself_stand_behind_the_door(tmp_path: Path) -> None:
    async with console(tmp_path) as (link, server), browser() as stranger:
        base = link.partition("/?")[0]
        for path in ("/", "/ws", "/static/js/textual.js", "/focus.js", "/download/x", "/nowhere"):
            answer = await stranger.get(base + path, headers={"Origin": base})
            assert answer.status == 403, path
        assert consoles_of(server) == []


async def test_another_page_of_the_same_browser_gets_no_console(tmp_path: Path) -> None:
    async with console(tmp_path) as (link, server), browser() as visitor:
        await visitor.get(link)
        socket = link.partition("/?")[0] + "/ws"
        for origin in ("http://evil.example", "null"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await visitor.ws_connect(socket, headers={"Origin": origin})
            assert refused.value.status == 403
        assert consoles_of(server) == []


async def test_the_link_stands_in_no_list_of_processes_and_in_no_environment(
    tmp_path: Path,
) -> None:
    async with console(tmp_path) as (link, server), browser() as visitor:
        token = link.partition("=")[2].encode()
        await visitor.get(link)
        base = link.partition("/?")[0]
        async with visitor.ws_connect(f"{base}/ws", headers={"Origin": base}) as socket:
            await socket.receive_bytes()
            for pid in (server.pid, *consoles_of(server)):
                assert token not in told_to(pid)


@pytest.mark.slow
async def test_its_consoles_end_with_the_server(tmp_path: Path) -> None:
    async with console(tmp_path) as (link, server), browser() as visitor:
        await visitor.get(link)
        base = link.partition("/?")[0]
        async with visitor.ws_connect(f"{base}/ws", headers={"Origin": base}) as socket:
            await socket.receive_bytes()
            begun = consoles_of(server)
            server.send_signal(signal.SIGINT)
            # As a browser does: the server waits for its answer that the connection is closed.
            async for _ in socket:
                pass
            _, told = await asyncio.wait_for(server.communicate(), SECONDS)
    assert begun
    assert not [pid for pid in begun if runs(pid)]
    assert server.returncode == 0
    assert b"Traceback" not in told


@pytest.mark.slow
async def test_a_port_that_is_taken_is_told_in_words(tmp_path: Path) -> None:
    async with console(tmp_path) as (link, _):
        port = link.partition("/?")[0].rpartition(":")[2]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "console", "web", "--port", port),
            stderr=asyncio.subprocess.PIPE,
        )
        _, told = await process.communicate()
    assert process.returncode == 6
    assert f"Port {port} of this machine cannot be used.".encode() in told
    assert b"Traceback" not in told


async def test_a_page_may_load_from_here_alone_and_be_shown_in_no_other(tmp_path: Path) -> None:
    async with console(tmp_path) as (link, _), browser() as visitor:
        page = await visitor.get(link)
        rules = page.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'self'", "frame-ancestors 'none'", "form-action 'none'"} <= {*rules}
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        text = await page.text()
        assert "https://" not in text
        assert "token" not in text


async def test_the_cookie_is_of_no_use_to_a_script_or_to_another_page(tmp_path: Path) -> None:
    async with console(tmp_path) as (link, _), browser() as visitor:
        came_in = await visitor.get(link, allow_redirects=False)
        assert came_in.status == 303
        assert came_in.headers["Location"] == "/"
        (cookie,) = came_in.headers.getall("Set-Cookie")
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {*cookie.split("; ")}
        assert link.partition("=")[2] not in cookie


@pytest.mark.slow
async def test_two_consoles_of_one_machine_do_not_take_each_others_cookie(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    async with console(tmp_path) as (one, _), console(other) as (two, _), browser() as visitor:
        for link in (one, two):
            await visitor.get(link)
        for link in (one, two):
            assert (await visitor.get(link.partition("?")[0])).status == 200


@pytest.mark.slow
async def test_two_tabs_are_two_consoles_and_one_that_is_closed_ends_alone(tmp_path: Path) -> None:
    async with console(tmp_path) as (link, server), browser() as visitor:
        await visitor.get(link)
        base = link.partition("/?")[0]
        async with visitor.ws_connect(f"{base}/ws", headers={"Origin": base}) as stays:
            await stays.receive_bytes()
            async with visitor.ws_connect(f"{base}/ws", headers={"Origin": base}) as goes:
                await goes.receive_bytes()
                assert len(consoles_of(server)) == 2
            await until(lambda: len(consoles_of(server)) == 1)
            await stays.send_json(["stdin", "?"])
            await stays.receive_bytes()


@pytest.mark.slow
async def test_the_console_in_it_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    async with console(tmp_path, "--readonly") as (link, _), browser() as visitor:
        await visitor.get(link)
        base = link.partition("/?")[0]
        async with visitor.ws_connect(f"{base}/ws", headers={"Origin": base}) as socket:
            told = b""
            async with asyncio.timeout(SECONDS):
                while b"read-only" not in told:
                    told += await socket.receive_bytes()


async def test_what_a_terminal_would_refuse_is_refused_before_anything_is_served() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "console", "web", "-n", "No_Such"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, told = await process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert b"No namespace can be called 'No_Such'" in told


async def test_without_the_extra_it_says_how_to_get_it() -> None:
    program = (
        "import sys; sys.modules['textual_serve'] = None\n"
        "from console.cli.main import main\nsys.exit(main(['web']))"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    assert process.returncode == 1
    assert b"pip install 'carla-leaderboard-console[web]'" in told


async def until(holds: Callable[[], bool]) -> None:
    """The other processes get there in their own time."""
    async with asyncio.timeout(SECONDS):
        while not holds():  # noqa: ASYNC110 - nothing tells of another's child that has ended
            await asyncio.sleep(0.02)


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (apt-get install chromium)")
async def test_the_screens_are_painted_and_keys_act_in_a_real_browser(tmp_path: Path) -> None:
    async with (
        console(tmp_path, "--theme", "leaderboard-dark") as (link, _),
        browser_page() as page,
    ):
        shown = Shown(page)
        assert (answer := await page.goto(link)) is not None
        assert answer.status == 200
        await shown.until("Submissions", "blue")
        await page.keyboard.press("n")
        await shown.until("Compose")
        assert len(set(await page.screenshot())) > 100
        await page.keyboard.press("Escape")
        await shown.until("Submissions")
        await page.keyboard.press("q")
        await page.get_by_text("This console was left").wait_for(timeout=SECONDS * 1000)
        assert shown.failures == []
        again = await (await page.context.browser.new_context()).new_page()  # type: ignore[union-attr]
        assert (refused := await again.goto(link)) is not None
        assert refused.status == 403


@asynccontextmanager
async def browser_page() -> AsyncIterator[Page]:
    """An empty page of a browser that has seen nothing yet."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(CALM))
        try:
            yield await browser.new_page()
        finally:
            await browser.close()


class Shown:
    """What the page has been sent to paint, and what of it went wrong."""

    def __init__(self, page: Page) -> None:
        self.text = ""
        self._more = asyncio.Event()
        self.failures: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._take))
        page.on("requestfailed", lambda request: self.failures.append(request.url))
        page.on("pageerror", lambda error: self.failures.append(str(error)))

    def _take(self, frame: str | bytes) -> None:
        self.text += frame.decode(errors="replace") if isinstance(frame, bytes) else ""
        self._more.set()

    async def until(self, *words: str) -> None:
        """All of them have been sent since the last wait."""
        async with asyncio.timeout(SECONDS):
            while not all(word in self.text for word in words):
                self._more.clear()
                await self._more.wait()
        self.text = ""
