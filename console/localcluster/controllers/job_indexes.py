"""An Indexed Job: which indexes are done, have failed for good, or wait for a pod. Pure, no clock.

Owns the numbers that a pod of such a Job carries, the short form in which its status names indexes,
and the budget and back-off that each index has for itself. Counted as the real controller counts:
a failed pod keeps its finalizer until another one takes its place, for that one goes on counting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from console.localcluster.controllers import job_facts as facts
from console.localcluster.controllers.job_steps import CreatePod
from console.localcluster.deletion import is_deleted, is_finished, phase
from console.localcluster.store import JsonObject

INDEX = "batch.kubernetes.io/job-completion-index"
"""A pod's index: annotation and label."""
FAILURES = "batch.kubernetes.io/job-index-failure-count"
"""How many pods of its index have failed before it: annotation, where they are counted."""


@dataclass(frozen=True, slots=True)
class JobIndexes:
    """The indexes below `completions` by what has become of them."""

    completions: int
    limit: int | None
    """Failures that each index may have (backoffLimitPerIndex); None: they are not counted."""
    most_failed: int | None
    succeeded: frozenset[int]
    failed: frozenset[int]
    active: frozenset[int]
    awaiting: Mapping[int, JsonObject]
    """Index -> the failed pod that is to be replaced."""

    def has(self, pod: JsonObject) -> bool:
        """The pod is of one of these indexes."""
        index = index_of(pod)
        return index is not None and index < self.completions

    def awaits(self, pod: JsonObject) -> bool:
        """A pod in its place has yet to be made."""
        index = index_of(pod)
        return index is not None and self.awaiting.get(index) is pod

    def why_failed(self) -> tuple[str, str] | None:
        """Reason and message of the whole Job's failure by its indexes."""
        if self.most_failed is not None and len(self.failed) > self.most_failed:
            words = "Job has exceeded the specified maximal number of failed indexes"
            return "MaxFailedIndexesExceeded", words
        if self.failed and len(self.failed | self.succeeded) >= self.completions:
            return "FailedIndexes", "Job has failed indexes"
        return None

    def pending(self, count: int) -> list[int]:
        """The first indexes that need a pod."""
        busy = self.succeeded | self.failed | self.active
        waiting = (index for index in range(self.completions) if index not in busy)
        return list(islice(waiting, max(0, count)))

    def replacements(
        self, count: int, now: datetime, factor: float
    ) -> tuple[list[CreatePod], datetime | None]:
        """The pods to make now, and when the next of those that have to wait is due."""
        made, later = [], []
        for index in self.pending(count):
            before = self.awaiting.get(index)
            failures = 0 if before is None else failures_before(before) + 1
            due = now if before is None else _due(before, failures, factor)
            if due <= now:
                made.append(CreatePod(index, failures))
            else:
                later.append(due)
        return made, min(later, default=None)

    def surplus(self, active: Sequence[JsonObject]) -> list[JsonObject]:
        """The active pods of no index here, and all but the oldest of one index."""
        found, kept = [], set()
        for pod in sorted(active, key=lambda pod: str(pod["metadata"]["creationTimestamp"])):
            if not self.has(pod) or index_of(pod) in kept:
                found.append(pod)
            kept.add(index_of(pod))
        return found

    def status(self) -> JsonObject:
        """What the Job's status says of them."""
        told: JsonObject = {}
        if self.succeeded:
            told = {"succeeded": len(self.succeeded), "completedIndexes": short(self.succeeded)}
        if self.limit is not None:
            told["failedIndexes"] = short(self.failed)
        return told


def indexes_of(job: JsonObject, pods: Sequence[JsonObject]) -> JobIndexes | None:
    """The state of an Indexed Job's indexes; None of another Job."""
    spec, status = job["spec"], job.get("status", {})
    if spec.get("completionMode") != "Indexed":
        return None
    completions, limit = int(spec["completions"]), spec.get("backoffLimitPerIndex")
    numbered = [
        (index, pod) for pod in pods if (index := index_of(pod)) is not None and index < completions
    ]
    tracked = [(index, pod) for index, pod in numbered if facts.is_tracked(pod)]
    done = {index for index, pod in tracked if phase(pod) == "Succeeded"}
    lost = [(index, pod) for index, pod in tracked if facts.has_failed(pod)]
    succeeded = done | set(_indexes(status.get("completedIndexes", ""), completions))
    failed = set(_indexes(status.get("failedIndexes", ""), completions))
    active = {i for i, pod in numbered if not (is_finished(pod) or is_deleted(pod))}
    if limit is not None:
        failed |= {index for index, pod in lost if failures_before(pod) >= limit}
        lost = [(index, pod) for index, pod in lost if index not in succeeded | failed | active]
    return JobIndexes(
        completions,
        limit,
        spec.get("maxFailedIndexes"),
        frozenset(succeeded),
        frozenset(failed),
        frozenset(active),
        {} if limit is None else _newest(lost),
    )


def index_of(pod: JsonObject) -> int | None:
    """The index that a pod says it is of."""
    text = (pod["metadata"].get("annotations") or {}).get(INDEX, "")
    return int(text) if text.isdecimal() else None


def failures_before(pod: JsonObject) -> int:
    """How many pods of its index have failed before it; 0 where it does not say."""
    text = (pod["metadata"].get("annotations") or {}).get(FAILURES, "")
    return int(text) if text.isdecimal() else 0


def short(indexes: Iterable[int]) -> str:
    """`0,2-4,6`: three or more in a row as a range."""
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return ",".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs
    )


def _indexes(text: str, completions: int) -> Iterator[int]:
    """The inverse of `short`, without what a smaller number of completions has left out."""
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), min(int(last or first) + 1, completions))


def _newest(lost: Iterable[tuple[int, JsonObject]]) -> dict[int, JsonObject]:
    """Of each index the pod that failed last."""
    return dict(
        sorted(lost, key=lambda each: (failures_before(each[1]), facts.finished_at(each[1])))
    )


def _due(failed: JsonObject, failures: int, factor: float) -> datetime:
    return facts.finished_at(failed) + timedelta(seconds=facts.pause_after(failures) * factor)
