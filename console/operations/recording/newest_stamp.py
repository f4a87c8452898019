"""Where a run's log ends for whoever keeps none of it: what to go on after. Pure."""

from __future__ import annotations

from console.operations.ports.cluster import ResumePoint


class NewestStamp:
    """Told each block of whole lines, it knows the newest time and how many lines carry it."""

    def __init__(self) -> None:
        self._head, self._lines = b"", 0

    @property
    def point(self) -> ResumePoint | None:
        """None before the first line."""
        if not self._head:
            return None
        return ResumePoint(self._head[:-1].decode("ascii", "replace"), self._lines)

    def take(self, block: bytes) -> None:
        """Looks at the block's end alone: a flood has no time for each line. One without a line
        says nothing."""
        if not block:
            return
        end, lines = len(block), 0
        begin = block.rfind(b"\n", 0, end - 1) + 1
        head = block[begin : block.find(b" ", begin) + 1]
        while end and block.startswith(head, begin := block.rfind(b"\n", 0, end - 1) + 1):
            end, lines = begin, lines + 1
        # The whole block is of one time: so may be the end of the one before.
        before = self._lines if end == 0 and head == self._head else 0
        self._head, self._lines = head, before + lines
