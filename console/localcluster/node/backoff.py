"""When a crashed container or a failed image pull is tried again. Pure; any one clock."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_SECONDS = 10.0
LONGEST_SECONDS = 300.0
FORGOTTEN_AFTER_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class CrashBackoff:
    """The pause that the next failure costs, and when it was last raised. Starts at no pause."""

    pause: float = 0.0
    raised_at: float = 0.0

    def pause_after(self, finished: float, factor: float) -> float:
        """Seconds to wait, counted from `finished`: none the first time or after a long run."""
        if finished - self.raised_at > FORGOTTEN_AFTER_SECONDS * factor:
            return 0.0
        return self.pause

    def raised(self, finished: float, now: float, factor: float) -> CrashBackoff:
        """The state after trying again at `now` for a failure at `finished`."""
        if not self.pause or finished - self.raised_at > FORGOTTEN_AFTER_SECONDS * factor:
            return CrashBackoff(FIRST_SECONDS * factor, now)
        return CrashBackoff(min(self.pause * 2, LONGEST_SECONDS * factor), now)


def duration(seconds: float) -> str:
    """As Go prints a duration: 200ms, 10s, 2m40s, 5m0s."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
