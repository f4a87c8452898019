"""Many submissions that take turns: which are due, and why one still waits. Pure.

A batch lies in the cluster: each of its Jobs says its place, how many there are, and how many may
run at a time. Whoever looks at all of them decides alike: always the first that waits is next, so
that two who decide at once, or one who looks at old facts, choose the same Job and never one more.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.domain.facts import Admission, JobFacts

_ENDS = ("Complete", "Failed")


def due(jobs: Iterable[JobFacts]) -> tuple[JobFacts, ...]:
    """The Jobs whose turn it is, in their order. `jobs`: all that there are of each batch."""
    batches: dict[tuple[str, str], list[JobFacts]] = {}
    for job in jobs:
        if job.turn is not None:
            batches.setdefault((job.namespace, job.turn.batch), []).append(job)
    return tuple(job for batch in batches.values() for job in _due_of_one(batch))


def _due_of_one(batch: list[JobFacts]) -> list[JobFacts]:
    waiting = sorted((job for job in batch if job.in_line and not job.deleting), key=_place)
    if not waiting:
        return []
    # A limit that somebody changed on some of the Jobs holds at its lowest: too few run, never too
    # many.
    free = min(job.turn.at_most for job in waiting if job.turn) - sum(map(has_place, batch))
    return waiting[: max(free, 0)]


def _place(job: JobFacts) -> tuple[int, str]:
    return (job.turn.place if job.turn else 0, job.name)


def has_place(job: JobFacts) -> bool:
    """It counts as one that runs: until its pod is gone, for the pod holds its GPUs so long.

    One that an operator has suspended holds nothing.
    """
    return not job.suspended and not any(job.condition(kind) for kind in _ENDS)


def is_in_line(job: JobFacts) -> bool:
    """It waits, or is just being put where it will: nothing of it runs before somebody starts it.

    One that an operator has suspended after its turn looks alike, and has no more to say.
    """
    return job.queued or (job.suspended and job.turn is not None and not job.cancelled)


def is_kueues(job: JobFacts) -> bool:
    """It waits in a queue of Kueue, and for no turn of ours."""
    return job.queued and not job.in_line


def why_queued(job: JobFacts) -> str:
    """What it waits for, in a sentence."""
    if job.turn is not None and job.in_line:
        place = f"{ordinal(job.turn.place)} of {job.turn.size}"
        return f"Waits for its turn, {place}: at most {job.turn.at_most} run at once."
    told = job.admission or Admission()
    place = f", {ordinal(told.place)} in line" if told.place else ""
    why = f": {_quoted(told.why)}" if told.why else " until there is room"
    lost = f"Kueue took back its room: {_quoted(told.taken_back)}. " if told.taken_back else ""
    return f"{lost}Waits in Kueue's queue {job.queue}{place}{why}."


def _quoted(words: str) -> str:
    return words.strip().rstrip(".")


def place_in_line(job: JobFacts | None) -> str:
    """`3/7` of our own turns, `#3` in Kueue's line, whose length nobody tells; else empty."""
    if job is None:
        return ""
    if job.turn is not None and job.in_line:
        return f"{job.turn.place}/{job.turn.size}"
    place = job.admission.place if job.admission and is_kueues(job) else None
    return f"#{place}" if place else ""


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
