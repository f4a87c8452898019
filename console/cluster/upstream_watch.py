"""What watches tell of upstream's Jobs and pods, as told of the submissions that they are of. Pure.

Remembers the Jobs of each submission while one of them is there: one that was seen to complete and
is gone has been deleted by upstream's state machine, and its worker is done all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from console.cluster.concerned import MOST_KNOWN, Key, Told
from console.cluster.room import make_room
from console.cluster.upstream_joined import joined
from console.cluster.upstream_reading import UpstreamSeen, part_of_upstream
from console.cluster.watching import Gone, Seen
from console.domain.events import JobSeen, JobVanished, PodSeen, PodVanished
from console.domain.facts import PodFacts
from console.specs.upstream_jobs import submission_of


class UpstreamWatch:
    """Feed it what the watches of upstream's objects say."""

    def __init__(self, only: str = "") -> None:
        """`only`: of the submission of that name alone."""
        self._only = only
        self._there: dict[Key, dict[str, UpstreamSeen]] = defaultdict(dict)
        self._gone: dict[Key, dict[str, UpstreamSeen]] = defaultdict(dict)
        self._met: dict[Key, None] = {}
        """Events are told of Jobs that are gone, too."""

    @property
    def any_seen(self) -> bool:
        """There is a submission of upstream's."""
        return bool(self._there)

    def told(self, change: Seen[Any] | Gone[Any]) -> Iterator[Told]:
        """A Job or a pod has come, changed or gone; nothing where it is of none that is wanted."""
        if isinstance(change.item, PodFacts):
            return self._pod(change)
        return self._job(change)

    def _job(self, change: Seen[UpstreamSeen] | Gone[UpstreamSeen]) -> Iterator[Told]:
        seen = change.item
        if not self._is_wanted(seen.told.submission):
            return
        key, name = (seen.job.namespace, seen.told.submission), seen.job.name
        at = datetime.now(UTC)
        if key not in self._met:
            make_room(self._met, MOST_KNOWN)
            self._met[key] = None
        if isinstance(change, Seen):
            self._gone[key].pop(name, None)
            self._there[key][name] = seen
        else:
            self._there[key].pop(name, None)
            self._gone[key][name] = seen
        if self._there[key]:
            yield *key, JobSeen(at, joined(self._there[key], self._gone[key].values()))
            return
        del self._there[key], self._gone[key]
        yield *key, JobVanished(at)

    def _pod(self, change: Seen[PodFacts] | Gone[PodFacts]) -> Iterator[Told]:
        part = part_of_upstream(change.item)
        if part is None or not self._is_wanted(part.job):
            return
        at = datetime.now(UTC)
        seen = isinstance(change, Seen)
        yield part.namespace, part.job, PodSeen(at, part) if seen else PodVanished(at, part.uid)

    def renamed(self, told: Told) -> Told:
        """What is told of a Job of upstream's, as told of its submission."""
        namespace, job, event = told
        submission = submission_of(job)
        known = submission and (namespace, submission) in self._met
        return (namespace, submission, event) if known else told

    def _is_wanted(self, submission: str) -> bool:
        return self._only in ("", submission)
