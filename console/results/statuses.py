"""The words of the Leaderboard: what records and files can say, and what a resume does.

One vocabulary a generation, for all who judge a record or a file; which version speaks which is
told in `console.results.version_rules`. Judges no whole file; see `console.results.agreement`.
"""

from __future__ import annotations

from console.results.named_tuple import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence


PERFECT, COMPLETED, FAILED = "Perfect", "Completed", "Failed"
STARTED = "Started"
CRASHED, REJECTED, INVALID = "Crashed", "Rejected", "Invalid"
SIMULATION_CRASHED = "Failed - Simulation crashed"
SENSORS_INVALID = "Failed - Agent's sensors were invalid"
NOT_SET_UP = "Failed - Agent couldn't be set up"
AGENT_CRASHED = "Failed - Agent crashed"
TOO_MANY_TICKS = "Failed - TickRuntime"
"""Bench2Drive's word for a drive that it ends after so many steps of the world."""
NOTHING, WHAT_CRASHED, THE_LAST = "nothing", "what crashed", "the last"
"""What of the finished drives an evaluator drives again when it resumes."""
BY_INFRACTION = (
    ("vehicle_blocked", "Failed - Agent got blocked"),
    ("route_dev", "Failed - Agent deviated from the route"),
    ("route_timeout", "Failed - Agent timed out"),
)
"""Infraction list -> status of a drive that it ended; the first that holds an entry decides."""
_BY_NO_INFRACTION = (FAILED, SIMULATION_CRASHED, SENSORS_INVALID, NOT_SET_UP, AGENT_CRASHED)
_FAILED = (*_BY_NO_INFRACTION, *(status for _, status in BY_INFRACTION))


class Words(NamedTuple):
    """One vocabulary. Entry statuses stand for a whole file."""

    completed: tuple[str, ...]
    """Record statuses of a route that was driven to its end."""
    under_way: tuple[str, ...]
    """Entry statuses while routes are left, or the last words are not written yet."""
    stopped: tuple[str, ...]
    """Entry statuses of an evaluator that left early; it wrote no global record."""
    ended: tuple[str, ...]
    """Entry statuses beside a global record: nothing is driven again."""
    void: tuple[str, ...]
    """Entry statuses beside a global record that the evaluator itself calls no result."""
    eligible: tuple[str, ...]
    repeats: str = WHAT_CRASHED
    """Which finished drive a resume drives again."""
    fails_at_the_end: bool = False
    """A drive of the whole route can fail: it is the goal that completes it."""
    also: tuple[str, ...] = ()
    """Record statuses beyond those that every version knows."""
    driven_again: tuple[str, ...] = ()
    """A resume begins at the first record with one of these, and drives all behind it too."""

    @property
    def records(self) -> tuple[str, ...]:
        """Every status of a record whose drive is over."""
        return self.completed + _FAILED + self.also

    @property
    def entries(self) -> tuple[str, ...]:
        """Every entry status that an evaluator writes."""
        return self.under_way + self.stopped + tuple(
            word for word in self.ended + self.void if word not in self.stopped
        )  # fmt: skip

    @property
    def crashes(self) -> tuple[str, ...]:
        """Record statuses of a drive that its simulator or agent ended by a crash, or that this
        version's own evaluator drives again."""
        return (SIMULATION_CRASHED, AGENT_CRASHED, *self.driven_again)

    def eligible_with(self, entry_status: str) -> bool | str:
        """What `eligible` is beside an entry status; 1.0 begins with two empty texts."""
        return "" if entry_status == "" else entry_status in self.eligible

    def resumes_at(self, entry_status: str, done: int, told: Sequence[Any] = ()) -> int:
        """The place of the first drive that a resume drives; `done` is the file's progress.

        `told`: its records. A 1.0 evaluator goes by its progress alone, which a crash does not
        advance.
        """
        if self.repeats == NOTHING:
            return done
        if entry_status == INVALID:
            return 0
        again = self.repeats == THE_LAST or entry_status == CRASHED
        first = self._first_again(done, told)
        return max(first - 1, 0) if again else first

    def resumes_behind(self, told: Sequence[Any]) -> int:
        """How many of these records, of drives that are over, a resume leaves alone."""
        return self._first_again(len(told), told)

    def _first_again(self, done: int, told: Sequence[Any]) -> int:
        for place, record in enumerate(told[:done] if self.driven_again else ()):
            if isinstance(record, dict) and record.get("status") in self.driven_again:
                return place
        return done

    def status_of(
        self, *, complete: bool, infractions: Mapping[str, Sequence[Any]]
    ) -> tuple[str, ...]:
        """The statuses that a drive can have: what decided it stands in its lists.

        `complete`: all of the route was driven.
        """
        caused = [status for name, status in BY_INFRACTION if infractions.get(name)]
        as_failed = (caused[0],) if caused else _BY_NO_INFRACTION + self.also
        if not complete:
            return as_failed
        if self.fails_at_the_end:
            return (*self.completed, *as_failed)
        return (COMPLETED if any(infractions.values()) else PERFECT,)


FIRST = Words(
    completed=(COMPLETED,),
    under_way=("", STARTED),
    stopped=(CRASHED, REJECTED),
    ended=("Finished", "Finished with agent errors"),
    void=("Finished with missing data",),
    eligible=("Finished", "Finished with agent errors"),
    repeats=NOTHING,
    fails_at_the_end=True,
)
SECOND = Words(
    completed=(PERFECT, COMPLETED),
    under_way=(STARTED,),
    stopped=(CRASHED, REJECTED),
    ended=("Finished", CRASHED, REJECTED),
    void=(INVALID,),
    eligible=("Finished",),
)
PINNED = SECOND._replace(repeats=THE_LAST)
"""Of the commit in the 2.0 job image."""
BENCH2DRIVE = SECOND._replace(
    also=(TOO_MANY_TICKS,), driven_again=(FAILED, SIMULATION_CRASHED, AGENT_CRASHED)
)
_EVERY = (FIRST, SECOND)
_FORGIVEN = "min_speed_infractions"


def of_any_version(entry_status: Any) -> bool:
    """Whether it is an entry status of some version."""
    return any(entry_status in each.entries for each in _EVERY)


def driven_to_the_end(status: str) -> bool:
    """Whether any version says with this record status that the whole route was driven."""
    return any(status in each.completed for each in _EVERY)


def succeeded(status: str, infractions: Mapping[str, Sequence[Any]]) -> bool:
    """Driven to the end, and nothing but slow: what Bench2Drive counts."""
    harm = any(texts for kind, texts in infractions.items() if kind != _FORGIVEN)
    return driven_to_the_end(status) and not harm
