"""Whether lines of a run were rotated away before they could be read, as far as that can be told.

A node hands out its newest file alone. One that does not hold the line to go on after, and has a
later one, has lost what was between. One that is empty proves nothing: all may have been read
before it was begun, or a whole file may have come and gone unread, as in a flood.
"""

from __future__ import annotations

from console.domain.facts import attempt_of
from console.operations.ports.cluster import ResumePoint
from console.operations.ports.recorder import SpoolWriter
from console.operations.recording.leaping import Leap
from console.operations.recording.told_stream import ToldStream


class Rotation:
    """Of one run, stream after stream."""

    def __init__(self, told: ToldStream) -> None:
        self._told = told
        self._doubt: ResumePoint | None = None
        self._noted: ResumePoint | None = None

    def begins(self) -> None:
        """A stream is asked for."""
        self._doubt = None

    def doubts(self, point: ResumePoint | None) -> None:
        """The log does not hold that point. None: nothing of the run was read before."""
        self._doubt = point if point != self._noted else None

    def goes_on(self, run: int, spool: SpoolWriter) -> None:
        """A line has come."""
        if self._doubt is not None:
            gone = f"lines of attempt {attempt_of(run)} after {self._doubt.at} were rotated away"
            self._note(f"{gone} before they could be read", spool)

    def ends(self, run: int, spool: SpoolWriter) -> None:
        """The stream has ended without one."""
        if self._doubt is not None:
            begun = f"the log was rotated after {self._doubt.at}"
            self._note(
                f"{begun}: whether lines of attempt {attempt_of(run)} are missing, nobody can tell",
                spool,
            )

    def leapt(self, run: int, spool: SpoolWriter, leap: Leap) -> None:
        """Files may have come and gone between two lines of one stream."""
        between = f"lines of attempt {attempt_of(run)} between {leap.before} and {leap.after}"
        self._told.lose(f"{between} may be missing: the log was rotated unread", spool)

    def _note(self, text: str, spool: SpoolWriter) -> None:
        self._noted, self._doubt = self._doubt, None
        self._told.lose(text, spool)
