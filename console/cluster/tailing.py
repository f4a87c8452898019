"""One container run's log as blocks of whole lines. Keeps reading, splits on newlines only.

Each genuine line starts with the time at which the node received it. What does not is the
node's own error text, which comes inside a body of status 200; it is raised, never delivered.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from datetime import datetime

from console.cluster.failures import Asked
from console.cluster.request import Body, Carrier, Request
from console.domain.hostile_text import neutralise
from console.errors import ClusterUnreachable, ConsoleError, InvalidInput, NotFound
from console.operations.ports.cluster import (
    ALL_OF_A_TIME,
    LinesMissing,
    LogBlock,
    LogLines,
    LogOpened,
    LogRequest,
    ResumePoint,
)

LONGEST_LINE = 1024 * 1024
"""Bytes: a longer line is delivered in pieces, each but the last with PIECE_MARK at its end."""
PIECE_MARK = b" [console: cut here, the line goes on below]"
PACE = 0.02
"""Seconds between reads: many small packets become one block."""
SILENT_SECONDS = 30.0
"""A log that is read once ends: a node that says nothing for so long does not answer. A followed
log may be silent for ever, for then its container is."""
PATIENCE_SECONDS = 60.0
SLOWEST = 1024.0
"""Bytes a second, after that patience: fewer are no log that is read once."""
EAGER = 200 * 1024
"""Bytes in one read after which there is no pause."""

_STAMPED = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) ")
_NOT_YET = ("is waiting to start", "not found", "is not valid for pod", "is not available")


class LineBlocks:
    """Cuts a byte stream into blocks of whole lines. Pure."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._partial = bytearray()
        self._longest = longest

    def feed(self, chunk: bytes) -> bytes:
        """The lines that this chunk completes; empty while there is none."""
        # Only `\n`: what else Python takes for the end of a line a container may print in the midst
        # of one.
        end = chunk.rfind(b"\n") + 1
        if not self._partial and end:
            self._partial += chunk[end:]
            return chunk[:end]
        if not end:
            self._partial += chunk
            return self._pieces()
        first = chunk.find(b"\n") + 1
        self._partial += chunk[:first]
        # Joined, and from a view: each `+` and each slice would copy most of a flood once more.
        block = b"".join((self._pieces(), self._partial, memoryview(chunk)[first:end]))
        self._partial = bytearray(chunk[end:])
        return block

    def rest(self) -> bytes:
        """The last line where the stream ended without a newline, with one added."""
        rest = bytes(self._partial) + b"\n" if self._partial else b""
        self._partial.clear()
        return rest

    def _pieces(self) -> bytes:
        pieces = bytearray()
        while len(self._partial) > self._longest:
            head = bytes(self._partial[: self._longest])
            stamp = _STAMPED.match(head)
            pieces += head + PIECE_MARK + b"\n"
            # The rest of a cut line gets the same time: what has none is taken for the
            # node's own error text.
            del self._partial[: self._longest]
            self._partial[:0] = stamp.group() if stamp else b""
        return bytes(pieces)


class Unseen:
    """Drops the lines that are on disk already. Pure; costs nothing once past them."""

    def __init__(self, point: ResumePoint | None, *, exact: bool = False) -> None:
        self._point = point
        # Whoever does not ask whether lines are missing is not told so.
        self._met = not exact
        self._skip = point.lines if point else 0
        self._at = nanoseconds(point.at.encode()) if point else 0

    def misses(self) -> bool:
        """Once: the log does not hold that point, so its node rotated it away meanwhile."""
        met, self._met = self._met, True
        return not met

    def feed(self, block: bytes) -> bytes:
        """What of this block is new."""
        if self._point is None:
            return block
        start = 0
        while start < len(block):
            end = block.index(b"\n", start) + 1
            stamp = nanoseconds(block[start:end])
            # The log is sorted by time: what comes later is new, without comparing text.
            if stamp > self._at:
                self._point = None
                break
            # Many lines can carry one time, of which the first so many are on disk.
            if stamp == self._at:
                self._met = True
                if self._skip == 0:
                    self._point = None
                    break
                self._skip -= 1
            start = end
        return block[start:]


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def nanoseconds(line: bytes) -> int:
    """The time at the start of a line in nanoseconds since 1970; 0 where there is none."""
    match = _STAMPED.match(line if line.endswith(b" ") or b" " in line[:40] else line + b" ")
    if match is None:
        return 0
    text = match.group().rstrip().decode()
    zone = 1 if text.endswith("Z") else 6
    seconds, _, fraction = text[:-zone].partition(".")
    offset = "+00:00" if zone == 1 else text[-6:]
    whole = int((datetime.fromisoformat(seconds + offset) - _EPOCH).total_seconds())
    return whole * 1_000_000_000 + int(fraction.ljust(9, "0") or 0)


async def blocks(transport: Carrier, wanted: LogRequest) -> AsyncIterator[LogBlock]:
    """See `ClusterPort.log`."""
    lines, unseen = (
        LineBlocks(),
        Unseen(_point_of(wanted), exact=wanted.tell_missing and wanted.after is not None),
    )
    # A followed container may have nothing to say for hours.
    silence = None if wanted.follow else SILENT_SECONDS
    pace = Pace(wanted)
    try:
        async with transport.stream(_request(wanted), silence=silence) as body:
            yield LogOpened()
            async for chunk in pace.chunks(body):
                if block := unseen.feed(_genuine(lines.feed(chunk))):
                    if unseen.misses():
                        yield LinesMissing()
                    yield LogLines(block)
    except InvalidInput as error:
        # The API has one code for a container that has not started and for a faulty question.
        if any(word in error.why for word in _NOT_YET):
            raise NotFound(
                f"There is no log of {wanted.container} in {wanted.pod}.", why=error.why
            ) from error
        raise
    except TimeoutError as error:
        raise _fails(wanted, f"It has been silent for {SILENT_SECONDS:.0f} seconds.") from error
    except ClusterUnreachable as error:
        # A server that is not reached at all is no fault of the node.
        if not isinstance(error.__cause__, TimeoutError):
            raise
        raise _fails(wanted, error.why) from error
    block = unseen.feed(_genuine(lines.rest()))
    if unseen.misses():
        yield LinesMissing()
    if block:
        yield LogLines(block)


class Pace:
    """Reads a log as fast as it comes, in few pieces; one that is read once may not dawdle."""

    def __init__(self, wanted: LogRequest) -> None:
        self._wanted, self._waited, self._got = wanted, 0.0, 0

    async def chunks(self, body: Body) -> AsyncIterator[bytes]:
        """What comes. Only the time of waiting for it counts, not that of whoever reads this."""
        clock = time.monotonic
        began = clock()
        while chunk := await body.readany():
            self._waited, self._got = self._waited + clock() - began, self._got + len(chunk)
            self._refuse_dawdling()
            yield chunk
            began = clock()
            # One that is read once comes as fast as its node sends it.
            if self._wanted.follow and len(chunk) < EAGER:
                await body.rest(PACE)

    def _refuse_dawdling(self) -> None:
        due = PATIENCE_SECONDS + self._got / SLOWEST
        if not self._wanted.follow and self._waited > due:
            raise _fails(
                self._wanted, f"It delivered {self._got} bytes in {self._waited:.0f} seconds."
            )


def _fails(wanted: LogRequest, why: str) -> ClusterUnreachable:
    return ClusterUnreachable(
        f"The node does not deliver the log of {wanted.container} in {wanted.pod}.",
        why=why,
        fix="Look at the node, or read what was recorded (--recorded).",
    )


def _genuine(block: bytes) -> bytes:
    """The block, checked at its ends: the node's error text is the first or the last line."""
    if not block:
        return block
    last = block.rfind(b"\n", 0, len(block) - 1) + 1
    # Two matches for a block of thousands of lines: a flood has no time for one each.
    if _STAMPED.match(block) and _STAMPED.match(block, last):
        return block
    for line in block.splitlines():
        if not _STAMPED.match(line + b" "):
            raise ConsoleError(
                "The node could not deliver the log.",
                why=neutralise(line[:300].decode(errors="replace")),
            )
    return block


def _point_of(wanted: LogRequest) -> ResumePoint | None:
    if wanted.after is not None or wanted.since is None:
        return wanted.after
    # All lines of that instant count as seen.
    return ResumePoint(wanted.since.isoformat(timespec="microseconds"), ALL_OF_A_TIME)


def _request(wanted: LogRequest) -> Request:
    params = {"container": wanted.container, "timestamps": "true"}
    if wanted.follow:
        params["follow"] = "true"
    if wanted.previous:
        params["previous"] = "true"
    if point := _point_of(wanted):
        params["sinceTime"] = _whole_second(point.at)
    if wanted.tail is not None:
        params["tailLines"] = str(wanted.tail)
    path = f"/api/v1/namespaces/{wanted.namespace}/pods/{wanted.pod}/log"
    asked = Asked("get", "pods/log", wanted.namespace, wanted.pod)
    return Request("GET", path, asked, params)


def _whole_second(at: str) -> str:
    """The second before or at that time: the API cuts the fraction anyway."""
    zone = "Z" if at.endswith("Z") else at[-6:]
    return at.removesuffix(zone).partition(".")[0] + zone
