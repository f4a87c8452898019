"""Where a followed log goes on after a break, for whoever keeps none of it."""

from __future__ import annotations

import pytest

from console.operations.ports.cluster import ResumePoint
from console.operations.recording.newest_stamp import NewestStamp

A, B = "2026-11-22T10:00:00Z", "2026-11-22T10:00:01Z"


def lines(*times: str) -> bytes:
    return b"".join(f"{at} said\n".encode() for at in times)


@pytest.mark.parametrize(
    ("blocks", "point"),
    [
        ((), None),
        ((lines(A),), ResumePoint(A, 1)),
        ((lines(A, B, B),), ResumePoint(B, 2)),
        ((lines(A, B), lines(B, B)), ResumePoint(B, 3)),
        ((lines(A), lines(B)), ResumePoint(B, 1)),
        ((lines(A, B), b"", lines(B)), ResumePoint(B, 2)),
        ((lines(B), b""), ResumePoint(B, 1)),
    ],
)
def test_it_is_the_newest_time_with_how_many_lines_carry_it(
    blocks: tuple[bytes, ...], point: ResumePoint | None
) -> None:
    newest = NewestStamp()
    for block in blocks:
        newest.take(block)
    assert newest.point == point
