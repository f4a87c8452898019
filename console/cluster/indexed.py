"""Pods of an Indexed Job: which they are, and their containers told apart over the whole Job. Pure.

Each of them calls its containers alike, for they have one template. `agent` of index 2 is `agent-3`
from here on: pairs count from 1.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from console.cluster import wire
from console.domain.facts import ContainerFacts, IndexedJob
from console.domain.submission import INIT

INDEX_ANNOTATION = "batch.kubernetes.io/job-completion-index"
FAILURES_ANNOTATION = "batch.kubernetes.io/job-index-failure-count"
INDEXED = "Indexed"
MOST_INDEXES = 1_000
"""Far more than a submission has pairs; a range without measure is not written out."""
_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


def index_of(meta: wire.Metadata) -> int | None:
    """None for a pod of any other Job."""
    return _number(meta, INDEX_ANNOTATION)


def failures_of(meta: wire.Metadata) -> int:
    """Of the pods that had its index before."""
    return _number(meta, FAILURES_ANNOTATION) or 0


def _number(meta: wire.Metadata, key: str) -> int | None:
    if not meta.annotations or (text := meta.annotations.get(key)) is None:
        return None
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def told_apart(containers: tuple[ContainerFacts, ...], index: int) -> tuple[ContainerFacts, ...]:
    """With the pair's number in their names. What goes on beside the agent is a half like it, and
    no step before it."""
    return tuple(_told_apart(each, index + 1) for each in containers)


def _told_apart(each: ContainerFacts, pair: int) -> ContainerFacts:
    prepares = each.init and (not each.sidecar or each.name == INIT)
    return replace(each, name=f"{each.name}-{pair}", own_name=each.name, init=prepares)


def indexes_of(job: wire.Job) -> IndexedJob | None:
    """None for a Job whose pods are all alike."""
    if job.spec.completion_mode != INDEXED:
        return None
    status = job.status
    return IndexedJob(
        job.spec.backoff_limit_per_index,
        listed(status.completed_indexes or ""),
        listed(status.failed_indexes or ""),
    )


def listed(text: str) -> tuple[int, ...]:
    """`0,2-4` written out; what is no such list is left out."""
    found: list[int] = []
    for part in text.split(","):
        if (match := _RANGE.fullmatch(part.strip())) is None:
            continue
        first, last = int(match[1]), int(match[2] or match[1])
        found += range(first, min(last, first + MOST_INDEXES) + 1)
    return tuple(found[:MOST_INDEXES])
