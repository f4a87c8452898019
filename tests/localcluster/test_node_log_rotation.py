"""A container's log is bounded and rotated as a kubelet does it, and read as a kubelet reads it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from api_bench import PODS, served
from node_cluster import cluster, shell, until

from console.localcluster.node import log_sink
from console.localcluster.node.log_sink import MAX_BYTES, MAX_FILES, LogSink

LOG = f"{PODS}/pairx-84qnl/log?container=agent-2"
LINE = b"%07d " + b"x" * 1000 + b"\n"
SMALL = 256 * 1024
"""Bytes of a file here: the kubelet's ten megabytes are the same rule, written for longer."""
LINES_A_FILE = SMALL // (len(LINE % 0) + 31) + 1


def fill(sink: LogSink, begin: int) -> int:
    """Lines until the newest file is over the limit; the next line's number."""
    sink.write(b"".join(LINE % number for number in range(begin, begin + LINES_A_FILE)))
    return begin + LINES_A_FILE


def test_a_file_s_limit_is_a_kubelet_s(tmp_path: Path) -> None:
    sink = LogSink(tmp_path / "c" / "0.log")
    sink.write(b"x" * (MAX_BYTES - 100) + b"\n")
    sink.rotate()
    assert len(list((tmp_path / "c").iterdir())) == 1
    sink.write(b"x" * 100 + b"\n")
    sink.rotate()
    assert len(list((tmp_path / "c").iterdir())) == 2
    sink.close()
    assert MAX_BYTES == 10 * 1024 * 1024


def test_a_file_below_the_limit_stays(tmp_path: Path) -> None:
    sink = LogSink(tmp_path / "c" / "0.log", SMALL)
    sink.write(b"line\n")
    sink.rotate()
    sink.close()
    assert [path.name for path in (tmp_path / "c").iterdir()] == ["0.log"]


def test_a_large_file_makes_room_and_five_are_kept_with_the_newest_lines(tmp_path: Path) -> None:
    sink = LogSink(tmp_path / "c" / "0.log", SMALL)
    number = 0
    for _ in range(7):
        number = fill(sink, number)
        sink.rotate()
    kept = sorted((tmp_path / "c").iterdir())
    assert len(kept) == MAX_FILES
    assert kept[0].read_bytes() == b""
    lines = b"".join(path.read_bytes() for path in kept[1:]).splitlines()
    numbers = [int(line[31:38]) for line in lines]
    assert numbers == list(range(number - 4 * LINES_A_FILE, number))
    sink.close()
    sink.remove()
    assert list((tmp_path / "c").iterdir()) == []


def test_a_finished_run_is_not_rotated(tmp_path: Path) -> None:
    """A kubelet looks at running containers only: an empty newest file would help nobody."""
    sink = LogSink(tmp_path / "c" / "0.log", SMALL)
    fill(sink, 0)
    sink.close()
    sink.rotate()
    assert len(list((tmp_path / "c").iterdir())) == 1


def test_rotation_waits_for_the_end_of_a_line_but_not_for_ever(tmp_path: Path) -> None:
    sink = LogSink(tmp_path / "c" / "0.log", SMALL)
    fill(sink, 0)
    sink.write(b"y" * 20_000)
    sink.rotate()
    assert len(list((tmp_path / "c").iterdir())) == 1
    sink.write(b"end\n")
    assert len(list((tmp_path / "c").iterdir())) == 2
    sink.write(b"z" * (2 * SMALL + 1))
    sink.rotate()
    assert len(list((tmp_path / "c").iterdir())) == 3
    sink.write(b"z\n")
    sink.close()
    assert sink.path.read_bytes()[30:31] == b" "


async def test_reading_after_a_rotation_shows_the_newest_file_only(tmp_path: Path) -> None:
    """Right after it: nothing, although a whole file was written."""
    async with served(tmp_path / "logs") as bench:
        bench.running_pod()
        sink = bench.logs.sink("agent-2", 0, SMALL)
        fill(sink, 0)
        sink.rotate()
        async with bench.call("GET", LOG) as answer:
            assert (answer.status, await answer.read()) == (200, b"")
        sink.write(b"new\n")
        for query in ("", "&tailLines=5", "&sinceSeconds=3600"):
            async with bench.call("GET", LOG + query) as answer:
                assert await answer.read() == b"new\n"


async def test_a_follower_that_keeps_reading_loses_nothing_over_rotations(tmp_path: Path) -> None:
    async with served(tmp_path / "logs") as bench:
        bench.running_pod()
        sink = bench.logs.sink("agent-2", 0, SMALL)
        seen = 0
        async with bench.call("GET", f"{LOG}&follow=true") as answer, asyncio.timeout(60):
            for turn in range(3):
                fill(sink, turn * LINES_A_FILE)
                while seen < (turn + 1) * LINES_A_FILE:
                    assert int((await answer.content.readline())[:7]) == seen
                    seen += 1
                sink.rotate()
            sink.write(b"last\n")
            sink.close()
            assert await answer.content.read() == b"last\n"


async def test_the_node_itself_bounds_a_flood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container that writes for ever."""
    monkeypatch.setattr(log_sink, "MAX_BYTES", 20_000)
    async with cluster(tmp_path / "cluster") as local:
        local.create_pod(shell("c", "while :; do echo a line of the flood; done"))
        await until(lambda: local.store.list("pods") and local.status("c").get("started"))
        folder = local.kubelet.log_file(local.pod(), "c", 0).path.parent
        await until(lambda: len(list(folder.iterdir())) > 1, 20)
        newest = local.kubelet.log_file(local.pod(), "c", 0).path
        numbers = set()
        while len(numbers) < 5:
            numbers.add(newest.stat().st_ino)
            assert len(list(folder.iterdir())) <= MAX_FILES
            await asyncio.sleep(0)
