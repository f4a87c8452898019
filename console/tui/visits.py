"""The views that were gone to, in their order, and where the user is among them. Pure.

As in a browser: to go somewhere from the middle forgets what came after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from console.tui.places import Destination, Place

if TYPE_CHECKING:
    from console.tui.submission_source import SubmissionSource

MOST = 50
NOT_AGAIN = (Place.PREFLIGHT,)
"""To come back there would send a Job."""


def same(one: Destination, other: Destination) -> bool:
    """Whether both are one view; the way back to the list is the list, however it was asked for."""
    return _told(one) == _told(other)


def _told(to: Destination) -> tuple[object, ...]:
    others = tuple((each.subject, each.file, _shown(each.source)) for each in to.others)
    return to.place, to.subject, to.container, _shown(to.source), others


def _shown(source: SubmissionSource | None) -> object:
    """Two sources that show the cluster's own word show the same."""
    return None if source is None or source.origin is None else source.recorded or id(source)


class Visits(msgspec.Struct, frozen=True):
    """`here` counts from the first; the last one is what `-` goes to."""

    seen: tuple[Destination, ...] = ()
    here: int = -1
    last: Destination | None = None

    @property
    def present(self) -> Destination | None:
        """Where the user is."""
        return self.seen[self.here] if self.seen else None

    @property
    def before(self) -> Destination | None:
        return self.seen[self.here - 1] if self.here > 0 else None

    @property
    def after(self) -> Destination | None:
        return self.seen[self.here + 1] if self.here + 1 < len(self.seen) else None

    def went(self, to: Destination) -> Visits:
        """The view that is on top now."""
        present = self.present
        if to.place in NOT_AGAIN or (present is not None and same(present, to)):
            return self
        seen = (*self.seen[: self.here + 1], to)[-MOST:]
        return Visits(seen, len(seen) - 1, present)

    def moved(self, direction: int) -> Visits:
        """One on or back; what is there is kept."""
        here = min(max(self.here + direction, 0), len(self.seen) - 1)
        return Visits(self.seen, here, self.present)
