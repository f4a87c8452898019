"""Log streams from servers that misbehave, over real HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp.base_protocol import BaseProtocol
from fakes.wild_server import body, kubeconfig, pieces, wild_server

from console.cluster import tailing
from console.cluster.connecting import connect
from console.cluster.tailing import PIECE_MARK, LineBlocks, Unseen, nanoseconds
from console.errors import ClusterUnreachable, ConsoleError, NotFound
from console.operations.ports.cluster import LinesMissing, LogLines, LogRequest, ResumePoint

MISSING = b"<some are no more>"


def line(second: int, text: str, nanos: int = 0) -> bytes:
    return f"2026-11-22T10:00:{second:02}.{nanos:09}Z {text}\n".encode()


async def collect(cluster, **wanted) -> bytes:
    """The lines; MISSING stands where the cluster said that some are no more."""
    request = LogRequest("races", "pod", "agent-1", **wanted)
    told = [block async for block in cluster.log(request)]
    texts = {LinesMissing: lambda _: MISSING, LogLines: lambda block: block.data}
    return b"".join(texts[type(block)](block) for block in told if type(block) in texts)


async def test_blocks_hold_whole_lines_whatever_the_packets_are(tmp_path: Path) -> None:
    """Bytes cut in the middle of lines arrive as whole lines, with CR and U+2028 kept."""
    text = line(1, "a\rb\u2028c") + line(2, "d") + line(3, "")
    parts = [text[i : i + 7] for i in range(0, len(text), 7)]
    async with wild_server(pieces(*parts)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        assert await collect(cluster, follow=True) == text
        await cluster.close()
    assert server.queries("timestamps") == ["true"]
    assert server.queries("follow") == ["true"]


async def test_a_log_in_many_chunks_asks_its_socket_for_more_once_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for each of the chunks, a flood would cost half as much again."""
    asked = []
    usual = BaseProtocol.resume_reading

    def resumed(protocol: BaseProtocol, *arguments: bool) -> None:
        asked.append(protocol)
        usual(protocol, *arguments)

    monkeypatch.setattr(BaseProtocol, "resume_reading", resumed)
    chunks = [line(1, "x" * 4000) for _ in range(200)]
    async with wild_server(pieces(*chunks)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        request = LogRequest("races", "pod", "agent-1", follow=True)
        told = [block async for block in cluster.log(request) if isinstance(block, LogLines)]
        await cluster.close()
    assert b"".join(block.data for block in told) == b"".join(chunks)
    assert len(asked) <= 2 * len(told) + 2


class Told:
    """A body that says how long it was left alone before each piece."""

    def __init__(self, *sizes: int) -> None:
        self._sizes, self.rests = list(sizes), []

    async def readany(self) -> bytes:
        return b"x" * self._sizes.pop(0) if self._sizes else b""

    async def rest(self, seconds: float) -> None:
        self.rests.append((len(self._sizes), seconds))


@pytest.mark.parametrize(
    ("follow", "rests"), [(True, [(2, tailing.PACE), (0, tailing.PACE)]), (False, [])]
)
async def test_a_followed_log_rests_after_each_read_that_was_no_flood(follow, rests) -> None:
    """Woken for each packet, a flood would cost half as much again."""
    body = Told(100, tailing.EAGER, 100)
    request = LogRequest("races", "pod", "agent-1", follow=follow)
    told = [len(each) async for each in tailing.Pace(request).chunks(body)]
    assert told == [100, tailing.EAGER, 100]
    assert body.rests == rests


async def test_a_cut_connection_delivers_whole_lines_and_then_says_so(tmp_path: Path) -> None:
    """Half a line is not delivered: the next stream repeats it whole."""
    async with wild_server(pieces(line(1, "whole"), b"2026-11-22T10:00:02.0", cut=True)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        got = bytearray()

        async def read() -> None:
            async for block in cluster.log(LogRequest("races", "pod", "agent-1", follow=True)):
                got.extend(block.data if isinstance(block, LogLines) else b"")

        with pytest.raises(ClusterUnreachable):
            await read()
        await cluster.close()
    assert got == line(1, "whole")


async def test_a_silent_node_is_given_up_when_a_log_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kubelet that accepts the connection and never answers: seen with a frozen one."""
    monkeypatch.setattr(tailing, "SILENT_SECONDS", 0.2)
    async with wild_server(pieces(line(1, "the last word"), hold=True)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        with pytest.raises(ClusterUnreachable, match="does not deliver the log of agent-1"):
            await collect(cluster)
        await cluster.close()


async def test_resuming_neither_loses_nor_doubles_lines(tmp_path: Path) -> None:
    """sinceTime is cut to seconds and inclusive; lines of one nanosecond are counted."""
    seen = line(5, "a", 1) + line(5, "b", 2) + line(5, "c", 2)
    new = line(5, "d", 2) + line(5, "e", 3) + line(6, "f")
    async with wild_server(body(seen + new)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        point = ResumePoint("2026-11-22T10:00:05.000000002Z", 2)
        assert await collect(cluster, after=point) == new
        await cluster.close()
    assert server.queries("sinceTime") == ["2026-11-22T10:00:05Z"]


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (line(5, "seen", 2) + line(6, "new"), line(6, "new")),
        (line(6, "new"), MISSING + line(6, "new")),
        (b"", MISSING),
    ],
    ids=["held", "rotated away", "just rotated"],
)
async def test_a_log_that_was_rotated_past_the_resume_point_says_so(
    tmp_path: Path, held: bytes, told: bytes
) -> None:
    """Only the newest file is read: without the line to go on after, others may be missing."""
    async with wild_server(body(held)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        point = ResumePoint("2026-11-22T10:00:05.000000002Z", 1)
        assert await collect(cluster, after=point, tell_missing=True) == told
        await cluster.close()


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, 'container "agent-1" in pod "pod" is waiting to start: PodInitializing'),
        (400, 'previous terminated container "agent-1" in pod "pod" not found'),
        (404, 'pods "pod" not found'),
    ],
)
async def test_a_log_that_is_not_there_is_not_found(tmp_path: Path, status, message) -> None:
    """All the ways in which the API says that there is no such log (yet)."""
    reply = f'{{"kind":"Status","code":{status},"message":"{message.replace(chr(34), chr(92) + chr(34))}"}}'
    async with wild_server(body(reply.encode(), status)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        with pytest.raises(NotFound) as caught:
            await collect(cluster, previous=True)
        await cluster.close()
    assert message in caught.value.why


async def test_error_text_inside_a_successful_body_is_an_error(tmp_path: Path) -> None:
    """The node's complaint is raised, not shown as a line of the container."""
    complaint = b"failed to create fsnotify watcher: too many open files"
    async with wild_server(pieces(line(1, "ok"), complaint)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        with pytest.raises(ConsoleError, match="could not deliver") as caught:
            await collect(cluster)
        await cluster.close()
    assert "too many open files" in caught.value.why


async def test_a_huge_line_is_delivered_in_marked_pieces(tmp_path: Path) -> None:
    """Memory stays bounded; each piece carries the line's time and all but the last a mark."""
    huge = line(1, "x" * 2_500_000) + line(2, "after")
    async with wild_server(body(huge)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        got = (await collect(cluster)).splitlines()
        await cluster.close()
    assert [piece.endswith(PIECE_MARK) for piece in got] == [True, True, False, False]
    assert all(piece.startswith(b"2026-11-22T10:00:01.000000000Z x") for piece in got[:3])
    assert sum(piece.count(b"x") for piece in got) == 2_500_000


def test_pieces_of_a_long_line_do_not_depend_on_the_packets() -> None:
    """A resumed stream cuts the line at the same places, so that counting its pieces works."""
    text = line(1, "y" * 500) + line(2, "z")
    results = set()
    for size in (1, 3, 50, 99):
        lines = LineBlocks(longest=100)
        got = b"".join(lines.feed(text[i : i + size]) for i in range(0, len(text), size))
        results.add(got + lines.rest())
    assert len(results) == 1


def test_a_stamp_is_read_to_the_nanosecond_in_any_zone() -> None:
    """10:00:05 in Madrid is 09:00:05 UTC; nine digits count."""
    assert nanoseconds(b"2026-11-22T10:00:05.000000001+01:00 x") == nanoseconds(
        b"2026-11-22T09:00:05.000000001Z x"
    )
    assert nanoseconds(b"2026-11-22T09:00:05.000000002Z ") % 10 == 2
    assert nanoseconds(b"no time") == 0


def test_without_a_point_nothing_is_dropped() -> None:
    """The fast path hands the very same block on."""
    block = line(1, "a") + line(2, "b")
    assert Unseen(None).feed(block) is block
