"""Where a replay is: a present that moves with a clock, at a speed, unless it is paused. Pure.

Immutable: a key makes another playhead. `now` is in seconds of a clock that only goes forward, and
has nothing to do with the times of the recording.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from console.domain.spans import shifted

SPEEDS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
SLOWEST, FASTEST = SPEEDS[0], SPEEDS[-1]


class Playhead(msgspec.Struct, frozen=True):
    """Between `begin` and `end` of a recording; at the end it stays."""

    begin: datetime
    end: datetime
    position: datetime
    """The replay's present when the clock said `since`."""
    since: float
    speed: float = SLOWEST
    """Seconds of the recording for one of the clock."""
    paused: bool = False

    def at(self, now: float) -> datetime:
        """The replay's present."""
        if self.paused:
            return self.position
        passed = max(now - self.since, 0.0) * self.speed
        if passed >= (self.end - self.position).total_seconds():
            return self.end
        return shifted(self.position, passed)

    def at_end(self, now: float) -> bool:
        """Nothing more was recorded."""
        return self.at(now) >= self.end

    def sought(self, to: datetime, now: float) -> Playhead:
        """At that time of the recording, or at whichever end of it is nearer."""
        return replace(self, position=min(max(to, self.begin), self.end), since=now)

    def moved(self, seconds: float, now: float) -> Playhead:
        """So many seconds of the recording later; earlier for a negative number."""
        return self.sought(shifted(self.at(now), seconds), now)

    def toggled(self, now: float) -> Playhead:
        """Paused, or going on; at the end it begins again."""
        if self.at_end(now):
            return replace(self.sought(self.begin, now), paused=False)
        return replace(self.sought(self.at(now), now), paused=not self.paused)

    def with_speed(self, speed: float, now: float) -> Playhead:
        """As fast as that from now on, within what a replay can do."""
        return replace(self.sought(self.at(now), now), speed=min(max(speed, SLOWEST), FASTEST))

    def faster(self, now: float) -> Playhead:
        """The next speed; the fastest stays."""
        return self.with_speed(next((s for s in SPEEDS if s > self.speed), FASTEST), now)

    def slower(self, now: float) -> Playhead:
        """The speed before; the slowest stays."""
        return self.with_speed(next((s for s in SPEEDS[::-1] if s < self.speed), SLOWEST), now)
