"""The recorder: how fast lines go to disk and how soon a big log can be read."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from console.operations.ports.recorder import Recording
from console.recorder.recorder import Recorder
from console.recorder.writing import Writer

WHERE = Recording("bench", "bench", "bench", "bench")
BLOCK_LINES = 500
INGEST_LINES = 2_000_000
BIG_BYTES = 1024**3


def block() -> bytes:
    """Lines of 120 bytes with their newline."""
    return b"".join(b"2026-11-22T10:00:00.%09dZ %s\n" % (n, b"x" * 88) for n in range(BLOCK_LINES))


def figures() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder))
        writer = recorder.claim(WHERE)
        assert writer is not None
        yield from _ingest(writer)
        yield from _big(recorder, writer)


def _ingest(writer: Writer) -> Iterator[tuple[str, str]]:
    spool, piece = writer.open_spool("agent-1", 0), block()
    began = time.perf_counter()
    for _ in range(INGEST_LINES // BLOCK_LINES):
        spool.write(piece)
    took = time.perf_counter() - began
    spool.close()
    yield "spool ingest", f"{INGEST_LINES / took / 1e6:.1f} million lines/s"


def _big(recorder: Recorder, writer: Writer) -> Iterator[tuple[str, str]]:
    spool, piece = writer.open_spool("agent-2", 0), block() * 20
    written = 0
    while written < BIG_BYTES:
        spool.write(piece)
        written += len(piece)
    spool.close()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    view = recorder.log(WHERE, "agent-2")
    began = time.perf_counter()
    count = view.line_count()
    yield f"view of {written >> 20} MiB, {count} lines: first count", _ms(began)
    began = time.perf_counter()
    for _ in range(1000):
        view.line_count()
    yield "line_count afterwards", f"{(time.perf_counter() - began) * 1e3:.1f} us"
    began = time.perf_counter()
    for place in range(1000):
        view.lines(place * (count // 1000), place * (count // 1000) + 50)
    yield "seek anywhere and read 50 lines", f"{(time.perf_counter() - began) * 1e3:.0f} us"
    began = time.perf_counter()
    found = sum(1 for _ in view.search("nothing like it", ignore_case=False))
    yield f"search of everything, {found} hits", _ms(began)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield "memory added by all that", f"{(after - before) / 1024:.1f} MiB"


def _ms(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1e3:.0f} ms"
