"""The node's pure rules: expansion, path translation, back-off, line assembly."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from console.localcluster.node.backoff import CrashBackoff, duration
from console.localcluster.node.expansion import expand
from console.localcluster.node.log_sink import LogSink
from console.localcluster.node.path_translation import PathTranslation

PLACES = {
    "/tmp/logs": Path("/real/1"),
    "/tmp/logs/agent": Path("/real/2"),
    "/logs": Path("/real/3"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(A)", "1"),
        ("x$(A)$(B)y", "x12y"),
        ("$(C)", "$(C)"),
        ("$$(A)", "$(A)"),
        ("$A ${A}", "$A ${A}"),
        ("$(A", "$(A"),
        ("$$$$", "$$"),
    ],
)
def test_references_expand_as_kubernetes_does(text, expected):
    """Only `$(NAME)`; unknown names stay; `$$` escapes."""
    assert expand(text, {"A": "1", "B": "2"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/tmp/logs", "/real/1"),
        ("/tmp/logs/x", "/real/1/x"),
        ("/tmp/logs/agent/x", "/real/2/x"),
        ("--dir=/logs", "--dir=/real/3"),
        ("/logs:/tmp/logs", "/real/3:/real/1"),
        ('cd "/logs"; ls', 'cd "/real/3"; ls'),
        ("/tmp/logs2 /var/logs", "/tmp/logs2 /var/logs"),
        ("$ROOT/logs ${ROOT}/logs", "$ROOT/logs ${ROOT}/logs"),
        ("/logs.old /logs-1", "/logs.old /logs-1"),
        ("see /logs.", "see /real/3."),
    ],
)
def test_container_paths_are_replaced_at_path_boundaries_the_longest_first(text, expected):
    """Neither inside a longer name nor behind a variable."""
    assert PathTranslation(PLACES)(text) == expected


def test_the_back_off_is_none_then_ten_doubling_to_three_hundred():
    """Pauses before restarts 1, 2, 3, ... of a container that crashes at once."""
    backoff, now, pauses = CrashBackoff(), 1000.0, []
    for _ in range(8):
        pause = backoff.pause_after(now, 1.0)
        pauses.append(pause)
        backoff = backoff.raised(now, now + pause, 1.0)
        now += pause + 1
    assert pauses == [0, 10, 20, 40, 80, 160, 300, 300]


def test_a_run_of_more_than_ten_minutes_forgets_the_back_off():
    """The time factor shortens both the pauses and the memory."""
    backoff = CrashBackoff(300.0, 1000.0)
    assert backoff.pause_after(1600.0, 1.0) == 300
    assert backoff.pause_after(1601.0, 1.0) == 0
    assert backoff.pause_after(1061.0, 0.1) == 0


@pytest.mark.parametrize(
    ("seconds", "text"), [(10, "10s"), (160, "2m40s"), (300, "5m0s"), (0.2, "200ms")]
)
def test_durations_are_written_as_go_writes_them(seconds, text):
    """In back-off messages."""
    assert duration(seconds) == text


def lines(sink: LogSink) -> list[str]:
    return [line.partition(" ")[2] for line in sink.path.read_text().splitlines()]


async def test_a_text_without_newline_is_seen_at_sixteen_kibibytes(tmp_path):
    """Before that it is held back; afterwards its rest joins the same line."""
    sink = LogSink(tmp_path / "c" / "0.log")
    sink.write(b"progress")
    assert lines(sink) == []
    sink.write(b"x" * 16 * 1024)
    assert [len(line) for line in lines(sink)] == [16 * 1024]
    sink.write(b"yz\nnext\n")
    assert [len(line) for line in lines(sink)] == [16 * 1024 + 10, 4]
    sink.close()


async def test_readers_are_woken_by_growth_and_by_the_end(tmp_path):
    """A finished log does not keep anybody waiting."""
    sink = LogSink(tmp_path / "0.log")
    waiting = asyncio.create_task(sink.grown())
    await asyncio.sleep(0)
    sink.write(b"line\n")
    await asyncio.wait_for(waiting, 1)
    waiting = asyncio.create_task(sink.grown())
    await asyncio.sleep(0)
    sink.write(b"rest")
    assert not waiting.done()
    sink.close()
    await asyncio.wait_for(waiting, 1)
    await asyncio.wait_for(sink.grown(), 1)
    assert lines(sink) == ["line", "rest"]


async def test_stamps_increase_even_within_one_write(tmp_path):
    """So a reader that resumes after a stamp loses and repeats nothing."""
    sink = LogSink(tmp_path / "0.log")
    sink.write(b"x\n" * 5000)
    sink.close()
    stamps = [line.partition(" ")[0] for line in sink.path.read_text().splitlines()]
    assert len(set(stamps)) == 5000
    assert sorted(stamps) == stamps
